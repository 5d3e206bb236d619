"""How a gateway reaches a provider: over HTTP, or in this process."""
