"""Call a tool: pick one of those described, fill in its arguments; put a tool's result into words."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from tools.chat_model import words as w
from tools.chat_model.sample import Sample, assistant, call_text, user
from tools.chat_model.wordings import MORE_ASKS
from tools.chat_model.words import Frames, Words, either, held_of, more

Value = Callable[[Words], Any]


@dataclasses.dataclass(frozen=True)
class Tool:
    """`names` are wordings of its name; `asks` use the arguments' names as blanks; `told` puts the "
    "result into words."""

    names: list[str]
    description: str
    arguments: dict[str, tuple[str, Value]]
    asks: Frames
    result: dict[str, Value]
    told: str


def t(
    names: str,
    description: str,
    arguments: dict[str, tuple[str, Value]],
    asks: str,
    result: dict[str, Value],
    told: str,
) -> Tool:
    first = names.partition("|")[0]
    return Tool(either(names), description, arguments, more(MORE_ASKS[first], asks), result, told)


def text(value: Value) -> tuple[str, Value]:
    return "string", value


def integer(low: int, high: int) -> tuple[str, Value]:
    return "integer", lambda words: words.rng.randint(low, high)


def item(options: list[str]) -> Value:
    return lambda words: words.pick(options)


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


def made_up(words: Words) -> Tool:
    """A tool that nobody has seen before: its name, description and the request share a verb and a noun."""
    rng = words.rng
    noun, verb = words.noun(), rng.choice(("get", "find", "show", "read", "check", "fetch", "open", "send"))
    kind = rng.choice((text(Words.town), text(Words.person), text(Words.company), text(Words.brand), integer(1, 9999)))
    argument = words.pick(("name", "id", "place", "of", "query", "target", words.noun()))
    names = rng.sample((f"{verb}_{noun}", f"{noun}", f"{noun}_info", f"{verb}{noun.capitalize()}", f"{noun}_tool"), 3)
    asks = [
        ask.replace("{x}", f"{{{argument}}}")
        .replace("{n}", noun)
        .replace("{v}", verb)
        .replace("{V}", verb.capitalize())
        for ask in GENERIC_ASKS
    ]
    description = words.pick(
        (f"{verb.capitalize()} the {noun}", f"{verb.capitalize()} a {noun} of something", f"The {noun}")
    )
    return Tool(
        names,
        description,
        {argument: kind},
        Frames(asks, held_of(asks)),
        {noun: Words.anything},
        f"The {noun} is {{{noun}}}.",
    )


def described(words: Words, tool: Tool, name: str) -> dict[str, Any]:
    properties = {key: {"type": kind} for key, (kind, _) in tool.arguments.items()}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": tool.description, "parameters": parameters}


def make(words: Words) -> Sample:
    rng = words.rng
    offered = rng.sample(TOOLS, rng.randint(1, 5))
    offered = [made_up(words) if rng.random() < 0.35 else tool for tool in offered]
    named = [(tool, words.frame(tool.names)) for tool in offered]
    tools = tuple(described(words, tool, name) for tool, name in named)
    messages: list[dict[str, Any]] = []
    # Training asks several things of the same tools: reading them is most of the work, and every answer teaches.
    for _ in range(0 if words.split == "eval" else rng.randint(0, 4)):
        if rng.random() < 0.1:
            said, reply = words.frame(NO_CALL)
            messages += [user(said), assistant(reply)]
        else:
            tool, name = rng.choice(named)
            messages += called(words, tool, name)[0]
            messages.append(assistant(told(words, tool, messages)))
    if rng.random() < 0.08:
        said, reply = words.frame(NO_CALL)
        return Sample("tools", [*messages, user(said)], reply, tools, want={"name": None})
    tool, name = rng.choice(named)
    asked, arguments = called(words, tool, name)
    if rng.random() < 0.25:
        messages += asked
        answer = told(words, tool, messages)
        values = list(json.loads(messages[-1]["content"]).values())
        return Sample("tools", messages, answer, tools, want={"values": values})
    want = {"name": name, "arguments": arguments}
    return Sample("tools", [*messages, asked[0]], call_text(name, arguments), tools, want=want)


def called(words: Words, tool: Tool, name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A request and the call that answers it; and the call's arguments."""
    arguments = {key: value(words) for key, (_, value) in tool.arguments.items()}
    asked = user(words.frame(tool.asks).format(**arguments))
    return [asked, {**assistant(""), "tool_calls": [{"name": name, "arguments": arguments}]}], arguments


def told(words: Words, tool: Tool, messages: list[dict[str, Any]]) -> str:
    """Add a result of the last call to `messages` and give it in words."""
    result = {key: value(words) for key, value in tool.result.items()}
    name = messages[-1]["tool_calls"][0]["name"]
    messages.append({"role": "tool", "name": name, "content": json.dumps(result, ensure_ascii=False)})
    return tool.told.format(**result)
