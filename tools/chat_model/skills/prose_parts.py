"""What prose with fields is put together from: names, things, people, places, times, each with its fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from tools.chat_model import strange
from tools.chat_model import words as w
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either


@dataclasses.dataclass(frozen=True)
class Field:
    """`keys`: its names; of the form "sort:name" where it has that name only if it is the only one of its sort."""

    keys: tuple[str, ...]
    value: str
    number: int | float | None = None
    items: tuple[str, ...] = ()
    truth: bool | None = None


Part = tuple[str, tuple[Field, ...]]
"""Words, and the fields in them."""
Says = Callable[[Words], Part]

_KINDS = either(
    "river|lake|island|hill|village|valley|bay|forest|canal|castle|inn|farm|ferry|tram|cafe|hotel|school|theatre|"
    "museum|magazine|newspaper|band|team|club|horse|robot|telescope|satellite|app|game|album|novel|wine|mountain|"
    "street|"
    "square|station|airport|hospital|church|library|bank|shop|company|factory|mine|tower|palace|park|garden|beach|"
    "desert|glacier|volcano|comet|planet|star|storm|project|prize|festival|ship|boat|train|plane|car|truck|camera|"
    "phone|printer|browser|language|library|server|cheese|beer|bread|apple|rose|dog|cat|donkey|song|opera|film|"
    "painting|"
    "poem|county|region|province|country|city|town|district|crater|cave|reef|pier|tunnel|dam|mill|brewery|bakery"
)
_ROLES = either(
    "keeper|owner|doctor|teacher|manager|editor|builder|painter|driver|singer|pilot|guide|guard|baker|winner|author|"
    "inventor|architect|director|sailor|farmer|nurse|coach|judge|clerk|gardener|secretary|founder|mayor|professor|"
    "colonel|sergeant|inspector|chairman|president|minister|king|queen|duke|bishop|chef|cook|host|lawyer|dentist|vet|"
    "conductor|composer|poet|translator|umpire|referee|goalkeeper|trainer|tailor|tenant|landlord|mechanic|engineer|"
    "developer|designer|analyst|tester|librarian|curator|ranger|fisher|hunter|miner|smith|butcher|barber|porter"
)
_TITLES = either(
    "captain|doctor|professor|aunt|uncle|sister|brother|cousin|judge|chef|inspector|colonel|sergeant|mayor|king|queen|"
    "prince|princess|lord|lady|nurse|pastor|bishop|coach|major|general|admiral|grandma|grandpa|officer|president"
)
_RANKS = either("first|last|second|oldest|youngest|new|former|only|best|present|chief|next|third|famous|head|late")
AGENTS = {
    "build": "builder",
    "design": "designer",
    "paint": "painter",
    "find": "finder",
    "own": "owner",
    "win": "winner",
    "invent": "inventor",
    "discover": "discoverer",
    "plant": "planter",
    "buy": "buyer",
    "sell": "seller",
    "print": "printer",
    "test": "tester",
    "make": "maker",
    "teach": "teacher",
    "visit": "visitor",
    "collect": "collector",
    "study": "student",
}


def _named_by(pairs: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Verbs, each with what its object may be called."""
    parts = (pair.partition("/") for pair in either(pairs))
    return tuple((verb, tuple(kinds.split(","))) for verb, _, kinds in parts)


