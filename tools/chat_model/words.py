"""Words and values made for this project. Names are put together from syllables, so that they never run out.

Every made name belongs to training or to evaluation by its digest: evaluation never meets a name of training.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Literal, TypeVar

from tools.chat_model import glued
from tools.chat_model.vocabulary import ADJECTIVES, NOUNS

T = TypeVar("T")
Split = Literal["train", "eval"]
GLUED = 0.5
"""Share of a training's odd words that are made of everyday words."""
NO_NOUNS = 0.06
"""And of its nouns and adjectives."""
CODES = 0.08
"""Share of codes among a training's values of any kind."""


class Frames(list[str]):
    """Wordings; the last `held` of them are for evaluation."""

    def __init__(self, wordings: list[str], held: int) -> None:
        super().__init__(wordings)
        self.held = held


def held_of(options: Sequence[object]) -> int:
    """How many of some wordings are for evaluation: the last third, at least one, where nothing else is said."""
    return options.held if isinstance(options, Frames) else max(1, len(options) // 3)


def either(text: str) -> list[str]:
    """Wordings, written with bars between them."""
    return text.split("|")


def more(text: str, given: str) -> Frames:
    """Wordings for training, then others of which the last third is for evaluation."""
    kept = either(given)
    return Frames([*either(text), *kept], held_of(kept))


_STARTS = either(
    "Ba|Be|Bor|Bri|Ca|Cor|Dal|De|Dor|El|Em|Fa|Fen|Gar|Gil|Ha|Hel|Il|Ir|Ja|Jor|Ka|Kel|Kir|La|Lin|Lor|Ma|"
    "Mer|Mi|Na|Ner|No|Ol|Or|Pa|Per|Quin|Ra|Ro|Ru|Sa|Sel|Sil|Ta|Tal|Tor|Ul|Va|Ver|Vi|Wen|Wil|Ya|Yor|Za|"
    "Zel|Tarn|Stol|Bram|Grel|Hask"
)
_MIDDLES = either("a|e|i|o|u|ar|en|il|or|un|ad|el|im|os|ra|le|mi|no|ta|ve|da|li|ro|sa|wi")
_PERSON_ENDS = either("na|ra|lin|dis|ka|mo|rik|sen|ta|via|las|ron|bert|dan|mir|nel|sa|ya|ton|vik")
_PLACE_ENDS = either("holm|dale|ford|wick|mouth|berg|stad|ham|field|haven|bury|port|ness|moor|bridge|burn|ley")
_CONSONANTS = either("b|c|ch|cl|d|f|fl|g|gr|h|j|k|l|m|n|p|pl|qu|r|s|sh|st|t|th|tr|v|w|x|y|z")
_VOWELS = either("a|e|i|o|u|ai|ea|oo|ou|y")
_BRAND_ENDS = ["ex", "ora", "ix", "um", "ia", "on", "ero", "ita", "yx", "eva", "ando", "ilo"]

FIRST_NAMES = either(
    "Anna|Tom|Maria|Peter|Julia|David|Nora|Max|Laura|Paul|Emma|Felix|Sofia|Leo|Clara|Simon|Lena|Oscar|"
    "Ida|Hugo|Mia|Jonas|Eva|Lukas|Sara|Martin|Alice|Robert|Olga|Victor|Irene|Daniel|Ruth|Samuel|Grace|"
    "Henry|Rosa|Arthur|Vera|Frank"
)

COLOURS = either("red|blue|green|yellow|black|white|grey|brown|orange|purple|silver|golden|pink")
MATERIALS = either("oak|steel|glass|copper|wool|leather|stone|paper|cotton|clay|pine|brass|linen")
JOBS = either(
    "baker|teacher|nurse|carpenter|pilot|gardener|lawyer|painter|driver|cook|librarian|engineer|plumber|"
    "dentist|farmer|singer|potter|mechanic|translator|photographer|tailor|florist|clerk|guide"
)
ANIMALS = ["dog", "cat", "horse", "parrot", "rabbit", "goat", "donkey", "hamster", "turtle", "pony", "goose", "sheep"]
FOODS = either(
    "lentil soup|apple pie|mushroom rice|fish stew|plum cake|potato salad|carrot bread|onion tart|"
    "bean curry|cherry jam|pumpkin soup|noodle salad|barley porridge|leek pie|tomato stew|walnut cake"
)
INGREDIENTS = either(
    "flour|sugar|butter|salt|pepper|onions|carrots|potatoes|apples|milk|eggs|rice|beans|lentils|garlic|"
    "cream|honey|lemons|mushrooms|tomatoes|walnuts|cheese|parsley|oats|plums|leeks|spinach|ginger"
)
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = either("January|February|March|April|May|June|July|August|September|October|November|December")
LANGUAGES = either("English|French|German|Spanish|Dutch|Danish|Polish|Italian|Greek|Finnish|Czech|Welsh")
SUBJECTS = either("music|history|chemistry|drawing|geography|physics|dancing|chess|cooking|law|biology|sewing")
HOBBIES = either("rowing|knitting|fishing|climbing|chess|painting|running|pottery|sailing|singing|skating|archery")
THINGS = either(
    "lamp|chair|kettle|bicycle|clock|backpack|jacket|teapot|camera|radio|blanket|tent|ladder|mirror|"
    "notebook|drill|umbrella|guitar|helmet|suitcase|printer|stove"
)
WEATHER = ["rain", "fog", "snow", "sunshine", "wind", "hail", "thunder", "frost", "drizzle", "clouds"]
SMALL = either(
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty"
)


def split_of(name: str) -> Split:
    """One name in eight is for evaluation."""
    return "eval" if hashlib.sha256(name.encode()).digest()[0] < 32 else "train"


_KEPT = [word for word in (*NOUNS, *ADJECTIVES) if split_of(word) == "eval"]


class Words:
    """Draws words of one side of the split."""

    def __init__(self, rng: random.Random, split: Split, level: float = 1.0) -> None:
        """`level` goes from 0 (the shortest dialogues) to 1 (as long as they may be asked)."""
        self.rng = rng
        self.split = split
        self.level = level

    def pick(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)

    def side(self, options: Sequence[T]) -> list[T]:
        """The wordings of this side."""
        cut = len(options) - held_of(options)
        return list(options[:cut] if self.split == "train" else options[cut:])

    def frame(self, options: Sequence[T]) -> T:
        return self.pick(self.side(options))

    def _made(self, ends: list[str]) -> str:
        while True:
            middle = self.pick(_MIDDLES) if self.rng.random() < 0.5 else ""
            name = self.pick(_STARTS) + middle + self.pick(ends)
            if split_of(name) == self.split:
                return name

    def noun(self) -> str:
        """An everyday noun of this side."""
        return self._known(NOUNS)

    def adjective(self) -> str:
        return self._known(ADJECTIVES)

    def _known(self, options: list[str]) -> str:
        while True:
            none = self.split == "train" and self.rng.random() < NO_NOUNS
            word = glued.word(self.rng, _KEPT) if none else self.pick(options)
            if split_of(word) == self.split:
                return word

    def odd(self) -> str:
        """A word that nobody has heard of, in small letters: letters in any order, or syllables."""
        while True:
            if self.split == "train" and self.rng.random() < GLUED:
                word = glued.word(self.rng, _KEPT)
            elif self.rng.random() < 0.5:
                word = self._made(self.pick((_PERSON_ENDS, _PLACE_ENDS, _BRAND_ENDS))).lower()
            else:
                word = "".join(self.pick(_CONSONANTS) + self.pick(_VOWELS) for _ in range(self.rng.randint(1, 4)))
                word += self.pick(("", self.pick(_CONSONANTS)))
            if split_of(word) == self.split:
                return word

    def open(self, options: list[str] | tuple[str, ...]) -> str:
        """Mostly one of the options; else a word that does not belong there, so that reading beats guessing."""
        roll = self.rng.random()
        if roll < 0.6:
            return self.pick(options)
        if roll < 0.75:
            return self.noun()
        if roll < 0.85:
            return f"{self.adjective()} {self.noun()}"
        if self.split == "train" and self.rng.random() < CODES:
            return glued.code(self.rng)
        return self.odd()

    def anything(self) -> str:
        """A word, a name or a number."""
        if self.split == "train" and self.rng.random() < CODES:
            return glued.code(self.rng)
        roll = self.rng.random()
        if roll < 0.3:
            return self.noun()
        if roll < 0.4:
            return self.adjective()
        if roll < 0.6:
            return self.odd()
        if roll < 0.7:
            return self.number(0, 99999)
        if roll < 0.8:
            return self.odd().capitalize()
        return self.pick((self.first_name, self.town, self.brand, self.time, self.price, self.date))()

    def first_name(self) -> str:
        return self.pick(FIRST_NAMES) if self.rng.random() < 0.3 else self._made(_PERSON_ENDS)

    def person(self) -> str:
        return f"{self.first_name()} {self._made(_PLACE_ENDS)}" if self.rng.random() < 0.6 else self.first_name()

    def town(self) -> str:
        return self._made(_PLACE_ENDS)

    def brand(self) -> str:
        return self._made(_BRAND_ENDS)

    def company(self) -> str:
        kind = self.pick(
            [
                "Works",
                "Mill",
                "Labs",
                "Foods",
                "Press",
                "Systems",
                "Motors",
                "Textiles",
                "Studio",
                "Logistics",
                "Books",
                "Tools",
            ]
        )
        return f"{self.brand()} {kind}"

    def number(self, low: int = 2, high: int = 999) -> str:
        return str(self.rng.randint(low, high))

    def year(self) -> str:
        return str(self.rng.randint(1850, 2026))

    def date(self) -> str:
        form = self.rng.randrange(3)
        day, month = self.rng.randint(1, 28), self.pick(MONTHS)
        if form == 0:
            return f"{day} {month}"
        if form == 1:
            return f"{month} {day}"
        return f"{day} {month} {self.rng.randint(2019, 2029)}"

    def time(self) -> str:
        if self.rng.random() < 0.5:
            return f"{self.rng.randint(6, 22)}:{self.pick(['00', '15', '30', '45', '10', '20'])}"
        return f"{self.rng.randint(1, 12)} {self.pick(['am', 'pm'])}"

    def price(self) -> str:
        amount = self.rng.choice([self.number(2, 99), f"{self.number(1, 99)}.{self.rng.randint(10, 99)}"])
        return self.rng.choice([f"{amount} euros", f"{amount} dollars", f"${amount}"])

    def email(self, name: str) -> str:
        return f"{name.split()[0].lower()}@{self.brand().lower()}.{self.pick(['com', 'org', 'net', 'eu'])}"

    def phone(self) -> str:
        return f"0{self.rng.randint(10, 99)} {self.rng.randint(100, 999)} {self.rng.randint(1000, 9999)}"

    def street(self) -> str:
        return f"{self.rng.randint(1, 120)} {self._made(_PLACE_ENDS)} {self.pick(['Street', 'Road', 'Lane', 'Square'])}"
