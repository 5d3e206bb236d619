"""Ten passages written by hand, of no kind that the training draws, each with what the copied snippets ask.

`question` and `says`: the retrieval snippet, and what a right answer holds. `fields`: the structured-output snippet.
`tells`, `asks` and `remembers`: the snippet of a chat with history.
"""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Passage:
    text: str
    question: str
    says: str
    fields: dict[str, Any]
    tells: str
    asks: str
    remembers: str


PASSAGES = (
    Passage(
        "The lighthouse at Kestrel Point was switched on in 1911. Its lamp can be seen from 19 miles away. Marguerite "
        "Osei was the last keeper and left when the light became automatic.",
        "Who was the last keeper of the lighthouse?",
        "Marguerite Osei",
        {"keeper": "Marguerite Osei", "year": 1911},
        "My name is Marguerite.",
        "What is my name?",
        "Marguerite",
    ),
    Passage(
        "Our bakery on Plum Street sells sourdough and rye loaves. We bake at four in the morning. A rye "
        "loaf costs 4.20 "
        "euros.",
        "How much does a rye loaf cost?",
        "4.20",
        {"product": "rye loaf", "price": "4.20 euros"},
        "I live in Valparaiso.",
        "Where do I live?",
        "Valparaiso",
    ),
    Passage(
        "Tickets for the jazz night are sold at the front desk. Doors open at 19:30 and the band plays until midnight. "
        "Parking is free after six.",
        "When do the doors open?",
        "19:30",
        {"event": "jazz night", "doors": "19:30"},
        "Hello, I am Dmitri.",
        "Do you remember my name?",
        "Dmitri",
    ),
    Passage(
        "The Ortega bridge crosses the river Lim. It was designed by Helga Brandt. Heavy trucks may not use "
        "it because of "
        "its age.",
        "Who designed the bridge?",
        "Helga Brandt",
        {"bridge": "Ortega", "river": "Lim"},
        "My favourite colour is green.",
        "What is my favourite colour?",
        "green",
    ),
    Passage(
        "Please return borrowed books within 21 days. The library charges 30 cents for each late day. "
        "Children pay nothing.",
        "How much does the library charge for each late day?",
        "30 cents",
        {"days": 21, "charge": "30 cents"},
        "I am from Reykjavik.",
        "Where am I from?",
        "Reykjavik",
    ),
    Passage(
        "Captain Iyer sailed the Petrel to Madeira in June. The crew of nine repaired the main mast on the way. They "
        "brought back sugar and cork.",
        "What did the crew repair?",
        "the main mast",
        {"captain": "Iyer", "ship": "Petrel"},
        "Call me Zoltan.",
        "What am I called?",
        "Zoltan",
    ),
    Passage(
        "The router has four ports and a blue lamp. Hold the reset button for ten seconds to erase all settings. The "
        "default password is printed below the device.",
        "Where is the default password printed?",
        "below the device",
        {"ports": "four", "lamp": "blue"},
        "I work as a beekeeper.",
        "What is my job?",
        "beekeeper",
    ),
    Passage(
        "Aunt Philippa keeps bees behind the old mill. Last summer she sold sixty jars of honey at the "
        "market in Trentham.",
        "Where did Aunt Philippa sell honey?",
        "Trentham",
        {"name": "Philippa", "market": "Trentham"},
        "I have a cat named Biscuit.",
        "What pet do I have?",
        "Biscuit",
    ),
    Passage(
        "Version 3.4 of the Lumen editor adds dark mode. It fixes a crash on startup. Users of version 2 "
        "must export their "
        "notes first.",
        "What does version 3.4 add?",
        "dark mode",
        {"editor": "Lumen", "version": "3.4"},
        "I'm Folasade.",
        "What's my name?",
        "Folasade",
    ),
    Passage(
        "Doctor Nakamura sees patients on Tuesday and Thursday. Her clinic is on the second floor of the "
        "Harper building. "
        "Call 555 0182 to make an appointment.",
        "On which floor is the clinic?",
        "second floor",
        {"doctor": "Nakamura", "phone": "555 0182"},
        "My name is Bartholomew.",
        "Who am I?",
        "Bartholomew",
    ),
)
