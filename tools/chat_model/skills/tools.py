"""Call a tool: pick one of those described, fill in its arguments; put a tool's result into words."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from tools.chat_model import words as w
from tools.chat_model.phrases.any_tool import GENERIC
from tools.chat_model.phrases.grammar import drawn, holds, joined, kept_of, plain
from tools.chat_model.phrases.requests import REQUESTS
from tools.chat_model.phrases.tool_names import DESCRIPTIONS, KEYS, NAMES
from tools.chat_model.phrases.tools import ASKS
from tools.chat_model.sample import Sample, assistant, call_text, system, user
from tools.chat_model.skills import converse
from tools.chat_model.skills.errand_tools import ERRAND_TOOLS
from tools.chat_model.skills.home_tools import HOME_TOOLS
from tools.chat_model.skills.toolbox import Form, Offer, Tool, Value, integer, item, text
from tools.chat_model.words import Frames, Words, either, held_of


def t(
    names: str,
    description: str,
    arguments: dict[str, tuple[Form, Value]],
    asks: str,
    result: dict[str, Value],
    told: str,
) -> Tool:
    first = names.partition("|")[0]
    frames = joined(f"{ASKS[first]}\n{REQUESTS[first]}", either(asks), 1800)
    return Tool(either(names), [description, *either(DESCRIPTIONS[first])], arguments, frames, result, told)


TOOLS = (
    t(
        "get_weather|weather|getWeather",
        "Get the weather of a city",
        {"city": text(Words.town)},
        "What is the weather in {city}?|How is the weather in {city} today?|Will it rain in {city}?|"
        "Weather for {city} please|Do I need an umbrella in {city}?|Tell me the weather in {city}.",
        {"temperature": lambda x: x.rng.randint(-9, 35), "sky": item(w.WEATHER)},
        "It is {temperature} degrees with {sky}.",
    ),
    t(
        "send_email|email|sendEmail",
        "Send an e-mail",
        {
            "to": text(lambda x: x.email(x.first_name())),
            "subject": text(lambda x: f"{x.pick(w.THINGS)} for {x.first_name()}"),
        },
        "Send an e-mail to {to} with the subject {subject}.|Write to {to} about {subject}.|"
        "E-mail {to}, subject {subject}.|Please mail {to} with subject {subject}.|"
        "Send {to} a message about {subject}.",
        {"status": item(["sent", "queued"])},
        "The e-mail was {status}.",
    ),
    t(
        "get_stock|stock_price|getStock",
        "Get the share price of a company",
        {"company": text(Words.company)},
        "What is the share price of {company}?|How is the stock of {company}?|"
        "What are shares of {company} worth?|Give me the stock price of {company}.|"
        "How much is one share of {company}?",
        {"price": lambda x: x.rng.randint(2, 900)},
        "One share costs {price} dollars.",
    ),
    t(
        "book_table|reserve_table|bookTable",
        "Book a table in a restaurant",
        {"name": text(Words.person), "people": integer(1, 12), "time": text(Words.time)},
        "Book a table for {people} people at {time} for {name}.|"
        "Reserve a table at {time} for {people}, name {name}.|"
        "I need a table for {people} at {time}, under {name}.|"
        "Please reserve {people} seats for {name} at {time}.",
        {"table": lambda x: x.rng.randint(1, 40)},
        "You have table {table}.",
    ),
    t(
        "convert|convert_currency|convertMoney",
        "Convert an amount of money",
        {"amount": integer(1, 5000), "to": text(item(["dollars", "euros", "pounds", "crowns", "francs", "yen"]))},
        "Convert {amount} to {to}.|How much is {amount} in {to}?|Change {amount} into {to}.|"
        "What are {amount} worth in {to}?|Give me {amount} in {to}.",
        {"amount": lambda x: x.rng.randint(1, 9000)},
        "That is {amount}.",
    ),
    t(
        "set_alarm|alarm|setAlarm",
        "Set an alarm",
        {"time": text(Words.time)},
        "Wake me at {time}.|Set an alarm for {time}.|I want to get up at {time}.|Alarm at {time} please|"
        "Please wake me up at {time}.",
        {"status": item(["set", "saved"])},
        "The alarm is {status}.",
    ),
    t(
        "add_task|create_task|addTodo",
        "Add a task to the list",
        {
            "title": text(lambda x: f"{x.pick(['buy', 'repair', 'clean', 'paint', 'sell'])} the {x.pick(w.THINGS)}"),
            "day": text(item(w.WEEKDAYS)),
        },
        "Remind me on {day} to {title}.|Add a task for {day}: {title}.|"
        "Put {title} on my list for {day}.|On {day} I have to {title}.|Note for {day}: {title}.",
        {"id": lambda x: x.rng.randint(1, 999)},
        "The task has the number {id}.",
    ),
    t(
        "find_person|lookup_person|findPerson",
        "Look up a person",
        {"name": text(Words.person)},
        "Who is {name}?|Look up {name}."
        "|Find {name} for me.|What do we know about {name}?|Search for the person {name}.",
        {"job": item(w.JOBS), "town": Words.town},
        "A {job} from {town}.",
    ),
    t(
        "get_route|route|directions",
        "Find the way between two places",
        {"start": text(Words.town), "end": text(Words.town)},
        "How do I get from {start} to {end}?|Show the way from {start} to {end}.|"
        "Route from {start} to {end}|I am in {start} and want to go to {end}.|"
        "What is the way from {start} to {end}?",
        {"kilometres": lambda x: x.rng.randint(2, 900)},
        "It is {kilometres} kilometres.",
    ),
    t(
        "play_music|play|playSong",
        "Play music of an artist",
        {"artist": text(Words.person)},
        "Play something by {artist}.|I want to hear {artist}.|Put on music of {artist}.|"
        "Play songs by {artist}.|Let me listen to {artist}.",
        {"title": lambda x: f"{x.pick(w.COLOURS)} {x.pick(w.WEATHER)}"},
        "Now playing {title}.",
    ),
    t(
        "get_product|product_info|findProduct",
        "Get facts of a product",
        {"id": integer(100, 99999)},
        "Show product {id}.|What is product number {id}?|Tell me about article {id}.|"
        "Give me the facts of product {id}.|Look up the product with the number {id}.",
        {"name": item(w.THINGS), "price": Words.price},
        "It is a {name} for {price}.",
    ),
    t(
        "translate|translate_text|translateText",
        "Translate a word",
        {"word": text(item(w.THINGS)), "language": text(item(w.LANGUAGES))},
        "Translate {word} into {language}.|What is {word} in {language}?|"
        "How do you say {word} in {language}?|Give me the {language} word for {word}.|"
        "Say {word} in {language}.",
        {"translation": Words.brand},
        "It means {translation}.",
    ),
)

KEPT = [wording for tool in TOOLS for wording in kept_of(tool.asks)]
"""What evaluation asks with."""
_PLAIN = [plain(wording) for wording in KEPT]
MORE = tuple(
    dataclasses.replace(tool, asks=Frames([frame for frame in tool.asks if not holds(frame, _PLAIN)], 0))
    for tool in (*HOME_TOOLS, *ERRAND_TOOLS)
)
NO_CALL = (
    ("Hello!", "Hello! How can I help?"),
    ("Thank you!", "You are welcome!"),
    ("Thanks a lot", "You are welcome!"),
    ("Hi", "Hello! How can I help?"),
    ("Good morning", "Hello! How can I help?"),
    ("Many thanks", "You are welcome!"),
)
GENERIC_ASKS = either(
    "{V} the {n} of {x}.|What is the {n} of {x}?|I need the {n} of {x}.|{V} me the {n} for {x}|"
    "Please {v} the {n} of {x}.|"
    "Can you {v} the {n} of {x}?|{x}: {v} the {n}|Do you know the {n} of {x}?|Could you {v} the {n} for {x}?|"
    "{V} the {n} that belongs to {x}, please."
)
MORE_GENERIC = drawn(GENERIC, kept_of(GENERIC_ASKS), 3000)
VERBS = either("get|find|show|read|check|fetch|open|send")
MORE_VERBS = either("load|list|look up|print|search|return|request|see|retrieve|query|pull|view|tell|bring|display")
SYSTEMS = either(
    "You are a helpful assistant with tools.|Use the tools when they help.|You can call tools.|Call a tool if it fits.|"
    "You are an assistant that can use tools.|Answer with the help of your tools.|Use a tool where you need one.|"
    "You have tools. Use them.|Be brief and use the tools.|You are a friendly assistant who uses tools."
)


ABOUT = either(
    "Returns the {n}|Looks for the {n}|{N}|{N} of anything|All that is known of a {n}|{V} the {n} of one thing|To "
    "{v} the "
    "{n}|Use it to {v} a {n}|This tool has the {n} of everything|What {n} something has|{V}: {n}|Gives back one "
    "{n}|The "
    "{n} that belongs to a name|{N}s, by name|A {n} for a name or number|When the user asks for the {n}"
)
"""How a tool that is made up may be described."""
CHANGED = either("{d}.|{d}.|{d} for the user|Tool: {d}|{d} (one at a time)|{d}, if asked|{d}. Always use it for this.")


def made_up(words: Words, given: str = "") -> Tool:
    """A tool that nobody has seen before: its name, description and the request share a verb and a noun."""
    rng = words.rng
    noun, verb = words.noun(), given or rng.choice(("get", "find", "show", "read", "check", "fetch", "open", "send"))
    kind = rng.choice((text(Words.town), text(Words.person), text(Words.company), text(Words.brand), integer(1, 9999)))
    argument = words.pick(("name", "id", "place", "of", "query", "target", words.noun()))
    if words.split == "train" and not given and rng.random() < 0.3:
        verb, kind = words.pick(MORE_VERBS), text(Words.anything)
    first = verb.partition(" ")[0]
    names = rng.sample((f"{first}_{noun}", f"{noun}", f"{noun}_info", f"{first}{noun.capitalize()}", f"{noun}_tool"), 3)
    generic = GENERIC_ASKS
    if words.split == "train":
        generic = [rng.choice(MORE_GENERIC) for _ in range(5)]
    asks = [
        ask.replace("{x}", f"{{{argument}}}")
        .replace("{n}", noun)
        .replace("{v}", verb)
        .replace("{V}", verb.capitalize())
        for ask in generic
    ]
    description = words.pick(
        (f"{verb.capitalize()} the {noun}", f"{verb.capitalize()} a {noun} of something", f"The {noun}")
    )
    if words.split == "train" and rng.random() < 0.4:
        description = words.pick(ABOUT).format(n=noun, N=noun.capitalize(), v=verb, V=verb.capitalize())
    return Tool(
        names,
        [description],
        {argument: kind},
        Frames(asks, 0 if words.split == "train" else held_of(asks)),
        {noun: Words.anything},
        f"The {noun} is {{{noun}}}.",
    )


def make(words: Words) -> Sample:
    return trained(words) if words.split == "train" else asked_once(words)


def asked_once(words: Words) -> Sample:
    """As evaluation asks."""
    rng = words.rng
    tools = rng.sample(TOOLS, rng.randint(1, 5))
    tools = [made_up(words) if rng.random() < 0.35 else tool for tool in tools]
    offers = [Offer(tool, words.frame(tool.names), tool.description, _same(tool)) for tool in tools]
    described = tuple(offer.described() for offer in offers)
    if rng.random() < 0.08:
        said, reply = words.frame(NO_CALL)
        return Sample("tools", [user(said)], reply, described, want={"name": None})
    offer = rng.choice(offers)
    asked, arguments = offer.asked(words)
    want = {"name": offer.name, "arguments": arguments}
    if rng.random() < 0.25:
        messages = called(asked, offer, arguments)
        answer = told(words, offer.tool, messages)
        values = list(json.loads(messages[-1]["content"]).values())
        return Sample("tools", messages, answer, described, want={"values": values})
    return Sample("tools", [user(asked)], call_text(offer.name, arguments), described, want=want)


def trained(words: Words) -> Sample:
    """As training asks: several things of the same tools, for reading them is most of the work."""
    rng = words.rng
    offers = list({offer.name: offer for offer in (offered(words, tool) for tool in toolbox(words))}.values())
    described = tuple(offer.described() for offer in offers)
    messages: list[dict[str, Any]] = [system(words.pick(SYSTEMS))] if rng.random() < 0.1 else []
    offer = rng.choice(offers)
    for _ in range(rng.choice((0, 1, 2, 3, 4, 5))):
        if rng.random() < 0.1:
            said, reply = without_call(words)
            messages += [user(said), assistant(reply)]
        else:
            asked, arguments = offer.asked(words)
            messages += called(asked, offer, arguments)
            messages.append(assistant(told(words, offer.tool, messages)))
            offer = another(words, offers, offer)
    if rng.random() < 0.1:
        said, reply = without_call(words)
        return Sample("tools", [*messages, user(said)], reply, described, want={"name": None})
    asked, arguments = offer.asked(words)
    want = {"name": offer.name, "arguments": arguments}
    return Sample("tools", [*messages, user(asked)], call_text(offer.name, arguments), described, want=want)


def toolbox(words: Words) -> list[Tool]:
    """The tools of one dialogue; of a third, all are made up, so that only their words can tell them apart."""
    rng = words.rng
    if rng.random() < 0.33:
        verb = rng.choice(VERBS) if rng.random() < 0.5 else ""
        fresh = {tool.told: tool for tool in (made_up(words, verb) for _ in range(rng.randint(2, 6)))}
        return list(fresh.values())
    tools = rng.sample(TOOLS, rng.randint(1, 5)) if rng.random() < 0.65 else rng.sample(MORE, rng.randint(1, 4))
    if rng.random() < 0.4:
        tools[rng.randrange(len(tools))] = rng.choice(TOOLS if tools[0] in MORE else MORE)
    return [made_up(words) if rng.random() < 0.3 else tool for tool in tools]


def another(words: Words, offers: list[Offer], last: Offer) -> Offer:
    """Mostly not the tool that was called last: that call would only have to be copied."""
    found = words.rng.choice(offers)
    return found if found is not last else words.rng.choice(offers)


def _same(tool: Tool) -> dict[str, str]:
    return {key: key for key in tool.arguments}


def offered(words: Words, tool: Tool) -> Offer:
    """A tool under one of its names, for training: often with other names of its arguments."""
    rng = words.rng
    first = tool.names[0]
    names = [*tool.names[:2], *either(NAMES[first])] if first in NAMES else tool.names
    keys = _same(tool)
    if rng.random() < 0.25:
        keys |= {key: words.pick(either(KEYS[key])) for key in keys if key in KEYS}
        if len(set(keys.values())) < len(keys):
            keys = _same(tool)
    name, description = words.pick(names), words.pick(tool.descriptions)
    if rng.random() < 0.2:
        description = words.pick(CHANGED).format(d=description)
    if rng.random() < 0.1:
        # Only the description says what the tool does.
        name = rng.choice((words.odd(), f"tool_{rng.randint(1, 99)}", f"{words.odd()}_{words.odd()}", words.brand()))
    return Offer(tool, name, description, keys)


def without_call(words: Words) -> tuple[str, str]:
    """Something that needs no tool."""
    if words.rng.random() < 0.3:
        return words.frame(NO_CALL)
    while True:
        asks, answer, _ = converse.single(words)
        if answer != converse.UNKNOWN:
            return asks, answer


def called(asked: str, offer: Offer, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """A request and the call that answers it."""
    return [user(asked), {**assistant(""), "tool_calls": [{"name": offer.name, "arguments": arguments}]}]


def told(words: Words, tool: Tool, messages: list[dict[str, Any]]) -> str:
    """Add a result of the last call to `messages` and give it in words."""
    result = {key: value(words) for key, value in tool.result.items()}
    name = messages[-1]["tool_calls"][0]["name"]
    messages.append({"role": "tool", "name": name, "content": json.dumps(result, ensure_ascii=False)})
    return tool.told.format(**result)
