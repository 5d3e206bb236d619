"""OpenAI's chat completions: the dialect that all others are translated to and from."""
