"""More tools, for training only: arguments of all JSON types, some of which may be left out."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.phrases.grammar import drawn
from tools.chat_model.phrases.shells import OPEN, asked_to, wondered
from tools.chat_model.skills.toolbox import Form, Said, Tool, Value, integer, item, list_of, on_or_off, one_of, text
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Frames, Words, either

ROOMS = either("kitchen|bedroom|hall|office|garage|bathroom|cellar|garden|attic|living room|nursery|workshop")
CURRENCIES = either("dollars|euros|pounds|crowns|francs|yen")
TOPICS = either("sport|politics|science|music|weather|economy|film|travel|health|technology|football|art")
SECRETS = either("small|medium|large")
Arguments = dict[str, tuple[Form, Value]]


def tool(
    names: str,
    descriptions: str,
    arguments: Arguments,
    asks: list[str],
    result: dict[str, Value],
    told: str,
    optional: tuple[str, ...] = (),
) -> Tool:
    frames = drawn("\n".join(asks), (), 300)
    return Tool(either(names), either(descriptions), arguments, Frames(frames, 0), result, told, optional)


def numeral(low: int, high: int) -> tuple[Form, Value]:
    """A number that is said as a word now and then."""

    def made(words: Words) -> int | Said:
        number = words.rng.randint(low, high)
        return Said(w.SMALL[number], number) if number <= 20 and words.rng.random() < 0.4 else number

    return "integer", made


def decimal(low: int, high: int) -> tuple[Form, Value]:
    return "number", lambda words: words.rng.randint(low * 2, high * 2) / 2


def deed(words: Words) -> str:
    return f"{words.pick(sorted(VERBS))} the {words.noun()}"


def expression(words: Words) -> str:
    numbers = [str(words.rng.randint(2, 999)) for _ in range(words.rng.randint(2, 3))]
    return f" {words.pick(('+', '-', '*', '/'))} ".join(numbers)


def thing(words: Words) -> str:
    return words.pick(w.THINGS) if words.rng.random() < 0.5 else words.noun()


def path(words: Words) -> str:
    end = words.pick((".txt", ".pdf", ".csv", ".md", f"/{words.noun()}.txt", f"_{words.number(1, 99)}.doc"))
    return words.noun() + end


def query(words: Words) -> str:
    forms = ("{a} {n}", "{n} in {t}", "{p}", "{n} of {t}", "{n} and {m}", "how to {d}", "best {n}")
    return words.pick(forms).format(
        a=words.adjective(), n=words.noun(), m=words.noun(), t=words.town(), p=words.person(), d=deed(words)
    )


MORE_TOOLS = (
    tool(
        "set_timer|timer|start_timer|countdown",
        "Start a timer|Set a timer for some minutes|Count down minutes",
        {"minutes": numeral(1, 90), "label": text(thing)},
        [
            asked_to(
                "[[set|start|put on|begin] [a timer|the timer|a countdown] [for|of] {minutes} minutes|count down "
                "{minutes} minutes]",
                "[.||!]",
            ),
            asked_to(
                "[set|start] [a timer|the timer] for {minutes} minutes [named|called|for the|with the label] {label}",
                "[.||!]",
            ),
            "[timer|countdown]: {minutes} minutes[.||, please]",
            f"{OPEN}[tell me when|let me know when|ring after|call me when] {{minutes}} minutes [are over|have "
            f"passed|are up][.||!]",
        ],
        {"ends": Words.time},
        "The timer ends at {ends}.",
        ("label",),
    ),
    tool(
        "set_light|switch_light|light|control_lamp",
        "Switch a light on or off|Turn the lamp of a room on or off|Control the light in a room",
        {"room": text(item(ROOMS)), "on": on_or_off("on", "off")},
        [
            asked_to("[turn|switch|put] [the light|the lamp|the lights] in the {room} {on}", "[.||!|?]"),
            asked_to(
                "[turn|switch] {on} the [{room} light|light in the {room}|lamp in the {room}|lights of the {room}]",
                "[.||!|?]",
            ),
            "[light|lamp|lights] {on} in the {room}[.||, please|!]",
            "{room}: [light|lamp|lights] {on}[.||, please|!]",
            f"{OPEN}[I want|I would like|make sure that] the light in the {{room}} [to be|is] {{on}}[.||]",
        ],
        {"state": item(["changed", "done", "set"])},
        "The light is {state}.",
    ),
    tool(
        "set_temperature|heating|thermostat|heat_room",
        "Set the temperature of a room|Control the heating|Set the thermostat",
        {"degrees": decimal(14, 28), "room": text(item(ROOMS))},
        [
            asked_to(
                "[[set|put|turn|bring] the [heating|temperature|thermostat] [in the {room}|of the {room}] to "
                "{degrees}|[heat|warm|cool] the {room} to {degrees}|make it {degrees} in the {room}]",
                " [degrees||][.||!]",
            ),
            asked_to("[set|put|turn] the [heating|temperature|thermostat] to {degrees} [degrees||]", "[.||!]"),
            "{degrees} degrees in the {room}[.||, please]",
            f"{OPEN}[it is too cold|it is too warm|I am freezing|I am sweating]: {{degrees}} degrees[, please.|.|]",
        ],
        {"now": lambda words: words.rng.randint(9, 30)},
        "It is {now} degrees now.",
        ("room",),
    ),
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
        "get_news|news|headlines|latest_news",
        "Get the news on a topic|Headlines of today|Read the news",
        {"topic": text(item(TOPICS)), "count": numeral(1, 10)},
        [
            asked_to(
                "[read|show|give|tell] me [the news|news|the latest news|headlines] [on|about|from] {topic}", "[.||!]"
            ),
            asked_to(
                "[read|show|give|tell] me {count} [headlines|stories|articles|news items] [on|about|from] {topic}",
                "[.||!]",
            ),
            "[{topic} news|news on {topic}|headlines: {topic}|what is new in {topic}|anything new in {topic}][?|.||]",
            wondered("[what is new in {topic}|what happened in {topic}|the news on {topic}]"),
        ],
        {"headline": lambda x: f"{x.adjective().capitalize()} {x.noun()} in {x.town()}"},
        "The headline is: {headline}.",
        ("count",),
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
        "order_food|order_meal|food_order|deliver",
        "Order food|Have a meal delivered|Order dishes from a restaurant",
        {"dish": text(item(w.FOODS)), "quantity": numeral(1, 9), "address": text(Words.street)},
        [
            asked_to(
                "[order|get|bring|send|deliver] {quantity} [portions of|plates of|times] {dish} to {address}", "[.||!]"
            ),
            asked_to("[order|get|bring|get us] {quantity} [portions of|plates of|times] {dish}", "[.||!]"),
            f"{OPEN}[we want|I want|we would like|I would like|can we have|I am hungry:] {{quantity}} [portions of|"
            f"plates of] {{dish}}[.||, please]",
            "{quantity} [times|x|portions of] {dish} [to|for] {address}[.||, please]",
        ],
        {"minutes": lambda words: words.rng.randint(10, 90)},
        "It comes in {minutes} minutes.",
        ("address",),
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
        "call_number|phone|dial|make_call",
        "Call a number|Phone somebody|Make a phone call",
        {"number": text(Words.phone)},
        [
            asked_to(
                "[call|dial|phone|ring|ring up|connect me with|give a call to] [the number|number|] {number}",
                "[.||!|?]",
            ),
            "[call|dial|phone]: {number}",
            f"{OPEN}[I want to|I need to|I have to] [speak with|talk to|reach|call] {{number}}[.||]",
        ],
        {"state": item(["ringing", "busy", "open"])},
        "The line is {state}.",
    ),
    tool(
        "send_message|message|text_friend|send_sms",
        "Send a message to a friend|Text somebody|Send a short message",
        {
            "name": text(Words.first_name),
            "text": text(
                lambda x: x.pick(
                    [
                        f"I {x.pick(list(VERBS.values()))} the {x.noun()}",
                        f"see you in {x.town()}",
                        "I am late, sorry",
                        "happy birthday",
                        f"the {x.noun()} is {x.adjective()}",
                        f"call me at {x.time()}",
                    ]
                )
            ),
        },
        [
            asked_to(
                "[[send|text|write] {name}[:| that] {text}|[send|write] [a message|a text] to {name}[:| saying] "
                "{text}|[tell|let] {name} [that|know:] {text}]",
                "[.||]",
            ),
            "[message|text|sms] [to|for] {name}: {text}",
        ],
        {"state": item(["sent", "delivered", "waiting"])},
        "The message is {state}.",
    ),
    tool(
        "get_time|world_clock|local_time|clock",
        "Get the time in a city|What the clock says somewhere|Local time of a place",
        {"city": text(Words.town)},
        [
            f"{OPEN}[what time is it|what is the time|how late is it|what does the clock say|what is the local time|"
            f"which hour is it] in {{city}}[ now||][?|]",
            asked_to("[tell me|show|give me|check|look up] the [time|local time|hour] in {city}", "[.||?]"),
            "[time|local time|clock] in {city}[?|.||]",
            wondered("[what time it is in {city}|how late it is in {city}]"),
        ],
        {"time": Words.time},
        "It is {time}.",
    ),
    tool(
        "find_recipe|recipe|get_recipes|cook_with",
        "Find a recipe with some ingredients|What can be cooked from ingredients|Suggest dishes",
        {"ingredients": list_of(item(w.INGREDIENTS)), "vegetarian": on_or_off("without meat", "with meat")},
        [
            asked_to(
                "[find|show me|give me|suggest|look for|search] [a recipe|a dish|something to cook|recipes|a meal] "
                "[with|from|that uses|made of] {ingredients}",
                "[.||?]",
            ),
            asked_to(
                "[find|show me|give me|suggest] [a recipe|a dish|a meal] {vegetarian} [with|from|that uses] "
                "{ingredients}",
                "[.||?]",
            ),
            f"{OPEN}what can I [cook|make|do] with {{ingredients}}[?|]",
            f"{OPEN}[I have|we have|there is only|my fridge has] {{ingredients}}[: what can I cook?|. What can I "
            f"make?|. Find a recipe.]",
        ],
        {"dish": item(w.FOODS)},
        "You can make {dish}.",
        ("vegetarian",),
    ),
    tool(
        "add_to_cart|shopping_list|buy_items|add_items",
        "Put things on the shopping list|Add items to the cart|Buy things",
        {"items": list_of(item(w.INGREDIENTS))},
        [
            asked_to(
                "[[put|add|write] {items} [on|to] [the shopping list|my shopping list|the list|my cart|the cart]|"
                "[buy|order|get] {items}]",
                "[.||!]",
            ),
            f"{OPEN}[we need|we are out of|I need|do not forget|I have to buy] {{items}}[.||!]",
            "[shopping list|to buy|cart|shopping]: {items}[.||]",
        ],
        {"count": lambda words: words.rng.randint(2, 40)},
        "There are {count} things on the list.",
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
        "set_volume|volume|change_volume|sound_level",
        "Set the volume|How loud the sound is|Change the sound level",
        {"level": numeral(0, 100)},
        [
            asked_to(
                "[[set|put|turn|change|bring] the [volume|sound|sound level] to {level}|make it [louder|quieter]: "
                "{level}]",
                "[.|| percent|!]",
            ),
            "[volume|sound|loudness][ to|:|] {level}[.||, please|!]",
        ],
        {"level": lambda words: words.rng.randint(0, 100)},
        "The volume is {level}.",
    ),
    tool(
        "take_note|add_note|note|save_note",
        "Save a note|Write something down|Keep a note",
        {
            "text": text(
                lambda x: x.pick(
                    [
                        f"the {x.noun()} is in the {x.noun()}",
                        f"{x.first_name()} likes {x.pick(w.FOODS)}",
                        f"the code is {x.number(1000, 9999)}",
                        f"{x.noun()} and {x.noun()}",
                        f"ask {x.first_name()} about the {x.noun()}",
                    ]
                )
            )
        },
        [
            asked_to(
                "[write down|note|note down|save|save this|keep in mind|take a note|make a note|put down][:| that] "
                "{text}",
                "[.||]",
            ),
            "[note|memo|new note|for my notes]: {text}",
        ],
        {"id": lambda words: words.rng.randint(1, 999)},
        "The note has the number {id}.",
    ),
    tool(
        "roll_dice|random_number|pick_number|dice",
        "Get a random number|Draw a number by chance|Roll a die",
        {"low": integer(0, 10), "high": integer(11, 1000)},
        [
            asked_to(
                "[[pick|draw|give me|choose|make|get] [a random number|a number|any number|some number] [between "
                "{low} and {high}|from {low} to {high}]]",
                "[.||?]",
            ),
            "[random|number|random number]: {low} to {high}",
            f"{OPEN}[I need|I want|we need] a [random number|number] [between {{low}} and {{high}}|from {{low}} to "
            f"{{high}}][.||]",
        ],
        {"number": lambda words: words.rng.randint(0, 1000)},
        "The number is {number}.",
    ),
    tool(
        "get_forecast|forecast|weather_forecast|days_ahead",
        "Forecast for the next days|Weather of the coming days|See the weather ahead",
        {"city": text(Words.town), "days": numeral(2, 14), "unit": one_of(["celsius", "fahrenheit"])},
        [
            asked_to(
                "[show|give me|get|tell me] the [forecast|weather] [for|in] {city} for [the next|] {days} days",
                "[.||?]",
            ),
            asked_to(
                "[show|give me|get|tell me] the [forecast|weather] [for|in] {city} for [the next|] {days} days in "
                "{unit}",
                "[.||?]",
            ),
            f"{OPEN}how will the [next|coming] {{days}} days [be|look] in {{city}}[?|]",
            f"{OPEN}what is the weather in {{city}} over the next {{days}} days[?|, in {{unit}}?|]",
        ],
        {"sky": item(w.WEATHER), "degrees": lambda words: words.rng.randint(-9, 35)},
        "There will be {sky} at {degrees} degrees.",
        ("unit",),
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
        "rate_product|review|give_stars|rate",
        "Rate a product with stars|Give a rating|Leave a review",
        {"product": text(thing), "stars": numeral(1, 5)},
        [
            asked_to(
                "[[give|leave] the {product} {stars} stars|rate the {product} with {stars} [stars|]|[leave|write] a "
                "rating of {stars} [stars|] for the {product}]",
                "[.||!]",
            ),
            f"{OPEN}the {{product}} [deserves|gets|is worth] {{stars}} stars[.||!]",
            "[rating|stars|review] [for the {product}|of the {product}]: {stars}",
        ],
        {"average": lambda words: words.rng.randint(1, 5)},
        "The average is {average}.",
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
