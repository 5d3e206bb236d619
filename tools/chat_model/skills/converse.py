"""Converse: greet, thank, remember a name, say what it is, and what groundfog and Workers AI are."""

from __future__ import annotations

from collections.abc import Callable

from tools.chat_model import strange
from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.phrases import converse as phrases
from tools.chat_model.phrases.grammar import drawn, joined
from tools.chat_model.phrases.myself import SAID
from tools.chat_model.sample import Sample, assistant, user
from tools.chat_model.skills.knowledge import FACTS, QUESTIONS
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Frames, Words, either

WHO = "I am groundfog's small stand-in model. I know little of the world, but I can work with what is in your prompt."
UNKNOWN = "I do not know that. I am groundfog's small stand-in model: give me a text and ask about it."

GREETINGS = joined(
    phrases.GREETINGS,
    either(
        "Hey!|Hello, how are you?|Hi, how are you?|Good day to you|Hi there|Good afternoon|Hello|Hi|Hello!|Good "
        "morning|"
        "Hey there|Good evening|Hi!|Hello there|Good day|Hey"
    ),
)
THANKS = joined(
    phrases.THANKS,
    either(
        "Thanks|Thank you!|Thank you for the help|Cool, thank you|Thanks, that is great|Thank you so much|"
        "Thank you|Thanks!|Many thanks|Thank you very much|Thanks a lot|Great, thanks|Thank you so much!"
    ),
)
BYES = joined(
    phrases.BYES,
    either("Bye!|See you soon|Good bye|Bye for now|Bye|Goodbye|See you|Bye bye|See you later|Good night|Goodbye!"),
)
WHOS = joined(
    phrases.WHOS,
    either(
        "What is this model?|Are you a model?|What kind of model are you?|Which model is this?|Introduce yourself, "
        "please|"
        "Do you have a name?|Are you a person?|Who is this?|Who made you?|What can you do?|How can you help?|"
        "Are you GPT-4?|Are you a machine?|Say who you are.|Tell me who you are|What should I call you?|"
        "Who are you?|What are you?|Are you ChatGPT?|Which model are you?|What is your name?|"
        "Are you a human?|Tell me about yourself|Are you Llama?|What model is this?|Introduce yourself."
    ),
)
WORLD = joined(
    phrases.WORLD,
    Frames(
        either(
            "Who is {p}?|Where is {p}?|What is the weather in {p}?|How old is {p}?|Who built {p}?|"
            "Tell me a story about {p}.|Write a poem about {p}.|Why is the sky blue?|What is the height of {p}?|"
            "What is 12 times 7?|Who won in {p}?|Tell me a joke.|What is the news in {p}?|Who won the match yesterday?|"
            "What is the capital of {p}?|Who wrote {p}?|How tall is {p}?|When was {p} born?|What happened in {p}?|"
            "Who is the president of {p}?|How far is it to {p}?|What is the population of {p}?"
        ),
        held=8,
    ),
    4000,
)

ABOUT_ME: dict[str, tuple[Callable[[Words], str], str, str, str, str]] = {
    "name": (
        Words.first_name,
        "You can call me {v}.|Hey, {v} here.|People call me {v}.|Hi! I am {v}.|My name is {v}.|I am {v}.|Call me {v}.|"
        "I'm {v}|Hello, I am {v}.|Hi, my name is {v}!",
        "Nice to meet you, {v}!",
        "Tell me my name.|What did I say my name was?|Say my name.|How do you call me?|What's my name?|"
        "Remember my name?|What is my name?|Do you remember my name?|What am I called?|Who am I?|Do you know my name?|"
        "Can you say my name?",
        "Your name is {v}.",
    ),
    "town": (
        Words.town,
        "I come from {v}.|My home is {v}.|I'm from {v}.|I live in {v}.|My town is {v}.|I am at home in {v}.",
        "{v} sounds like a good place to live.",
        "What is my town?|Where am I from?|Tell me where I live.|Where is my home?|Where do I live?|"
        "Do you remember where I live?|Which town do I live in?",
        "You live in {v}.",
    ),
    "colour": (
        lambda words: words.pick(w.COLOURS),
        "I like {v} best.|The colour I like most is {v}.|My favourite colour is {v}.|I love the colour {v}.",
        "{v} is a good choice.",
        "Which colour do I like?|What is my colour?|Tell me my favourite colour.|What is my favourite colour?|"
        "Which colour do I like best?",
        "Your favourite colour is {v}.",
    ),
    "job": (
        lambda words: words.pick(w.JOBS),
        "I am a {v}.|I work as a {v}.|My job is {v}.|I earn my living as a {v}.",
        "It must be interesting to be a {v}.",
        "What is my job?|What do I do?|Tell me what I work as.|What do I work as?|What do I do for a living?",
        "You are a {v}.",
    ),
    "pet": (
        lambda words: f"{words.pick(w.ANIMALS)} named {words.first_name()}",
        "I have a {v}.|At home I have a {v}.|My pet is a {v}.|I keep a {v}.",
        "A {v}: how nice!",
        "What is my pet?|Which pet do I have?|Tell me about my pet.|What pet do I have?|Do you remember my pet?",
        "You have a {v}.",
    ),
}
"""What people tell of themselves: the value, how it is said, the answer, how it is asked later, and that answer."""


