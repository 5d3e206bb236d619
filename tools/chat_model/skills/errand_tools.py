"""Tools for travel, files, orders and accounts, for training only; some arguments may be left out."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, asked_to, wondered
from tools.chat_model.skills.toolbox import (
    Said,
    integer,
    item,
    numeral,
    on_or_off,
    one_of,
    text,
    tool,
)
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either


def deed(words: Words) -> str:
    return f"{words.pick(sorted(VERBS))} the {words.noun()}"


def expression(words: Words) -> str:
    numbers = [str(words.rng.randint(2, 999)) for _ in range(words.rng.randint(2, 3))]
    return f" {words.pick(('+', '-', '*', '/'))} ".join(numbers)


def path(words: Words) -> str:
    end = words.pick((".txt", ".pdf", ".csv", ".md", f"/{words.noun()}.txt", f"_{words.number(1, 99)}.doc"))
    return words.noun() + end


def query(words: Words) -> str:
    forms = ("{a} {n}", "{n} in {t}", "photos of {p}", "{n} of {t}", "{n} and {m}", "how to {d}", "best {n}")
    return words.pick(forms).format(
        a=words.adjective(), n=words.noun(), m=words.noun(), t=words.town(), p=words.person(), d=deed(words)
    )


ERRAND_TOOLS = (
    tool(
        "search_web|web_search|search|google",
        "Search the web|Look something up on the internet|Find pages on the web",
        {"query": text(query)},
        [
            asked_to(
                "[[search|search the web|look|google|look online|look on the web|search online] for {query}|[google|"
                "look up|find pages on|find sites about] {query}|see what the web [says on|has on] {query}]",
                "[.||!|?]",
            ),
            "[search|web|google|look up]: {query}",
            f"{OPEN}what does the [web|internet] say about {{query}}[?|]",
        ],
        {"pages": lambda words: words.rng.randint(0, 9999)},
        "There are {pages} pages.",
    ),
    tool(
        "create_event|calendar|add_event|schedule_meeting",
        "Add an event to the calendar|Plan a meeting|Put an appointment into the calendar",
        {
            "title": text(
                lambda x: x.pick(
                    [
                        f"dinner with {x.first_name()}",
                        f"meeting with {x.person()}",
                        f"visit to {x.town()}",
                        "dentist",
                        "yoga",
                        f"call with {x.first_name()}",
                    ]
                )
            ),
            "date": text(Words.date),
            "time": text(Words.time),
        },
        [
            asked_to(
                "[[add|put|enter|write] {title} [to|into|in] [my calendar|the calendar] [on|for] {date} at {time}|"
                "[plan|schedule|book|arrange] {title} [for|on] {date} at {time}|[create|make] an event on {date} at "
                "{time}: {title}]",
                "[.||!]",
            ),
            asked_to(
                "[[add|put|enter] {title} [to|into] [my calendar|the calendar] [on|for] {date}|[plan|schedule] "
                "{title} [for|on] {date}]",
                "[.||!]",
            ),
            "[{title} on {date} at {time}|on {date} at {time}: {title}|{date}, {time}: {title}|{title}, {date}, "
            "{time}][.||, please]",
            f"{OPEN}[I have|there is|we have] {{title}} on {{date}} at {{time}}[. Put it in.|: note it.|.|]",
        ],
        {"id": lambda words: words.rng.randint(1, 999)},
        "The event has the number {id}.",
        ("time",),
    ),
    tool(
        "calculate|calculator|compute|math",
        "Calculate a sum|Work out an expression|Do arithmetic",
        {"expression": text(expression)},
        [
            asked_to("[calculate|compute|work out|solve|do the sum|evaluate] {expression}", "[.||?]"),
            f"{OPEN}[what is|how much is|what's|what makes|what gives] {{expression}}[?|]",
            "{expression}[?| = ?||]",
            wondered("[what {expression} is|how much {expression} makes|the result of {expression}]"),
        ],
        {"value": lambda words: words.rng.randint(0, 99999)},
        "The result is {value}.",
    ),
    tool(
        "book_flight|flight|find_flight|reserve_flight",
        "Book a flight|Reserve a seat on a plane|Find and book flights",
        {"origin": text(Words.town), "destination": text(Words.town), "date": text(Words.date)},
        [
            asked_to(
                "[book|reserve|find|get me|buy] [a flight|a seat|a plane ticket|tickets] from {origin} to "
                "{destination} [on|for] {date}",
                "[.||!]",
            ),
            f"{OPEN}[I want to fly|I need to fly|we fly|I would like to fly|I have to fly] [from {{origin}} to "
            f"{{destination}} on {{date}}|on {{date}} from {{origin}} to {{destination}}|to {{destination}} from "
            f"{{origin}} on {{date}}][.||]",
            "[flight|plane|ticket] from {origin} to {destination}, {date}[.||, please]",
        ],
        {"flight": lambda x: f"{x.pick('ABCDEFG')}{x.rng.randint(100, 999)}"},
        "You are on flight {flight}.",
    ),
    tool(
        "book_hotel|hotel|reserve_room|find_room",
        "Book a room in a hotel|Reserve a hotel room|Find a place to sleep",
        {"city": text(Words.town), "nights": numeral(1, 14), "guests": numeral(1, 6)},
        [
            asked_to("[book|reserve|find|get] [a room|a hotel|a hotel room] in {city} for {nights} nights", "[.||!]"),
            asked_to(
                "[book|reserve|find|get] [a room|a hotel|a hotel room] in {city} for {nights} nights [and|for] "
                "{guests} [guests|people|persons]",
                "[.||!]",
            ),
            f"{OPEN}[I stay|we stay|I sleep|we will be|I need a room] {{nights}} nights in {{city}}[: book a room.|. "
            f"Find a hotel.|.|]",
            "[hotel|room] in {city}, {nights} nights, {guests} [guests|people][.||, please]",
        ],
        {"hotel": lambda x: f"Hotel {x.brand()}"},
        "You stay at {hotel}.",
        ("guests",),
    ),
    tool(
        "track_package|parcel|track_order|where_is_package",
        "Track a package|Find out where a parcel is|Get the state of a delivery",
        {"number": text(lambda x: f"{x.pick('ABCDXYZ')}{x.pick('ABCDXYZ')}{x.rng.randint(1000, 999999)}")},
        [
            asked_to(
                "[track|find|follow|look for|check|locate] [the|my|] [package|parcel|order|delivery|shipment] {number}",
                "[.||!|?]",
            ),
            f"{OPEN}where is [my|the] [package|parcel|order|delivery] [with number|number|] {{number}}[?|]",
            f"{OPEN}[when will|when does|has] [my|the] [package|parcel] {{number}} [come|arrive|arrived][?|]",
            "[package|parcel|tracking|shipment][: | ]{number}[?||.]",
        ],
        {"place": Words.town},
        "It is in {place}.",
    ),
    tool(
        "find_restaurant|restaurants|where_to_eat|dinner_search",
        "Find a restaurant|Search for places to eat|Restaurants in a city",
        {"city": text(Words.town), "price": one_of(["cheap", "medium", "expensive"])},
        [
            asked_to(
                "[find|show me|suggest|recommend|look for] [a {price} restaurant|a {price} place to eat|{price} "
                "restaurants] in {city}",
                "[.||?]",
            ),
            asked_to(
                "[find|show me|suggest|recommend|look for] [a restaurant|a place to eat|restaurants|somewhere to "
                "eat] in {city}",
                "[.||?]",
            ),
            f"{OPEN}where can I eat in {{city}}[?|]",
            f"{OPEN}[I am hungry in|we want to eat in|dinner in] {{city}}, [but|and] {{price}}[.|, please.|]",
        ],
        {"name": Words.brand},
        "Try {name}.",
        ("price",),
    ),
    tool(
        "open_file|read_file|show_file|load_document",
        "Open a file|Read a document|Show what is in a file",
        {"path": text(path)},
        [
            asked_to("[open|read|show|load|print|display|bring up] [the file|the document|file|] {path}", "[.||!|?]"),
            f"{OPEN}what [is in|does it say in|stands in] [the file|] {{path}}[?|]",
            "[open|file|read|cat][: | ]{path}",
        ],
        {"lines": lambda words: words.rng.randint(1, 999)},
        "The file has {lines} lines.",
    ),
    tool(
        "delete_file|remove_file|erase|trash",
        "Delete a file|Remove a document for good|Throw a file away",
        {"path": text(path)},
        [
            asked_to(
                "[delete|remove|erase|throw away|get rid of|wipe|trash] [the file|the document|file|] {path}",
                "[.||!|?]",
            ),
            f"{OPEN}I [no longer need|do not need|do not want] {{path}}[: delete it.|. Remove it.|: away with it.]",
        ],
        {"state": item(["deleted", "gone", "locked"])},
        "The file is {state}.",
    ),
    tool(
        "create_user|add_user|register|new_account",
        "Create a user|Register a new account|Add somebody to the system",
        {
            "name": text(Words.first_name),
            "email": text(lambda x: x.email(x.first_name())),
            "admin": on_or_off("with all rights", "without rights"),
        },
        [
            asked_to(
                "[create|add|register|make|set up] [a user|an account|a new user] [for|named|called] {name} [with "
                "the e-mail|with the address|, e-mail|with mail] {email}",
                "[.||!]",
            ),
            asked_to(
                "[create|add|register|make|set up] [a user|an account|a new user] [for|named] {name} [with the "
                "e-mail|, e-mail] {email}, {admin}",
                "[.||!]",
            ),
            "[new user|user|account]: {name}, {email}[, {admin}||]",
        ],
        {"id": lambda words: words.rng.randint(1, 9999)},
        "The user has the number {id}.",
        ("admin",),
    ),
    tool(
        "cancel_order|stop_order|undo_order|cancel",
        "Cancel an order|Stop a purchase|Take an order back",
        {
            "order": integer(100, 99999),
            "reason": text(item(either("too late|too expensive|wrong size|bought twice|not needed"))),
        },
        [
            asked_to("[cancel|stop|undo|take back|call off] [order|my order|the order|order number] {order}", "[.||!]"),
            asked_to(
                "[cancel|stop|undo] [order|my order|the order|order number] {order}[: {reason}|, reason: {reason}|, "
                "it is {reason}| because it is {reason}]",
                "[.||!]",
            ),
            f"{OPEN}I [do not want|no longer want|do not need] order {{order}}[: cancel it.|. Please cancel.|.]",
        ],
        {"state": item(["cancelled", "stopped", "on its way"])},
        "The order is {state}.",
        ("reason",),
    ),
    tool(
        "get_invoice|invoice|find_bill|show_bill",
        "Get an invoice|Find a bill by its number|Show what has to be paid",
        {"number": integer(1000, 99999)},
        [
            asked_to(
                "[show|find|get|open|fetch|pull up|send me] [the invoice|invoice|bill|the bill|invoice number] "
                "{number}",
                "[.||!|?]",
            ),
            f"{OPEN}[how much is|what is on|what do I pay for|who pays] [invoice|bill|the bill] {{number}}[?|]",
            "[invoice|bill][: | ]{number}[?|.||]",
        ],
        {"amount": Words.price},
        "It is for {amount}.",
    ),
    tool(
        "book_taxi|taxi|call_cab|order_ride",
        "Order a taxi|Call a cab|Get a ride",
        {"pickup": text(Words.street), "time": text(Words.time)},
        [
            asked_to(
                "[order|call|get|book|send] [a taxi|a cab|a car|me a taxi|a ride] [to|at|for] {pickup} [at|for] {time}",
                "[.||!]",
            ),
            asked_to("[order|call|get|book|send] [a taxi|a cab|a car|me a taxi|a ride] [to|at] {pickup}", "[.||!]"),
            f"{OPEN}[I need|we need|I want] a [taxi|cab|ride] at {{pickup}}[, {{time}}| at {{time}}][.||, please]",
            f"{OPEN}[pick me up|fetch me|pick us up] at {{time}} [at|from] {{pickup}}[.||]",
        ],
        {"minutes": lambda words: words.rng.randint(2, 40)},
        "The taxi comes in {minutes} minutes.",
        ("time",),
    ),
    tool(
        "define_word|dictionary|meaning|word_meaning",
        "Look a word up in the dictionary|What a word means|Explain a word",
        {"word": text(lambda x: x.pick((x.noun, x.adjective, x.odd))())},
        [
            f"{OPEN}what [does the word {{word}} mean|does {{word}} mean|is the meaning of {{word}}][?|]",
            asked_to("[look up|define|explain|find] the [word|term|meaning of the word] {word}", "[.||?]"),
            "[define|meaning|dictionary|definition][: | ]{word}",
        ],
        {"meaning": lambda x: f"a {x.adjective()} {x.noun()}"},
        "It means {meaning}.",
    ),
    tool(
        "sum_numbers|add_numbers|total|sum",
        "Add numbers|Sum up a list of numbers|Get a total",
        {
            "numbers": (
                {"type": "array", "items": {"type": "integer"}},
                lambda x: (lambda some: Said(", ".join(map(str, some[:-1])) + f" and {some[-1]}", some))(
                    [x.rng.randint(1, 999) for _ in range(x.rng.randint(2, 4))]
                ),
            )
        },
        [
            asked_to("[add|sum up|add up|total|sum] {numbers}", "[.||?]"),
            f"{OPEN}what is the [sum|total] of {{numbers}}[?|]",
            f"{OPEN}how much [are|is] {{numbers}} together[?|]",
        ],
        {"sum": lambda words: words.rng.randint(3, 4000)},
        "Together they are {sum}.",
    ),
)
