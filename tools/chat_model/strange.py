"""Names of every shape for training: letters that are rare together, long and short ones, of several words.

What is remembered or copied must be copied whole, whatever its pieces are.
"""

from __future__ import annotations

import random

from tools.chat_model.vocabulary import NOUNS
from tools.chat_model.words import Words, either, split_of

_ONSETS = either(
    "b|bh|bj|br|c|ch|cz|d|dh|dj|dm|dr|dz|f|fj|fr|g|gh|gl|gn|gu|gw|h|hj|hr|hv|j|jh|k|kh|kj|kl|km|kn|kr|ks|kv|kw|l|ll|"
    "lh|m|mb|mc|mj|mn|mw|n|nd|ng|nj|nk|ny|p|ph|pj|pr|ps|pt|q|qu|r|rh|rj|s|sc|sch|sh|sj|sk|sl|sm|sn|sp|sr|st|str|sv|sw|"
    "sz|t|tch|th|tj|tl|tr|ts|tw|tz|v|vj|vl|vr|w|wh|wr|x|xh|y|z|zh|zl|zv|zw"
)
_PLAIN = either("b|d|f|g|h|k|l|m|n|p|r|s|t|v|z|j|c|br|th|sh|st|ch|gr|fr|w|y")
_VOWELS = either("y|y|aa|ae|ai|au|ay|ea|ee|ei|eo|eu|ey|ia|ie|io|iu|oa|oe|oi|oo|ou|oy|ua|ue|ui|uo|uy")
_RARE_VOWELS = either("á|é|í|ó|ö|ü|ä|ø|å|è|ê|ñi|ça|õ|ï")
_ENDS = either(
    "|||||n|n|s|r|l|k|m|t|d|x|z|th|sh|ck|ng|nk|nt|nd|rt|rg|lf|lm|sk|st|ff|ll|nn|ss|tt|ch|v|p|b|g|gh|rk|rm|rn|ld|ph|"
    "ova|ska|ski|wicz|sson|dottir|oglu|ides|escu|yan|vili|nen|ette|elle|ine|iah|iel|ius|aldo|inho|otte|rude|mund|wen|"
    "rid|ilda|andra|onso|anka|ishka|akov|etta|ias|eus|ander|ovic|bjorn|quist|heim|grad|polis|aux|eaux|burgh|chester|"
    "stein|aki|oto|ima|ura|awa|eng|uang|ong|abad|pur|istan|ana|ique|oise|eigh|leigh|worth|combe|by|thorpe"
)
_BEFORE = either("Mc|Mac|Fitz|O'|D'|L'|Al-|El-|Ben-|Saint-|Von ")
_PARTS = either("van|de|von|da|del|al|bin|ben|la|le|di|mac|ter|du|dos|san")


def one(rng: random.Random) -> str:
    """A single word in small letters."""
    roll = rng.random()
    count = 1 if roll < 0.2 else 2 if roll < 0.65 else 3 if roll < 0.92 else 4
    word = ""
    for number in range(count):
        onsets = _PLAIN if rng.random() < 0.6 else _ONSETS
        onset = "" if number == 0 and rng.random() < 0.15 else rng.choice(onsets)
        roll = rng.random()
        word += onset + (rng.choice("aeiou") if roll < 0.7 else rng.choice(_VOWELS if roll < 0.985 else _RARE_VOWELS))
    return word + rng.choice(_ENDS)


def word(words: Words) -> str:
    """A single word with a capital, of this side."""
    while True:
        made = one(words.rng).capitalize()
        if split_of(made) == words.split:
            return made