TELLS = {key: joined(SAID[key][0], either(about[1])) for key, about in ABOUT_ME.items()}
RECALLS = {key: joined(SAID[key][1], either(about[3])) for key, about in ABOUT_ME.items()}

DRINKS = either("tea|coffee|milk|water|apple juice|lemonade|cocoa|orange juice|green tea|ginger beer|cider|mint tea")

MORE_OF_ME: dict[str, tuple[Callable[[Words], str], str, str]] = {
    "age": (lambda words: words.number(7, 99), "Thank you, I will remember that.", "You are {v} years old."),
    "food": (lambda words: words.open(w.FOODS), "That sounds tasty.", "You like to eat {v}."),
    "hobby": (lambda words: words.open(w.HOBBIES), "That sounds like fun.", "Your hobby is {v}."),
    "employer": (Words.company, "That is good to know.", "You work for {v}."),
    "sister": (Words.first_name, "Say hello to {v}!", "Your sister is called {v}."),
    "friend": (Words.person, "Say hello to {v}!", "Your best friend is {v}."),
    "drink": (lambda words: words.open(DRINKS), "Cheers!", "You like to drink {v}."),
    "number": (lambda words: words.number(1, 9999), "I will remember it.", "Your number is {v}."),
    "birthday": (Words.date, "I will remember the day.", "Your birthday is {v}."),
    "language": (lambda words: words.open(w.LANGUAGES), "That is a fine language.", "You speak {v}."),
    "plan": (
        lambda words: f"{words.pick(sorted(VERBS))} the {words.noun()}",
        "Good luck with that!",
        "You want to {v}.",
    ),
}
"""More of the same, for training: the value, the answer, and the answer when it is asked."""
ALL_OF_ME = [*ABOUT_ME, *MORE_OF_ME]
MORE_TELLS, MORE_RECALLS = ({key: drawn(SAID[key][part], (), 600) for key in MORE_OF_ME} for part in (0, 1))
NODS = either(
    "Nice to meet you!|Good to know.|Thank you for telling me.|I will remember that.|Noted.|Thank you, noted.|Nice!|"
    "I see.|Great!|Okay, I will keep that in mind.|Thanks!"
)
MISSING = "You have not told me that yet."
SHADES = either("dark|light|pale|deep|bright|sky|navy|mint|rose|olive|sand|warm|soft|dusty|royal")
FIRMS = either("||Ltd|and Sons|Group|Bank|Airlines|Hospital|School|Bakery|Farm|Hotel|Theatre|Brothers|Partners|Energy")
STRANGE: dict[str, Callable[[Words], str]] = {
    "name": strange.name,
    "town": strange.place,
    "colour": lambda words: words.pick(
        (words.adjective(), f"{words.pick(SHADES)} {words.pick(w.COLOURS)}", words.odd())
    ),
    "job": strange.job,
    "pet": strange.animal,
    "employer": lambda words: f"{strange.word(words)} {words.pick(FIRMS)}".rstrip(),
    "sister": strange.name,
    "friend": strange.name,
    "food": lambda words: f"{words.odd()} {words.pick(('soup', 'cake', 'stew', 'bread', 'noodles', 'pie'))}",
    "language": strange.word,
}
"""What training has told as often as the plain values: what is remembered is copied, not guessed."""


def remembered(words: Words) -> Sample:
    """Something said some turns ago."""
    rng = words.rng
    keys = ["name"] if rng.random() < 0.5 else rng.sample(list(ABOUT_ME), rng.randint(1, 3))
    turns, answers = [], []
    for key in keys:
        made, _, reply, _, told = ABOUT_ME[key]
        value = made(words)
        turns += [user(words.frame(TELLS[key]).format(v=value)), assistant(capital(reply.format(v=value)))]
        answers.append((words.frame(RECALLS[key]), told.format(v=value), value))
        while rng.random() < 0.3:
            topic, answer, _ = rng.choice(FACTS)
            turns += [user(asked_about(words, topic)), assistant(answer)]
    question, answer, value = rng.choice(answers)
    return Sample("converse", [*turns, user(question)], answer, want=[value])


def known_of(key: str) -> tuple[Callable[[Words], str], list[str], str, list[str], str]:
    """The value, how it is told, what to say then, how it is asked, and that answer."""
    if key in MORE_OF_ME:
        made, reply, told = MORE_OF_ME[key]
        return made, MORE_TELLS[key], reply, MORE_RECALLS[key], told
    made, _, reply, _, told = ABOUT_ME[key]
    return made, TELLS[key], reply, RECALLS[key], told


