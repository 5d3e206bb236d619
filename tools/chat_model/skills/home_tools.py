"""Tools for the home and for small talk with a helper, for training only; some arguments may be left out."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.phrases.shells import OPEN, asked_to, wondered
from tools.chat_model.skills.toolbox import (
    decimal,
    integer,
    item,
    list_of,
    numeral,
    on_or_off,
    one_of,
    text,
    thing,
    tool,
)
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either

ROOMS = either("kitchen|bedroom|hall|office|garage|bathroom|cellar|garden|attic|living room|nursery|workshop")
TOPICS = either("sport|politics|science|music|weather|economy|film|travel|health|technology|football|art")


HOME_TOOLS = (
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
)
