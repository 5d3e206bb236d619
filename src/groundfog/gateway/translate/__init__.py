"""Between dialects: OpenAI's chat, embeddings and Responses, Anthropic's Messages, and what each provider speaks."""
