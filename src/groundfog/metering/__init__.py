"""What a call costs (neurons, US dollars) and whether it is allowed: prices, usage, and the ledger of limits."""