DEEDS = _named_by(
    "steered/ship,boat|boarded/train,ferry,ship|launched/ship,rocket|rode/horse,pony,donkey|read/book,novel,"
    "newspaper|wrote/book,novel,poem,song|drank/wine,beer,tea|flew/plane,kite|drove/car,truck,bus|"
    "stayed at the/"
    "hotel,inn|ate at the/restaurant,cafe|swam in the/lake,river|climbed the/mountain,peak,hill|watched/film,"
    "play,series|sang/song,anthem|played for/team,club|sang with the/band,choir|"
    "works for/company,employer,firm|"
    "studied at/university,school,college|runs/company,shop,farm|plays/game,instrument|speaks/language|edits/"
    "magazine,newspaper|danced/dance|fed/pet,animal,dog|conquered the/country,land|crossed the/desert,strait|"
    "joined/company,club,party|supports/team,club|prefers/brand,product|installed/program,app,software|"
    "moved to/town,city|was born in/birthplace,town,place_of_birth|comes from/town,home,origin|married/spouse,"
    "husband,wife|met/friend,guest|beat/opponent,rival|taught/student,pupil|hired/employee,worker|trained/dog,"
    "athlete|succeeded/predecessor|follows/idol,leader|thanked/helper,friend"
)
LEADING = _named_by(
    "steered/boat,ship|towed/boat,barge|rowed/boat|launched/rocket,balloon|rode/horse,pony,bike|drove/car,van,"
    "truck|flew/plane,glider|brought/parcel,guest|carried/trophy,cup|sent/letter,parcel|took/train,bus,ferry|"
    "followed/road,trail,river|led/team,choir,group|moved/company,firm|walked/dog,trail|pulled/wagon,sledge|"
    "guided/group,club|chased/thief,fox|sold/painting,farm,horse|shipped/wine,cheese|marched with the/regiment,"
    "army|sailed/yacht,raft|pushed/cart,bike|lent/statue,picture|delivered/newspaper,magazine|steered/tanker,"
    "vessel|caught/thief,fish|transferred/player,patient"
)
CALLING = either(
    "crosses|joins|meets|touches|borders|faces|overlooks|passes|supplies|serves|replaces|follows|owns|sponsors|"
    "buys from|sells to|lies beside|stands behind|stands near|leads to|leads past|runs through|runs along|"
    "flows into|ends at|starts at|is named after|is named for|is owned by|is run by|is part of|belongs to|"
    "is older than|is smaller than|is next to|is opposite|was bought by|was replaced by|was beaten by|beat|"
    "visited|left for|works with|competes with|plays against|is a copy of|looks like|came after|came before|"
    "is painted on|hangs in|is kept in|was found in|connects to|carries water to|sends pupils to|"
    "brings guests to|fought|lost to|took over|merged with|feeds|protects|hides|shares a wall with"
)
FEES = either("fee|fine|rent|deposit|toll|tip|fare|charge|tax|discount|reward|prize|salary|bonus|refund|penalty|budget")
UNITS = either("seconds|minutes|hours|days|weeks|months|years|nights")
MEASURES = (
    ("long", "length"),
    ("high", "height"),
    ("deep", "depth"),
    ("wide", "width"),
    ("tall", "height"),
    ("thick", "thickness"),
)
LENGTHS = either("metres|miles|kilometres|feet|inches|yards|centimetres|km|m|cm")
WEIGHTS = either("kilograms|tons|grams|pounds|kg|g")
_TENS = either("twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety")
NUMBERED = either(
    "room|gate|seat|platform|track|line|bus|lesson|chapter|page|size|grade|issue|edition|level|floor|table|"
    "locker|flight|"
    "exit|lane|ticket|order|case|file|box|shelf|model|release|build|unit|zone|route|tram|hall|stage|volume|season|row|"
    "version|version|version|update|part"
)
COUNTED = either("children|students|members|groups|visitors|guests|people|workers|seats|rooms|copies|pages|votes")
STATES = either("open|closed|empty|full|free|busy|broken|ready|sold out|late|safe|booked|hidden|public|private")
REASONS = either(
    "the frost|the rain|its weight|a lack of money|repairs|the high tide|a fire|the noise|bad light|a strike"
)
FILLERS = either(
    "Nobody knows why.|It was a long day.|The weather was fine.|Everyone was happy with it.|More will follow soon.|"
    "This was in the paper.|Do not be late.|That is all for now.|Many people wondered about that.|Ask at the desk for "
    "more.|The rest is history.|It rained a little.|Thank you for reading.|We will see.|There is no other like it."
)