def value_of(words: Words, key: str) -> str:
    """Something to remember, of any shape; now and then as people type it, without capitals."""
    made = STRANGE[key] if key in STRANGE and words.rng.random() < 0.6 else known_of(key)[0]
    value = made(words)
    return value.lower() if words.rng.random() < 0.04 else value


def remembered_often(words: Words) -> Sample:
    """For training: one to four things told, together or with other talk between; then some of them asked."""
    rng = words.rng
    keys = rng.sample(ALL_OF_ME, rng.choice((1, 1, 2, 2, 3, 4)))
    if "name" not in keys and rng.random() < 0.5:
        keys[0] = "name"
    messages, values = [], {}
    while keys:
        together = 2 if len(keys) > 1 and rng.random() < 0.3 else 1
        said = []
        for key in keys[:together]:
            _, tells, reply, _, _ = known_of(key)
            values[key] = value_of(words, key)
            said.append(
                words.frame(tells).format(v=values[key]) if key in ABOUT_ME else words.pick(tells).format(v=values[key])
            )
        keys = keys[together:]
        answer = capital(reply.format(v=values[key])) if together == 1 and rng.random() < 0.7 else words.pick(NODS)
        messages += [user(" ".join(said)), assistant(answer)]
        while rng.random() < 0.25:
            asks, answer, _ = single(words)
            messages += [user(asks), assistant(answer)]
    if rng.random() < 0.06:
        key = rng.choice(list(values))
        values[key] = value_of(words, key)
        corrected = f"{words.pick(('No, sorry:', 'Wait, I was wrong:', 'Correction:', 'Not any more:'))} {values[key]}"
        messages += [user(f"My {key} is not that. {corrected}."), assistant(words.pick(NODS))]
    turns = []
    for key in rng.sample(list(values), rng.randint(1, len(values))):
        _, _, _, recalls, told = known_of(key)
        asks = words.frame(recalls) if key in ABOUT_ME else words.pick(recalls)
        turns.append((asks, told.format(v=values[key]), [values[key]]))
    if rng.random() < 0.08:
        key = rng.choice(ALL_OF_ME)
        recalls = known_of(key)[3]
        if key not in values:
            turns.insert(0, (words.frame(recalls) if key in ABOUT_ME else words.pick(recalls), MISSING, ["not told"]))
    for asks, answer, _ in turns[:-1]:
        messages += [user(asks), assistant(answer)]
    asks, answer, want = turns[-1]
    return Sample("converse", [*messages, user(asks)], answer, want=want)


def asked_about(words: Words, topic: str) -> str:
    return capital(words.frame(QUESTIONS).format(t=topic, T=capital(topic)))


def single(words: Words) -> tuple[str, str, list[str]]:
    """A question that needs no other turn, its answer, and the key words."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.1:
        return words.frame(GREETINGS), "Hello! How can I help?", ["Hello"]
    if roll < 0.18:
        return words.frame(THANKS), "You are welcome!", ["welcome"]
    if roll < 0.24:
        return words.frame(BYES), "Goodbye!", ["Goodbye"]
    if roll < 0.38:
        return words.frame(WHOS), WHO, ["groundfog", "stand-in"]
    if roll < 0.54:
        thing = rng.choice((words.town, words.brand, words.person))()
        if rng.random() < 0.2:
            # What nobody has heard of, asked as the facts are.
            return asked_about(words, thing if rng.random() < 0.5 else f"the {words.noun()}"), UNKNOWN, ["do not know"]
        return words.frame(WORLD).format(p=thing), UNKNOWN, ["do not know"]
    topic, answer, want = rng.choice(FACTS)
    return asked_about(words, topic), answer, want


def make(words: Words) -> Sample:
    return trained(words) if words.split == "train" else asked_once(words)


def trained(words: Words) -> Sample:
    """As training asks: often several things, one after the other."""
    if words.rng.random() < 0.4:
        return remembered_often(words)
    messages = []
    asks, answer, want = single(words)
    for _ in range(words.rng.choice((0, 0, 1, 1, 2, 3))):
        messages += [user(asks), assistant(answer)]
        asks, answer, want = single(words)
    return Sample("converse", [*messages, user(asks)], answer, want=want)


def asked_once(words: Words) -> Sample:
    """As evaluation asks."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.1:
        said, answer, want = words.frame(GREETINGS), "Hello! How can I help?", ["Hello"]
    elif roll < 0.17:
        said, answer, want = words.frame(THANKS), "You are welcome!", ["welcome"]
    elif roll < 0.22:
        said, answer, want = words.frame(BYES), "Goodbye!", ["Goodbye"]
    elif roll < 0.34:
        said, answer, want = words.frame(WHOS), WHO, ["groundfog", "stand-in"]
    elif roll < 0.54:
        return remembered(words)
    elif roll < 0.64:
        place = rng.choice((words.town, words.brand, words.person))()
        said, answer, want = words.frame(WORLD).format(p=place), UNKNOWN, ["do not know"]
    else:
        topic, answer, want = rng.choice(FACTS)
        said = asked_about(words, topic)
    return Sample("converse", [user(said)], answer, want=want)
