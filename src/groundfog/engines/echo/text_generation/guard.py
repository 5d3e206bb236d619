"""Llama Guard's verdict: content decides by a short list of plain words (spec §3.12).

In JSON mode the answer's shape makes an object of the same text.
"""

from __future__ import annotations

import re

from groundfog.engines.echo.text_generation.prompt import Prompt

HAZARDS = {
    "S1": "kill murder bomb terror massacre shoot stab",
    "S2": "steal rob burglary fraud launder counterfeit",
    "S4": "minor minors",
    "S9": "nerve anthrax sarin uranium bioweapon",
    "S10": "slur racist",
    "S11": "suicide self-harm",
    "S12": "porn erotic nude",
    "S14": "exploit malware ransomware",
}
"""Category → words that echo takes for it. A stand-in for tests, no filter."""


def categories(prompt: Prompt) -> list[str]:
    """Categories whose words stand in the user's last message, in order."""
    found = set(re.findall(r"[a-z-]+", prompt.text.lower()))
    return [category for category, listed in HAZARDS.items() if found.intersection(listed.split())]


def verdict(prompt: Prompt) -> str:
    """`safe`, or `unsafe` and the categories on a second line."""
    hit = categories(prompt)
    return f"unsafe\n{','.join(hit)}" if hit else "safe"
