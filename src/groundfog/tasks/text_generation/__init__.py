"""Text generation: see `types` for what travels, `decode` for how requests are read, `shapes` for the answers."""
