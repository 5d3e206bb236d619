"""A grammar of ways to say and to ask the facts of `facts.py`, for training only.

With wordings by the dozen a model learns sentences by heart; put together from predicates, nouns, heads and hulls there
are thousands, so that it has to learn which words mean the same. What evaluation keeps for itself is left out.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from tools.chat_model.words import Words, either, held_of

_AUXILIARIES = ("is", "was", "are", "were", "can", "will", "has been", "has reached", "has stood")
_PREPOSITIONS = frozenset(
    [
        "in",
        "at",
        "on",
        "of",
        "as",
        "by",
        "for",
        "from",
        "to",
        "with",
        "under",
        "near",
        "about",
        "since",
        "until",
        "out",
        "into",
        "behind",
        "after",
        "during",
        "around",
    ]
)
_VAGUE = frozenset(
    either(
        "has|uses|knows|keeps|is|is from|is with|has the address|takes|wants|is of age|has reached the age of|"
        "is at the age of|has the age of|comes to|lets people in for|sells tickets for|has an entry fee of"
    )
)
"""What these ask for with a mere "what" could be anything."""
_BASES = {"has": "have", "goes": "go", "does": "do", "is": "be", "lies": "lie"}

_ASKING = either(
    "Tell me {i}.|Please tell me {i}.|Can you tell me {i}?|Could you tell me {i}?|Do you know {i}?|I want to know {i}.|"
    "I would like to know {i}.|I'd like to know {i}.|I wonder {i}.|Say {i}.|Please say {i}.|Find out {i}.|"
    "Does it say {i}?|Is it known {i}?|I need to know {i}.|I am asking {i}.|Any idea {i}?|Let me know {i}.|"
    "Do we know {i}?|Explain {i}.|I forgot {i}.|I have to find out {i}.|Does anyone know {i}?|"
    "Look up {i}.|Check {i}.|My question is {i}.|Remind me {i}.|Can you see {i}?|Can you find out {i}?"
)
_NOUN_ASKS = either(
    "What is the {n} of {e}?|What is {e}'s {n}?|Tell me the {n} of {e}.|Give me the {n} of {e}.|Give me {e}'s {n}.|"
    "I need the {n} of {e}.|{n} of {e}?|The {n} of {e}?|{e}: {n}?|Name the {n} of {e}.|Do you know the {n} of {e}?|"
    "Please find the {n} of {e}.|Which {n} does {e} have?|What {n} does {e} have?|What's the {n} of {e}?|"
    "What is said about the {n} of {e}?|Can you give me the {n} of {e}?|Look up the {n} of {e}.|{e}'s {n}, please.|"
    "I am looking for the {n} of {e}.|Find {e}'s {n}.|What do we know about the {n} of {e}?|What was the {n} of {e}?|"
    "What would be the {n} of {e}?|The {n} of {e}, please.|State the {n} of {e}.|Tell me about the {n} of {e}.|"
    "What {n} is given for {e}?|Which {n} is the one of {e}?|And the {n} of {e}?|What about the {n} of {e}?"
)
_NOUN_SAYS = either(
    "The {n} of {e} is {v}.|{E}'s {n} is {v}.|As {n} of {e}, we note {v}.|{v} is the {n} of {e}.|{E} – {n}: {v}.|"
    "For {e}, the {n} is {v}.|The {n} of {e}: {v}.|In the case of {e} the {n} is {v}.|They give {v} as the {n} of {e}.|"
    "{E} has {v} as its {n}.|It says that the {n} of {e} is {v}.|Our list has {v} as the {n} of {e}."
)
_HULLS = either(
    "I heard that {s}.|People say that {s}.|It is known that {s}.|As we know, {s}.|By the way, {s}.|Note that {s}.|"
    "In fact, {s}.|It is true that {s}.|Today {s}.|You should know that {s}.|They told me that {s}.|We read that {s}.|"
    "According to the paper, {s}.|As far as I know, {s}.|The report says that {s}.|Since last year, {s}.|Also, {s}.|"
    "At the moment {s}.|It turns out that {s}.|Everyone knows that {s}.|For your information, {s}.|Officially, {s}.|"
    "If I remember well, {s}.|On top of that, {s}.|However, {s}.|Then again, {s}.|Luckily, {s}.|As it happens, {s}."
)
_TAILS = either(
    ", as everyone knows| these days|, they say| now|, which surprised nobody|, and that is a good thing|, I think|"
    " at the moment|, by the way|, as far as we know|, and people like it| as before|, if that helps|, for a change|"
    ", which is quite normal|, as you may have heard|, and nothing has changed since|, according to the office"
)
_LEADS = either(
    "{q}|{q}|{q}|Quick question: {q}|I have a question. {q}|Hello, {q}|Excuse me, {q}|So, {q}|Well, {q}|Ok, {q}|"
    "Can you help me? {q}|Sorry, but {q}|One more thing: {q}|According to the text, {q}|From the context: {q}|"
    "Look at the context. {q}|My boss asks: {q}|Hey, {q}|Just tell me: {q}|In short: {q}|And {q}|Now, {q}"
)


@dataclasses.dataclass(frozen=True)
class Relation:
    """How a fact can be said. Predicates stand between the thing and its value ("lives in"); `inverse` ones between the
    value and the thing ("leads"). A past form is written with its base form before it ("start>started in").
    """

    wh: Sequence[str]
    """Adverbs that ask for the value: "Where"."""
    which: Sequence[str]
    """Nouns that ask for it: "town", as in "which town"."""
    nouns: Sequence[str]
    """As in "the home of"."""
    preds: Sequence[str]
    inverse: Sequence[str] = ()
    units: Sequence[str] = ()
    """What is counted, behind the value: "people"."""
    article: str = ""


def _r(wh: str, which: str, nouns: str, preds: str, inverse: str = "", units: str = "", article: str = "") -> Relation:
    split = [either(text) if text else [] for text in (wh, which, nouns, preds, inverse, units)]
    return Relation(split[0], split[1], split[2], split[3], split[4], split[5], article)


RELATIONS: dict[str, Relation] = {
    "person town": _r(
        "Where",
        "town|place|city",
        "home|home town|town|city|place of residence|hometown",
        "lives in|dwells in|resides in|stays in|settle>settled in|move>moved to|is at home in|comes from|was born in|"
        "is living in|spends most of the year in|rents a flat in|owns a house in|is from|feels at home in",
    ),
    "person job": _r(
        "",
        "job|profession|work|trade|occupation",
        "job|profession|work|trade|occupation|career|daily work",
        "works as|serves as|is employed as|earns money as|train>trained as|makes a living as|"
        "is active as|start>started as|"
        "helps out as|is known as|is paid as",
        article="a ",
    ),
    "person employer": _r(
        "Where|For whom",
        "company|firm|employer|business",
        "employer|company|firm|workplace",
        "works for|works at|is employed at|is paid by|join>joined|has a job at|serves|belongs to|start>started at|"
        "is hired by|has a contract with|is with|was taken on by",
        "employs|hire>hired|pays|took on|gives work to|is the employer of",
    ),
    "person email": _r(
        "",
        "address|e-mail address|email",
        "e-mail address|email|e-mail|mail address|email address|address for mail",
        "can be reached at|uses the address|gets mail at|is reached by mail at|answers mail from|reads mail at|"
        "takes mail at|has the address|receives messages at|can be contacted at",
    ),
    "person phone": _r(
        "",
        "number|phone number|telephone number",
        "phone number|number|telephone number|phone|telephone|mobile number|direct line",
        "can be called on|can be reached on|answers the phone on|has the phone number|uses the number|"
        "is available on|takes calls on|picks up the phone on|can be phoned on",
    ),
    "person age": _r("", "age", "age|age in years", "has reached the age of|is of age|is at the age of|has the age of"),
    "person language": _r(
        "",
        "language|tongue",
        "language|mother tongue|first language|native language|tongue",
        "speaks|talks in|understands|grow>grew up with|learn>learned|writes in|knows|thinks in|sings in|reads in|uses|"
        "was brought up in|is fluent in",
    ),
    "person hobby": _r(
        "",
        "hobby|pastime|activity",
        "hobby|pastime|favourite activity|free time activity|passion",
        "enjoys|loves|likes|is fond of|spends weekends on|has fun with|is crazy about|relaxes with|spends evenings on|"
        "is passionate about|takes pleasure in|has a love for",
    ),
    "person pet": _r(
        "",
        "pet|animal",
        "pet|animal|companion",
        "has|keeps|owns|feeds|looks after|walks|shares a home with|cares for|plays with|adopt>adopted|buy>bought",
        "belongs to|keeps company with|shares a house with|waits at home for|sleeps in the bed of",
        article="a ",
    ),
    "company founded": _r(
        "When|Since when",
        "year",
        "founding year|year of foundation|starting year|first year|beginning|origin|birth year",
        "was founded in|start>started in|begin>began in|was set up in|was established in|was created in|open>opened in|"
        "goes back to|dates from|was started in|was launched in|was born in|was registered in|come>came into being in",
    ),
    "company boss": _r(
        "",
        "person|manager",
        "head|boss|leader|director|manager|chief|president|chair",
        "is led by|is run by|is managed by|is headed by|is directed by|is governed by|has its orders from|is guided by|"
        "is controlled by|is steered by",
        "leads|runs|manages|heads|directs|guides|is the boss of|is the head of|is the director of|is at the top of|"
        "takes the decisions at|steers|governs|is responsible for",
    ),
    "company town": _r(
        "Where",
        "town|city|place",
        "seat|head office|office|home|headquarters|town|base|location",
        "is based in|sits in|has its seat in|has its office in|works from|is located in|is at home in|has its home in|"
        "operates from|is situated in|has headquarters in|resides in|can be found in|is found in|is registered in",
    ),
    "company staff": _r(
        "",
        "",
        "staff|team|workforce|number of workers|number of people|size of the staff|headcount",
        "has|employs|pays|counts|keeps|hire>hired|works with|gives jobs to|provides work for|relies on|has a team of",
        "work at|work for|are employed at|are with|have a job at|are on the payroll of|earn their money at",
        units="people|workers|employees|persons|staff members",
    ),
    "company product": _r(
        "",
        "product|goods|article",
        "product|main product|goods|speciality|best product|business",
        "makes|sells|builds|delivers|manufactures|is known for|trades in|offers|ships|deals in|exports|"
        "earns money with|"
        "specialises in|is famous for|turns out|designs|supplies|has a name for",
    ),
    "product price": _r(
        "How much",
        "price",
        "price|cost|selling price|price tag|retail price",
        "costs|sells for|is sold for|is priced at|goes for|is on sale for|is available for|"
        "can be bought for|retails at|"
        "is offered at|is yours for|comes at|comes to",
    ),
    "product colour": _r(
        "",
        "colour|shade|tone",
        "colour|shade|paint|finish|tone",
        "is painted|is coloured|is sold in|is available in|was made in|is finished in|was dyed|"
        "is kept in|was delivered in|"
        "is offered in",
    ),
    "product weight": _r(
        "How much",
        "weight",
        "weight|mass|total weight",
        "weighs|has a weight of|brings to the scale|comes to|weighs in at|has a mass of|is listed at|"
        "reaches a weight of",
    ),
    "product material": _r(
        "",
        "material|substance|stuff",
        "material|main material|substance|stuff",
        "is made of|is made from|consists of|is built from|is built of|is manufactured from|"
        "was formed from|was cut from|"
        "is produced from|was crafted from|is constructed of|was put together from|contains|is composed of|uses",
    ),
    "product warranty": _r(
        "How long|For how long",
        "warranty|guarantee",
        "warranty|guarantee|warranty period|length of the warranty|time of guarantee",
        "comes with a warranty of|has a guarantee of|is guaranteed for|has a warranty of|carries a guarantee of|"
        "is under guarantee for|is protected for|is insured for|is under warranty for",
    ),
    "event date": _r(
        "When",
        "day|date",
        "date|day|planned date|calendar date",
        "takes place on|happens on|is on|is held on|is planned for|will be on|is scheduled for|was moved to|falls on|"
        "is set for|is fixed for|will be held on|was announced for|is due on",
    ),
    "event time": _r(
        "When|At what time",
        "time|hour",
        "start|starting time|beginning|opening time|start time|hour",
        "starts at|begins at|opens at|gets going at|kicks off at|is due to begin at|commences at|"
        "sets off at|is to start at|"
        "gets under way at|will begin at",
    ),
    "event place": _r(
        "Where",
        "place|building|location",
        "place|location|venue|site|meeting place",
        "is held in|happens in|takes place in|meets in|is in|was moved to|is hosted in|is located in|"
        "will be in|is set in|"
        "can be visited in|gathers in|is planned in|fills",
        "is the venue of|houses|is the place for|is reserved for|is the home of",
    ),
    "event host": _r(
        "",
        "person",
        "host|organiser|person in charge|planner|manager|person behind",
        "is organised by|is hosted by|is run by|is planned by|is managed by|is arranged by|is prepared by|is led by|"
        "is presented by|is set up by",
        "organises|hosts|plans|manages|arranges|prepares|runs|is the host of|is the organiser of|"
        "is behind|sets up|leads|"
        "presents|is responsible for|opens",
    ),
    "event guests": _r(
        "",
        "",
        "number of guests|number of visitors|attendance|number of seats|size",
        "expects|has room for|has|awaits|welcomes|invite>invited|is planned for|counts on|can seat|"
        "is open to|hopes for",
        "will visit|will come to|are invited to|have booked|will attend|want to see|are expected at|bought seats for",
        units="guests|people|visitors|persons|seats",
    ),
    "place opens": _r(
        "When|From when|At what time",
        "hour|time",
        "opening hour|opening time|opening|start of the day|morning opening",
        "opens at|is open from|is accessible from|unlocks its doors at|starts the day at|opens its doors at|"
        "opens up at|welcomes visitors from|can be visited from|is open to all from|wakes up at",
    ),
    "place closed": _r(
        "When",
        "day|weekday|day of the week",
        "closing day|day off|rest day|closed day|free day|quiet day",
        "is closed on|stays closed on|is shut on|is not open on|stays shut on|takes a break on|remains closed on|"
        "does not open on|has its day off on|keeps its doors shut on|is locked on|pauses on",
    ),
    "place ticket": _r(
        "How much",
        "price|fee",
        "ticket price|entry price|price of a ticket|entrance fee|admission|entry fee|fee|price of entry",
        "charges|asks for|takes|demands|costs|collects|has an entry fee of|sells tickets for|lets people in for|"
        "wants|gets from each visitor",
    ),
    "place built": _r(
        "When|Since when",
        "year",
        "year of construction|building year|construction year|year of completion",
        "was built in|was finished in|was completed in|dates from|goes back to|was constructed in|was put up in|"
        "has stood since|was erected in|was opened in|was ready in|exists since|was begun in|was made in",
    ),
    "place street": _r(
        "Where",
        "address|street",
        "address|location|street address|postal address|exact place|position",
        "stands at|is at|is located at|has the address|is situated at|lies at|can be found at|is found at|sits at|"
        "has its door at|occupies|is to be found at|has its entrance at",
    ),
}


def _base(verb: str) -> str:
    """ "lives" to "live"."""
    if verb in _BASES:
        return _BASES[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb.removesuffix("s")


@dataclasses.dataclass(frozen=True)
class _Predicate:
    """ "lives in" taken apart: auxiliary and base form as questions use them, and the preposition at its end."""

    said: str
    auxiliary: str
    rest: str
    preposition: str

    @classmethod
    def of(cls, text: str) -> _Predicate:
        base, past, said = text.rpartition(">")
        words = said.split()
        preposition = words[-1] if words[-1] in _PREPOSITIONS and len(words) > 1 else ""
        inner = words[:-1] if preposition else words
        for be in _AUXILIARIES:
            if said.startswith(f"{be} "):
                first, *more = be.split()
                return cls(said, first, " ".join((*more, *inner[len(be.split()) :])), preposition)
        if past:
            return cls(said, "did", " ".join((base, *inner[1:])), preposition)
        return cls(said, "does", " ".join((_base(inner[0]), *inner[1:])), preposition)


def _plain(text: str) -> str:
    """Without case and punctuation, for comparing wordings."""
    return re.sub(r"[^a-z{} ]", "", text.lower()).strip()


def _asked(words: Words, relation: Relation) -> str:
    """A question as a frame of `{e}`."""
    roll = words.rng.random()
    if relation.nouns and roll < 0.35:
        return words.pick(_NOUN_ASKS).format(n=words.pick(relation.nouns), e="{e}")
    if relation.inverse and roll < 0.6:
        said = words.pick(relation.inverse).rpartition(">")[2]
        who = words.pick([f"how many {unit}" for unit in relation.units] or ["who", "who", "which person"])
        if relation.nouns[0] == "pet":
            who = words.pick(("what", "which animal", "which pet"))
        elif relation.nouns[0] == "place":
            who = words.pick(("what", "which building", "which place"))
        elif relation.nouns[0] == "employer":
            who = words.pick(("who", "which company", "which firm"))
        return _direct_or_not(words, f"{who} {said} {{e}}", f"{who} {said} {{e}}")
    predicate = _Predicate.of(words.pick(relation.preds))
    heads: list[tuple[str, bool]] = [(wh.lower(), True) for wh in relation.wh] * 2
    heads += [(f"{ask} {noun}", False) for noun in relation.which for ask in ("which", "what")]
    heads += [(f"how many {unit}", False) for unit in relation.units]
    if "person" in relation.which:
        heads += [("whom", False)] * 4
    elif not relation.units and predicate.said not in _VAGUE:
        heads += [("what", False)] * 2
    head, adverb = words.pick(heads)
    rest, preposition = predicate.rest, predicate.preposition
    end = "" if adverb else preposition
    if preposition and not adverb and (head == "whom" or words.rng.random() < 0.4):
        head, end = f"{preposition} {head}", ""
    question = f"{head} {predicate.auxiliary} {{e}} {rest} {end}"
    if predicate.auxiliary in ("does", "did"):
        told = predicate.said.removesuffix(f" {preposition}") if preposition else predicate.said
    else:
        told = f"{predicate.auxiliary} {rest}"
    indirect = f"{head} {{e}} {told} {end}"
    if words.rng.random() < 0.06 and not adverb and not end:
        return f"{{e}} {predicate.said} what?"
    return _direct_or_not(words, question, indirect)


def _direct_or_not(words: Words, question: str, indirect: str) -> str:
    question, indirect = " ".join(question.split()), " ".join(indirect.split())
    if words.rng.random() < 0.45:
        return words.pick(_ASKING).format(i=indirect)
    return led(words, f"{question}?")


def led(words: Words, question: str) -> str:
    """A question with what people say before it."""
    lead = words.pick(_LEADS)
    if lead.startswith("{q}") or lead.endswith((". {q}", "? {q}")):
        question = question[:1].upper() + question[1:]
    return lead.replace("{q}", question)


def _told(words: Words, relation: Relation) -> str:
    """A statement as a frame of `{e}`, `{E}`, `{v}` and `{p}`."""
    roll = words.rng.random()
    value = "{v} " + words.pick(relation.units) if relation.units else f"{relation.article}{{v}}"
    if roll < 0.25 and not relation.units and not relation.article:
        frame = words.pick(_NOUN_SAYS).replace("{n}", words.pick(relation.nouns))
    elif relation.inverse and roll < 0.55:
        frame = f"{value} {words.pick(relation.inverse).rpartition('>')[2]} {{e}}."
    else:
        start = "{E}" if words.rng.random() < 0.75 else "{p}"
        frame = f"{start} {words.pick(relation.preds).rpartition('>')[2]} {value}."
    roll = words.rng.random()
    if roll < 0.12:
        frame = frame[:-1] + words.pick(_TAILS) + "."
    elif roll < 0.3 and not frame.startswith(("{p}", "{v}")):
        inner = frame[:-1].replace("{E}", "{e}")
        inner = inner if inner.startswith("{") else inner[0].lower() + inner[1:]
        frame = words.pick(_HULLS).format(s=inner)
    return frame


def holds(frame: str, held: frozenset[str]) -> bool:
    """Whether it has one of these wordings in it."""
    plain = _plain(frame)
    return any(one in plain for one in held)


def held_wordings(frames: Sequence[str]) -> frozenset[str]:
    """The wordings that evaluation keeps, without case and punctuation."""
    return frozenset(_plain(frame) for frame in frames[len(frames) - held_of(frames) :])


def statement(words: Words, key: str, held: frozenset[str], *, first: bool) -> str:
    """A statement that evaluation does not keep; one without a pronoun where it comes `first`."""
    while True:
        frame = _told(words, RELATIONS[key])
        if not (first and frame.startswith("{p}")) and not holds(frame, held):
            return frame


def question(words: Words, key: str, held: frozenset[str]) -> str:
    """A question that evaluation does not keep."""
    while holds(frame := _asked(words, RELATIONS[key]), held):
        pass
    return frame
