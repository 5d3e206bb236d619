"""AI Gateway's surfaces and its management API (spec ai-gateway §1, §5)."""
