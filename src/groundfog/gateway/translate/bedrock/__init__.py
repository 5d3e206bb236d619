"""OpenAI's chat ↔ Bedrock's Converse and ConverseStream."""
