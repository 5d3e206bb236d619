"""Asking for a happening: who, what, where, when, or all of it. For training only, in the way of `grammar`."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, wondered

_FIND = "[name|find|give me|tell me|I want|I look for|we need]"

WHO = "\n".join(
    (
        f"{OPEN}[who|who|who|which person|which one|what person] [{{past}}|{{past}}|has {{past}}|"
        f"had {{past}}] {{what}}[?|?|]",
        "[who|who|who|which person] [{past}|{past}|has {past}] {what}?",
        "[who|what person|which person] [was|is] [it who|the one who|the one that|the person who|"
        "the person that] {past} "
        "{what}?",
        wondered("who [{past}|{past}|has {past}|it was that {past}|was the one that {past}] {what}"),
        f"{OPEN}[by [which|what] person was {{what}} {{past}}|who was {{what}} {{past}} by|"
        f"by whom has {{what}} been {{past}}|"
        f"by whom is {{what}} {{past}}|{{what}} was {{past}} by [whom|who|which person]|"
        f"whom was {{what}} {{past}} by]?",
        "{what}[: |, ][who {past} it|who was it {past} by|who has {past} it|by which person was it {past}]?",
        f"{_FIND} [the one|the person|the name of the one|whoever] [who|that] [{{past}}|has {{past}}] {{what}}.",
        "[somebody|someone|one person] {past} {what}. [Who|Who was that|Who did that|Which person|Who is meant|"
        "Who was it]?",
    )
)
WHAT = "\n".join(
    (
        f"{OPEN}what [did {{who}} {{verb}}|did {{who}} {{verb}}|has {{who}} {{past}}|was {{past}} by {{who}}|"
        f"is it that {{who}} "
        f"{{past}}|was the thing that {{who}} {{past}}]?",
        "[what|which thing|what thing] [did {who} {verb}|has {who} {past}|was {past} by {who}|had {who} {past}][?|]",
        wondered("what [{who} {past}|{who} {past}|it is that {who} {past}|was {past} by {who}|{who} has {past}]"),
        "{who} [{past}|has {past}] [what|which thing|what thing]?",
        f"{_FIND} [the thing|whatever|what] {{who}} {{past}}.",
        "{who} {past} something. [What|What was it|Which thing|What is it|What exactly]?",
        "{who}[: |, ][what was {past}|what was it that was {past}|{past} what]?",
    )
)
WHERE = "\n".join(
    (
        f"{OPEN}where [did {{who}} {{verb}} {{what}}|did {{who}} {{verb}} {{what}}|"
        f"has {{who}} {{past}} {{what}}|was {{what}} "
        f"{{past}}|was {{what}} {{past}} by {{who}}]?",
        "[in|at] [what|which] [place|spot] [did {who} {verb} {what}|was {what} {past}|has {who} {past} {what}][?|]",
        wondered(
            "where [{who} {past} {what}|it was that {who} {past} {what}|{what} was {past}|{who} has {past} {what}]"
        ),
        "{who} {past} {what} [where|at what place|in which place|at which spot]?",
        f"{_FIND} the place [where|at which] {{who}} {{past}} {{what}}.",
        "{who} {past} {what}. [Where|Where was that|In what place|At which place|Where did it happen]?",
    )
)
WHEN = "\n".join(
    (
        f"{OPEN}when [did {{who}} {{verb}} {{what}}|did {{who}} {{verb}} {{what}}|has {{who}} {{past}} {{what}}|"
        f"was {{what}} "
        f"{{past}}|was {{what}} {{past}} by {{who}}|was it that {{who}} {{past}} {{what}}]?",
        "[at what time|on what day|on which day|at which time] [did {who} {verb} {what}|was {what} {past}][?|]",
        wondered(
            "when [{who} {past} {what}|it was that {who} {past} {what}|{what} was {past}|{who} has {past} {what}]"
        ),
        "{who} {past} {what} [when|at what time|on which day]?",
        f"{_FIND} the time [when|at which] {{who}} {{past}} {{what}}.",
        "{who} {past} {what}. [When|When was that|At what time|When did it happen]?",
    )
)
ABOUT = "\n".join(
    (
        f"{OPEN}what [is [known|written|told|there]|do [you|we] know|can you say|can you tell me|"
        f"can you tell us|do we [hear|"
        f"read|learn]|does [it|the text|the context|the page] say|do they say|was said] [about|about|of|"
        f"on] {{what}}[?|?|]",
        f"{OPEN}[what [happened|has happened] [to|with]|what was done [to|with]|what [has become|became] of|"
        f"what is the news "
        f"of|what about|what of|how about|any news of|anything about] {{what}}[?|?|]",
        "what [happened to|happened to|happened with|became of|was done with|is known about] {what}?",
        f"{OPEN}[tell me|say|write|let me hear|share|give me] [something|all|what you know|what is known|"
        f"what it says|more|what "
        "there is] about {what}.",
        wondered("what [happened to|happened with|became of|was done with|is known of|is known about] {what}"),
        "{what}[: |, ][what about it|what happened|what do we know|what is known]?",
        "[is there|do we have|do you have|did you read] [anything|something|a sentence] [about|on] {what}?",
    )
)
SHAPES = (
    "{where}, {who} {past} {what} {when}.|{when} {where}, {who} {past} {what}.|{where} {when}, {who} {past} {what}.|"
    "{when}, {what} {was} {done} by {who} {where}.|{where}, {what} {was} {done} by {who} {when}.|"
    "{what} {was} {done} by {who} {where} {when}.|{what} {was} {done} {where} {when} by {who}.|"
    "{who}, {aside}, {past} {what} {where} {when}.|{when}, {who}, {aside}, {past} {what} {where}.|"
    "{who} {past} {what} {where} {when}, {tail}.|{when}, {who} {past} {what} {where}, {tail}.|"
    "{where}, {who} {past} {what} {when}, {tail}.|{who} {when} {past} {what} {where}.|"
    "{hull} {who} {past} {what} {where} {when}.|{hull} {what} {was} {done} by {who} {where} {when}.|"
    "it was {who} who {past} {what} {where} {when}, {tail}.|it was {where} that {who} {past} {what} {when}.|"
    "it was {what} that {who} {past} {where} {when}.|the one who {past} {what} {where} {when} was {who}."
)
"""Sentences of a happening: one whose place or time stands in front is for those that have it."""
ASIDES = (
    "as everyone knows|our neighbour|who is often late|the youngest of three|a friend of the family|a quiet person|"
    "who never hurries|once a sailor|known for long walks|who had little time|as always in a hurry|the last to arrive"
)
TAILS = (
    "and nobody noticed|which took a while|and everyone was glad|but said nothing|as the paper wrote|"
    "which was not easy|"
    "because it had to be done|although it was late|so that all could rest|and then went home|to the joy of all"
)
HULLS = (
    "we heard that|they say that|it is true that|the paper wrote that|as we know,|nobody knew that|later we read that|"
    "it turned out that|people still tell how|in the end,|after all,|the story goes that|by chance,"
)
