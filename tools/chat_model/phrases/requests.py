"""More ways to ask for the tools of the evaluation, near what people say first. For training only."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, asked_to

_DAY = "[|||today|now|tomorrow|this week|at the moment|tonight]"
_Q = "[?|?|]"
REQUESTS: dict[str, str] = {
    "get_weather": "\n".join(
        (
            f"{OPEN}[is an umbrella|are umbrellas|would an umbrella be|is my umbrella] [needed|of use|a good "
            f"idea|worth "
            f"taking|necessary] in {{city}} {_DAY}{_Q}",
            f"{OPEN}[will I need|will I want|must I carry|shall I bring|do they need|does one need|should we "
            f"take|would "
            f"you take] [my umbrella|an umbrella|a raincoat|an umbrella or a hat] [in|to|for|around] {{city}} "
            f"{_DAY}{_Q}",
            f"{OPEN}[umbrella|raincoat|sun hat|boots] [in|for] {{city}}, yes or no{_Q}",
        )
    ),
    "send_email": "\n".join(
        (
            f"{OPEN}[please |||][send|mail|write|drop|pass|shoot|get] {{to}} [a note|a line|a few "
            f"words|news|something|a "
            f"message that is|an e-mail|the message|our mail|the news|one more mail] [about|on|of|regarding] "
            f"{{subject}}[.||!]",
            f"{OPEN}[please |||][send|give|write] {{to}} [messages|a message on|a message regarding|this message:|a "
            f"message with the title|a message called] {{subject}}[.||!]",
        )
    ),
    "get_stock": "\n".join(
        (
            f"{OPEN}[how much|how many dollars] [is|are|would be|was] [a single share|each share|a share|two "
            f"shares|ten "
            f"shares|just one share|a stock|shares] [of|in] {{company}} [|||today|now]{_Q}",
            f"{OPEN}[what|how much] [must|would|do] I pay for [one|a|a single|each] [share|stock] [of|in] "
            f"{{company}}{_Q}",
        )
    ),
    "book_table": "\n".join(
        (
            asked_to(
                "[[book|keep|hold|get|save|order|arrange] {people} [seats|chairs|places|stools] for {name} at {time}|"
                "reserve {people} [places|chairs|stools|covers] for {name} at {time}|[reserve|book|keep] seats for "
                "{name} at {time}: {people} people|[reserve|hold] {people} seats [in the name of|under the name|under] "
                "{name} [for|at] {time}]",
                "[.|.|||!]",
            ),
            f"{OPEN}{{people}} [seats|places|chairs|people][, | at ]{{time}}[, name | for | under | in the name of "
            f"]{{name}}[.||, please|!]",
        )
    ),
    "convert": "\n".join(
        (
            f"{OPEN}[hand me|get me|show me|bring me|let me have|I want|I need|we need|I take|I would like] "
            f"{{amount}} in "
            f"{{to}}[.||, please.|!]",
            f"{OPEN}[give me|I want|I need] the [worth|value|sum|equivalent] of {{amount}} in {{to}}[.||, please.|!]",
            f"{OPEN}[the amount is|the price is|it costs|the sum is|they ask for] {{amount}}[: and in|, and in|. How "
            f"much "
            f"in|. What in|: say it in] {{to}}{_Q}",
        )
    ),
    "find_person": "\n".join(
        (
            asked_to(
                "[look for|find|look up|check|search our files for|search the list for] [the person|the person named|"
                "the man|the woman|somebody called|people with the name|our customer|the employee|someone named] "
                "{name}",
                "[.|.||!]",
            ),
            asked_to("search [for|the man|everything on|for somebody called|people:|for our friend] {name}", "[.||!]"),
        )
    ),
    "get_route": "\n".join(
        (
            f"{OPEN}[which|how|where] is the [way|right way|way by car|way on foot|road] [from {{start}} to {{end}}|to "
            f"{{end}} from {{start}}|between {{start}} and {{end}}]{_Q}",
            f"{OPEN}[what|which] [is a|is my|is our|would be the|may be the|is the right|is the usual|is the "
            f"short|is the "
            f"safest|is the nicest] way [from {{start}} to {{end}}|to {{end}} from {{start}}|between {{start}} and "
            f"{{end}}]{_Q}",
            f"{OPEN}[do you know|is there|can you see|I do not know|I am looking for|we cannot find|I forgot|who knows|"
            f"explain|I ask for|remember|print] [the|a|a good] way [from {{start}} to {{end}}|to {{end}} from "
            f"{{start}}]"
            f"[.|?||]",
            "[the way|way|ways|the road|my way] [from {start} to {end}|to {end} from {start}][?|.||, please| by car?]",
        )
    ),
    "play_music": "\n".join(
        (
            f"{OPEN}[let us|we|may we|I will|time to|now I want to|help me to|all I want is to|would love to|tonight "
            f"we] "
            f"[listen to|hear|sing along with|enjoy] [{{artist}}|some {{artist}}|{{artist}} songs|the voice of "
            f"{{artist}}|a record of {{artist}}|{{artist}} again][.|.|?||!]",
            f"{OPEN}[let me|let the children|let everybody] [enjoy|have|sing to|dance to|hear] [{{artist}}|songs by "
            f"{{artist}}|the new song by {{artist}}][.|.||!]",
        )
    ),
    "get_product": "\n".join(
        (
            asked_to(
                "[[find|get|search|open|show|show me|fetch|check|pull up|read about|tell me about|identify] the "
                "[product|product|article|item|thing|good] [with|with|that has|which has|under|having|behind] [the "
                "number|number|the id|the code|id|the article number|no.] {id}|look up the "
                "[article|item|thing|product] "
                "[that has|under|behind|having] [the number|number|the id|the code] {id}|look up [the article with|an "
                "item with|a product with|what product has] [the number|number|the id] {id}|look up [number|no.|id|the "
                "product called] {id}]",
                "[.|.||?|!]",
            ),
            f"{OPEN}[the product|a product|an article|the item] with [the number|number|the id|the code] {{id}}[: "
            f"what is "
            f"it|, please|: look it up|: facts|. What is it|. How much is it|][?|.||]",
        )
    ),
    "set_alarm": "\n".join(
        (
            f"{OPEN}[please |||][wake me|wake us|get me up|rouse me|wake the children|call us] [early, |tomorrow |on "
            f"time, "
            f"|already |][at|by] {{time}}[.||!|, not later.]",
        )
    ),
    "translate": "\n".join(
        (
            f"{OPEN}[write|name|spell|speak|shout|tell me|put] {{word}} in {{language}}[.||!|, please]",
            f"{OPEN}[say|tell me|write] [the word {{word}}|what {{word}} is|the thing {{word}}|it: {{word}},|how "
            f"{{word}} "
            f"sounds] in {{language}}[.||!|, please]",
        )
    ),
    "add_task": "\n".join(
        ("[a note|my note|write a note|a reminder|entry|a line|list entry|new note] for {day}[: |, | - ]{title}[.||!]",)
    ),
}