def name(words: Words) -> str:
    """A name: mostly one strange word, else with a hyphen, a part before it, or of two words."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.7:
        return word(words)
    if roll < 0.76:
        return words.first_name()
    if roll < 0.82:
        return f"{word(words)}-{word(words) if rng.random() < 0.6 else words.first_name()}"
    if roll < 0.87:
        return f"{words.pick(_BEFORE)}{word(words)}"
    if roll < 0.9:
        return f"{word(words)} {words.pick(_PARTS)} {word(words)}"
    if roll < 0.97:
        return f"{words.first_name() if rng.random() < 0.4 else word(words)} {word(words)}"
    return words.noun().capitalize()


def place(words: Words) -> str:
    """A place's name: a strange word, or made of several."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.65:
        return word(words)
    if roll < 0.8:
        return words.town()
    if roll < 0.88:
        first = words.pick(
            ("San", "New", "Port", "Saint", "Upper", "Great", "Los", "El", "North", "West", "Bad", "Old")
        )
        return f"{first} {word(words)}"
    if roll < 0.94:
        return f"{word(words)}-{words.pick(('on-Sea', 'sur-Mer', 'upon-Wye', word(words), 'le-Grand', 'am-See'))}"
    return f"{word(words)} {words.pick(('Bay', 'Falls', 'Springs', 'City', 'Hills', 'Beach', 'Valley', 'Island'))}"


def pet(words: Words) -> str:
    """What one calls an animal: also an everyday word."""
    if words.rng.random() < 0.4:
        return (words.noun() if words.rng.random() < 0.7 else words.adjective()).capitalize()
    return word(words) if words.rng.random() < 0.7 else words.first_name()


TRADES = either(
    "maker|seller|dealer|smith|cutter|driver|grower|tester|repairer|painter|cleaner|designer|collector|hunter|carver|"
    "trader|engineer|teacher|catcher|polisher|builder|binder|inspector|restorer|weaver|fitter|operator"
)
JOBS = either(
    "surgeon|waiter|barber|butcher|chemist|biologist|historian|journalist|reporter|actor|dancer|composer|conductor|"
    "poet|judge|detective|sailor|fisherman|shepherd|forester|miner|welder|roofer|glazier|bricklayer|electrician|"
    "cobbler|jeweller|goldsmith|watchmaker|upholsterer|janitor|postman|firefighter|paramedic|midwife|pharmacist|vet|"
    "optician|psychologist|accountant|auditor|banker|broker|cashier|receptionist|secretary|consultant|programmer|"
    "tester|analyst|statistician|astronomer|geologist|botanist|zoologist|physicist|economist|lecturer|tutor|coach|"
    "referee|jockey|diver|lifeguard|sculptor|illustrator|animator|curator|archivist|bookseller|publisher|editor|"
    "printer|interpreter|diplomat|soldier|stuntman|magician|juggler|clown|puppeteer|ventriloquist|taxidermist|brewer|"
    "winemaker|cheesemaker|chocolatier|barista|sommelier|housekeeper|nanny|porter|bellboy|steward|navigator|dispatcher"
)


def job(words: Words) -> str:
    """What one can be: a trade of people or of this project's making."""
    roll = words.rng.random()
    if roll < 0.55:
        return words.pick(JOBS)
    if roll < 0.9:
        return f"{words.noun()} {words.pick(TRADES)}"
    return f"{words.adjective()} {words.pick(JOBS)}" if roll < 0.95 else one(words.rng)


ANIMALS = either(
    "lizard|snake|canary|ferret|mouse|rat|gecko|pig|llama|alpaca|cow|duck|hen|pigeon|owl|spider|frog|toad|goldfish|"
    "kitten|puppy|poodle|terrier|budgie|cockatoo|chinchilla|iguana|hedgehog|mule|calf|lamb|carp|snail|crab|peacock"
)


def animal(words: Words) -> str:
    """An animal and mostly its name."""
    kind = words.pick(ANIMALS) if words.rng.random() < 0.5 else words.pick(NOUNS)
    if words.rng.random() < 0.25:
        kind = f"{words.adjective()} {kind}"
    if words.rng.random() < 0.15:
        return kind
    return f"{kind} {words.pick(('named', 'named', 'called'))} {pet(words)}"
