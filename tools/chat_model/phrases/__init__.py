"""Wordings put together from parts: for training only. What evaluation asks with is kept out (`grammar.joined`)."""
