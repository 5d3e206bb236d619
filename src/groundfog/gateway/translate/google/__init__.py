"""OpenAI's chat ↔ Google's `generateContent` (AI Studio and Vertex AI)."""