def quantity(words: Words, low: int = 2, high: int = 90) -> tuple[str, int]:
    """A number as it is written, and what it is."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.3:
        number = rng.randint(low, 12)
        return w.SMALL[number], number
    if roll < 0.38:
        tens, ones = rng.randint(2, 9), rng.choice((0, 0, 0, rng.randint(1, 9)))
        return _TENS[tens - 2] + (f"-{w.SMALL[ones]}" if ones else ""), tens * 10 + ones
    if roll < 0.46:
        number = rng.randint(1000, 99999)
        return f"{number:,}", number
    number = rng.randint(low, high * 10 if roll < 0.7 else high)
    return str(number), number


def proper(words: Words) -> str:
    roll = words.rng.random()
    if roll < 0.35:
        return strange.word(words)
    if roll < 0.5:
        return words.pick((words.town, words.brand, words.first_name))()
    if roll < 0.65:
        return words.noun().capitalize()
    return words.odd().capitalize() if roll < 0.9 else f"{words.adjective().capitalize()} {words.noun().capitalize()}"


def who(words: Words) -> str:
    return words.person() if words.rng.random() < 0.5 else strange.name(words)


def kind_of(words: Words) -> str:
    return words.pick(_KINDS) if words.rng.random() < 0.5 else words.noun()


_CALLED = either(
    "the {k} {n}|the {n} {k}|the {n} {k}|the {a} {k} {n}|the {a} {n} {k}|a {k} called {n}|a {k} named {n}|our {k} {n}|"
    'our {n} {k}|the {k} "{n}"|{n}, a {a} {k},|{n}, our {k},|the old {n} {k}|the {k} of {n}|this {n} {k}|{n}, the {k},'
)


UNNAMED = Field(("name:name",), "")
"""Beside it, nothing else is asked for as "name"."""


def called(words: Words) -> Part:
    """A thing with a name."""
    kind, name = kind_of(words), proper(words)
    frame = words.pick(_CALLED)
    # Before its kind, the name alone is not what it is called.
    keys = (kind, kind, kind, f"{kind}_name", f"name_of_{kind}")
    text = frame.format(k=kind, n=name, a=words.adjective())
    return text, (Field(keys, name), UNNAMED) if "{n} {k}" in frame else (Field((*keys, "name:name"), name),)


THING = ("thing:item", "thing:product", "thing:article", "thing:product", "thing:product_name", "thing:item_name")


def plain(words: Words) -> Part:
    """A thing without one: what it is can be asked, without the article."""
    article, noun = words.pick(("the", "the", "our", "a", "this")), words.noun()
    roll = words.rng.random()
    if roll < 0.3:
        return f"{article} {noun}", ()
    first = words.pick((words.adjective, words.noun))()
    return f"{article} {first} {noun}", (Field(THING, f"{first} {noun}"),)


def thing(words: Words) -> Part:
    return called(words) if words.rng.random() < 0.6 else plain(words)


_PEOPLE = either(
    "{n}, the {k} {r},|the {k} {r}, {n},|our {r} {n}|the {r}, {n},|{n}, our {r},|the {k} {r} {n}|{r} {n}|{R} {n}|"
    "{n} the {r}|{n}, who is the {r} here,|a {r} called {n}|a {r} named {n}|{n}, {k} {r} of the {m},|my {r} {n}|"
    "{n} (the {r})|the {r} of the {m}, {n},"
)
_NAMES = ("name:name", "name:name", "person:person", "person:who", "person:full_name", "person:person_name")


def person(words: Words) -> Part:
    """Somebody, often with what they are."""
    roll = words.rng.random()
    if roll < 0.25:
        name = who(words)
        return name, (Field(_NAMES, name),)
    if roll < 0.5:
        title = words.pick(_TITLES)
        name = words.pick((strange.word, Words.first_name, Words.town, strange.name))(words)
        if words.rng.random() < 0.3 and title in ("aunt", "uncle"):
            title = words.pick(_TITLES)
        return f"{title.capitalize()} {name}", (Field((title, title, f"{title}_name", *_NAMES), name),)
    role, rank, name = words.pick(_ROLES), words.pick(_RANKS), who(words)
    text = words.pick(_PEOPLE).format(n=name, k=rank, r=role, R=role.capitalize(), m=words.noun())
    keys = [role, role, role, f"{role}_name", *_NAMES, f"name_of_{role}"]
    if f"{rank} {role}" in text:
        keys += [f"{rank}_{role}"] * 2
    job = Field(("role:role", "role:job", "role:position", "role:profession", "role:title"), role)
    return text, (Field(tuple(keys), name), *((job,) if role in text else ()))


def priced(words: Words) -> tuple[str, int | float | None]:
    roll, rng = words.rng.random(), words.rng
    if roll < 0.3:
        amount = rng.randint(2, 900)
        return f"{amount} {words.pick(('cents', 'pounds', 'euros', 'dollars', 'crowns', 'francs'))}", amount
    if roll < 0.4:
        shown, amount = quantity(words)
        return f"{shown} {words.pick(('cents', 'pounds', 'euros', 'dollars'))}", amount
    value = float(f"{rng.randint(1, 99)}.{rng.randint(1, 9)}{rng.randint(1, 9)}")
    shown = f"{value:.2f}"
    return words.pick((f"{shown} euros", f"{shown} dollars", f"${shown}", f"{shown} pounds", f"£{shown}")), value


def place(words: Words) -> tuple[str, tuple[Field, ...]]:
    town = strange.place(words) if words.rng.random() < 0.6 else words.town()
    keys = ("town:town", "town:city", "where:place", "where:location", "where:where")
    roll = words.rng.random()
    if roll < 0.45:
        return f"{words.pick(('in', 'near', 'outside'))} {town}", (Field(keys, town),)
    kind = kind_of(words)
    if roll < 0.75:
        return f"at the {kind} in {town}", (Field((kind, f"{kind}_town", *keys[:2]), town),)
    spot = f"{words.pick(('behind', 'below', 'beside', 'above', 'next to', 'inside', 'under'))} the {words.noun()}"
    return spot, (Field(("where:place", "where:location", "where:where"), spot),)


def when(words: Words) -> tuple[str, tuple[Field, ...]]:
    roll, rng = words.rng.random(), words.rng
    if roll < 0.35:
        year = rng.randint(1650, 2030)
        return f"in {year}", (Field(("year:year", "year:year", "when:when"), str(year), year),)
    if roll < 0.5:
        date = words.date()
        return f"on {date}", (Field(("date:date", "date:date", "when:when"), date),)
    if roll < 0.7:
        day = words.pick(w.WEEKDAYS)
        return f"on {day}", (Field(("day:day", "day:weekday", "when:when"), day),)
    if roll < 0.85:
        month = words.pick(w.MONTHS)
        return f"in {month}", (Field(("month:month", "month:month", "when:when"), month),)
    time = words.time()
    return f"at {time}", (Field(("time:time", "time:hour", "when:when"), time),)


def joined(parts: Sequence[Part]) -> Part:
    return " ".join(text for text, _ in parts), tuple(field for _, fields in parts for field in fields)


DONE = sorted(VERBS.items())
