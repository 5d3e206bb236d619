"""What the model may know: groundfog and Workers AI. `topic | answer | key words that the answer must have`.

One fact more for each active model of the catalogue: what it is for, and whose it is.
"""

from __future__ import annotations

from groundfog.catalog import Catalog
from tools.chat_model.phrases import converse as phrases
from tools.chat_model.phrases.grammar import joined

LINES = """
groundfog | groundfog is a server that is compatible with Workers AI and runs on your own machine. | server, machine
Workers AI | Workers AI runs open models on Cloudflare's network. | models, network
the AI binding | The AI binding gives a Worker the object env.AI. | env.AI
env.AI.run | env.AI.run asks a model: it takes the model id and the inputs. | model
a Worker | A Worker is a small program that answers web requests. | program
AI Gateway | AI Gateway caches, limits and logs AI requests. | caches, logs
Vectorize | Vectorize is a database for vectors. | vectors
R2 | R2 stores files in buckets. | buckets
a neuron | A neuron is the unit in which Workers AI counts work. | unit
the free allocation | You get 10,000 neurons per day for free. | 10,000
the price of neurons | 1,000 neurons cost $0.011. | 0.011
the reset time | The free neurons are reset at 00:00 UTC. | 00:00
streaming | Streaming sends the answer token by token, as server-sent events. | token
the stream option | Set stream to true to get the answer token by token. | true
max_tokens | max_tokens limits the length of the answer; it is 256 by default. | 256
temperature | A high temperature makes answers more varied. | varied
top_p | top_p keeps only the most likely tokens. | likely
the seed option | The same seed gives the same answer again. | same
messages | messages is a list of turns with a role and content. | role
a system message | A system message tells the model how to behave. | behave
an embedding | An embedding is a vector that stands for the meaning of a text. | vector
pooling | pooling is cls or mean; the two do not mix. | cls, mean
RAG | RAG finds passages first and answers from them. | passages
the context window | The context window is how many tokens fit into one request. | tokens
JSON mode | JSON mode makes the model answer in JSON. | JSON
response_format | response_format asks for JSON, with a schema if you like. | schema
tools | Tools are functions that the model may call. | functions
a LoRA adapter | A LoRA adapter changes a model's style with a small file. | adapter
error 429 | Error 429 means too many requests: wait and try again. | wait
error 5006 | Error 5006 means that the input does not fit the schema. | input
error 5007 | Error 5007 means that there is no such model. | no such model
error 3040 | Error 3040 means that the server is busy: try again. | again
error 3036 | Error 3036 means that the daily free neurons are used up. | neurons
error 3030 | Error 3030 means that the prompt was refused. | refused
error 10000 | Error 10000 means that the key is wrong. | key
a retry | Wait a little longer before each retry. | longer
wrangler | wrangler is the command-line tool for Workers. | tool
wrangler.jsonc | wrangler.jsonc is the file that configures a Worker. | file
miniflare | Miniflare runs Workers on your own machine. | machine
workerd | workerd is the runtime of Workers. | runtime
the OpenAI endpoint | The OpenAI-compatible endpoint is /ai/v1. | /ai/v1
the embeddings endpoint | The endpoint for embeddings is /v1/embeddings. | /v1/embeddings
the chat endpoint | The endpoint for chat is /v1/chat/completions. | /v1/chat/completions
the text generation limit | Text generation allows 300 requests per minute. | 300
the embeddings limit | Text embeddings allow 3,000 requests per minute. | 3,000
the image limit | Image models allow 720 requests per minute. | 720
the translation limit | Translation allows 720 requests per minute. | 720
the classification limit | Text classification allows 2,000 requests per minute. | 2,000
bge-base | bge-base is an embedding model with 768 dimensions. | 768
bge-small | bge-small is an embedding model with 384 dimensions. | 384
bge-large | bge-large is an embedding model with 1,024 dimensions. | 1,024
Whisper | Whisper turns speech into text. | speech
FLUX | FLUX makes images from a prompt. | images
Llama | Llama is a family of language models by Meta. | Meta
Mistral | Mistral is a family of language models by Mistral AI. | Mistral AI
Gemma | Gemma is a family of language models by Google. | Google
Qwen | Qwen is a family of language models by Alibaba. | Alibaba
GPT-OSS | GPT-OSS is an open language model by OpenAI. | OpenAI
Granite | Granite is a family of language models by IBM. | IBM
Aura | Aura turns text into speech. | speech
Nova | Nova turns speech into text. | speech
the cache header | cf-aig-skip-cache skips the cache of AI Gateway. | skip
the cache time | cf-aig-cache-ttl sets how long an answer is cached. | cached
the cache status | cf-aig-cache-status says HIT or MISS. | HIT
patchLog | patchLog adds feedback to a log of AI Gateway. | feedback
the echo source | echo answers without a model, always the same way. | without a model
the stand-in source | The stand-in source answers with small models that ship with groundfog. | small
the weights source | The weights source answers with the real open model. | real
groundfog pull | groundfog pull downloads the weights of a model. | downloads
groundfog serve | groundfog serve starts the server. | starts
groundfog models | groundfog models lists the models. | lists
groundfog doctor | groundfog doctor says what is missing. | missing
groundfog run | groundfog run asks a model from the command line. | command line
groundfog keys | groundfog keys makes keys for the server. | keys
the port | groundfog listens on port 9787. | 9787
the LoRA rank | A LoRA adapter may have a rank of up to 32. | 32
the number of adapters | An account may have 100 LoRA adapters. | 100
server-sent events | Server-sent events carry an answer piece by piece. | piece
Zod | Zod checks that JSON has the shape that you want. | shape
Hono | With Hono, return the stream directly as a Response. | Response
the cache key | cf-aig-cache-key sets a cache key of your own. | own
the OpenAI SDK | The OpenAI SDK works when its baseURL ends in /ai/v1. | /ai/v1
the Vercel AI SDK | workers-ai-provider connects the Vercel AI SDK with Workers AI. | workers-ai-provider
""".strip()

WORK = {
    "Text Generation": "writes text",
    "Text Embeddings": "turns text into vectors",
    "Text Classification": "classifies text",
    "Text-to-Image": "makes images from a prompt",
    "Image-to-Text": "describes images",
    "Image Classification": "says what is in an image",
    "Object Detection": "finds objects in an image",
    "Automatic Speech Recognition": "turns speech into text",
    "Text-to-Speech": "turns text into speech",
    "Translation": "translates text",
    "Summarization": "summarises text",
}


def facts() -> list[tuple[str, str, list[str]]]:
    """(topic, answer, key words) of every fact."""
    found = []
    for line in LINES.splitlines():
        topic, answer, keys = (part.strip() for part in line.split(" | "))
        found.append((topic, answer, keys.split(", ")))
    for model in Catalog.load().models:
        work = WORK.get(model.task or "")
        if work and model.status == "active":
            author, name = model.id.split("/")[-2:]
            found.append((name, f"{name} is a model by {author}: it {work}.", [author, work]))
    return found


FACTS = facts()

QUESTIONS = joined(
    phrases.QUESTIONS,
    (
        "What is {t}?",
        "Explain {t}.",
        "Tell me about {t}.",
        "what's {t}",
        "Can you explain {t}?",
        "What do you know about {t}?",
        "{T}?",
        "What does {t} mean?",
        "Please describe {t}.",
        "I want to know what {t} is.",
        "Help me understand {t}.",
        "Could you tell me what {t} is?",
    ),
    4000,
)
