"""Cloudflare's tasks, with their published ids (spec workers-ai §8.11) and descriptions of our own."""

from __future__ import annotations

import msgspec


class TaskRow(msgspec.Struct, frozen=True):
    """One row of `tasks/search`."""

    id: str
    name: str
    description: str


TASKS = (
    TaskRow("c329a1f9-323d-4e91-b2aa-582dd4188d34", "Text Generation", "Writes text that answers a prompt or a chat."),
    TaskRow(
        "0137cdcf-162a-4108-94f2-1ca59e8c65ee", "Text Embeddings", "Turns texts into vectors that can be compared."
    ),
    TaskRow("19606750-23ed-4371-aab2-c20349b53a60", "Text Classification", "Labels a text, or sorts texts by a query."),
    TaskRow("3d6e1f35-341b-4915-a6c8-9a7142a9033a", "Text-to-Image", "Paints an image that a text describes."),
    TaskRow("882a91d1-c331-4eec-bdad-834c919942a8", "Image-to-Text", "Says in words what an image shows."),
    TaskRow("00cd182b-bf30-4fc4-8481-84a3ab349657", "Image Classification", "Labels an image."),
    TaskRow("9c178979-90d9-49d8-9e2c-0f1cf01815d4", "Object Detection", "Finds things in an image and boxes them."),
    TaskRow(
        "dfce1c48-2a81-462e-a7fd-de97ce985207",
        "Automatic Speech Recognition",
        "Writes down what is said in a recording.",
    ),
    TaskRow("b52660a1-9a95-4ab2-8b1d-f232be34604a", "Text-to-Speech", "Reads a text aloud."),
    TaskRow("f57d07cb-9087-487a-bbbf-bc3e17fecc4b", "Translation", "Says a text in another language."),
    TaskRow("6f4e65d8-da0f-40d2-9aa4-db582a5a04fd", "Summarization", "Makes a long text short."),
    TaskRow(
        "ccb1ca5a-043d-41a7-8a3b-61017b2796fd", "Voice Activity Detection", "Hears whether a speaker has finished."
    ),
)
