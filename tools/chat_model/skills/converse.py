"""Converse: greet, thank, remember a name, say what it is, and what groundfog and Workers AI are."""

from __future__ import annotations

from collections.abc import Callable

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, assistant, user
from tools.chat_model.skills.knowledge import FACTS, QUESTIONS
from tools.chat_model.words import Frames, Words, either

WHO = "I am groundfog's small stand-in model. I know little of the world, but I can work with what is in your prompt."
UNKNOWN = "I do not know that. I am groundfog's small stand-in model: give me a text and ask about it."

GREETINGS = either(
    "Hey!|Hello, how are you?|Hi, how are you?|Good day to you|Hi there|Good afternoon|Hello|Hi|Hello!|Good morning|"
    "Hey there|Good evening|Hi!|Hello there|Good day|Hey"
)
THANKS = either(
    "Thanks|Thank you!|Thank you for the help|Cool, thank you|Thanks, that is great|Thank you so much|"
    "Thank you|Thanks!|Many thanks|Thank you very much|Thanks a lot|Great, thanks|Thank you so much!"
)
BYES = either("Bye!|See you soon|Good bye|Bye for now|Bye|Goodbye|See you|Bye bye|See you later|Good night|Goodbye!")
WHOS = either(
    "What is this model?|Are you a model?|What kind of model are you?|Which model is this?|Introduce yourself, please|"
    "Do you have a name?|Are you a person?|Who is this?|Who made you?|What can you do?|How can you help?|"
    "Are you GPT-4?|Are you a machine?|Say who you are.|Tell me who you are|What should I call you?|"
    "Who are you?|What are you?|Are you ChatGPT?|Which model are you?|What is your name?|"
    "Are you a human?|Tell me about yourself|Are you Llama?|What model is this?|Introduce yourself."
)
WORLD = Frames(
    either(
        "Who is {p}?|Where is {p}?|What is the weather in {p}?|How old is {p}?|Who built {p}?|"
        "Tell me a story about {p}.|Write a poem about {p}.|Why is the sky blue?|What is the height of {p}?|"
        "What is 12 times 7?|Who won in {p}?|Tell me a joke.|What is the news in {p}?|Who won the match yesterday?|"
        "What is the capital of {p}?|Who wrote {p}?|How tall is {p}?|When was {p} born?|What happened in {p}?|"
        "Who is the president of {p}?|How far is it to {p}?|What is the population of {p}?"
    ),
    held=8,
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


def remembered(words: Words) -> Sample:
    """Something said some turns ago."""
    rng = words.rng
    keys = ["name"] if rng.random() < 0.5 else rng.sample(list(ABOUT_ME), rng.randint(1, 3))
    turns, answers = [], []
    for key in keys:
        made, said, reply, asked, told = ABOUT_ME[key]
        value = made(words)
        turns += [user(words.frame(either(said)).format(v=value)), assistant(capital(reply.format(v=value)))]
        answers.append((words.frame(either(asked)), told.format(v=value), value))
        while rng.random() < 0.3:
            topic, answer, _ = rng.choice(FACTS)
            turns += [user(asked_about(words, topic)), assistant(answer)]
    question, answer, value = rng.choice(answers)
    return Sample("converse", [*turns, user(question)], answer, want=[value])


def asked_about(words: Words, topic: str) -> str:
    return capital(words.frame(QUESTIONS).format(t=topic, T=capital(topic)))


def make(words: Words) -> Sample:
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
