"""What may go in and out: guardrails (spec ai-gateway §3.17) and data loss prevention (§3.18)."""
