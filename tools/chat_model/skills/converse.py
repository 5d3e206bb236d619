"""Converse: greet, thank, remember a name, say what it is, and what groundfog and Workers AI are."""

from __future__ import annotations

from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, assistant, user
from tools.chat_model.skills.knowledge import FACTS, QUESTIONS
from tools.chat_model.words import Words, either

WHO = "I am groundfog's small stand-in model. I know little of the world, but I can work with what is in your prompt."
UNKNOWN = "I do not know that. I am groundfog's small stand-in model: give me a text and ask about it."

GREETINGS = either("Hello|Hi|Hello!|Good morning|Hey there|Good evening|Hi!|Hello there|Good day|Hey")
THANKS = either("Thank you|Thanks!|Many thanks|Thank you very much|Thanks a lot|Great, thanks|Thank you so much!")
BYES = ["Bye", "Goodbye", "See you", "Bye bye", "See you later", "Good night", "Goodbye!"]
WHOS = either(
    "Who are you?|What are you?|Are you ChatGPT?|Which model are you?|What is your name?|"
    "Are you a human?|Tell me about yourself|Are you Llama?|What model is this?|Introduce yourself."
)
NAMES = ["My name is {n}.", "I am {n}.", "Call me {n}.", "I'm {n}", "Hello, I am {n}.", "Hi, my name is {n}!"]
ASKS = either(
    "What is my name?|Do you remember my name?|What am I called?|Who am I?|Do you know my name?|Can you say my name?"
)
WORLD = either(
    "Who won the match yesterday?|What is the capital of {p}?|Who wrote {p}?|How tall is {p}?|"
    "When was {p} born?|What happened in {p}?|Who is the president of {p}?|How far is it to {p}?|"
    "What is the population of {p}?"
)


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
    elif roll < 0.5:
        name = words.first_name()
        turns = [user(words.frame(NAMES).format(n=name)), assistant(f"Nice to meet you, {name}!")]
        if rng.random() < 0.5:
            topic, answer, _ = rng.choice(FACTS)
            turns += [user(capital(words.frame(QUESTIONS).format(t=topic, T=capital(topic)))), assistant(answer)]
        turns.append(user(words.frame(ASKS)))
        return Sample("converse", turns, f"Your name is {name}.", want=[name])
    elif roll < 0.6:
        place = rng.choice((words.town, words.brand, words.person))()
        said, answer, want = words.frame(WORLD).format(p=place), UNKNOWN, ["do not know"]
    else:
        topic, answer, want = rng.choice(FACTS)
        said = capital(words.frame(QUESTIONS).format(t=topic, T=capital(topic)))
    return Sample("converse", [user(said)], answer, want=want)
