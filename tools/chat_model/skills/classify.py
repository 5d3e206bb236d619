"""Classify: one of the labels that the prompt gives."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, system, user
from tools.chat_model.words import Words

GOOD = ["great", "lovely", "wonderful", "excellent", "perfect", "brilliant", "charming", "superb"]
BAD = ["terrible", "awful", "broken", "useless", "horrible", "dreadful", "poor", "disappointing"]
VIEWS = (
    "The {t} is {a}.",
    "I bought the {t} and it is {a}.",
    "What a {a} {t}!",
    "My {t} turned out {a}.",
    "Honestly, this {t} was {a}.",
    "We found the {t} {a}.",
)
TOPICS = {
    "sport": "The team won the match.|She ran the race in record time.|The goalkeeper saved every ball.|"
    "They trained for the final.|The swimmer took gold.|The coach praised the players.",
    "food": "The soup needs more salt.|He baked bread all morning.|This cake tastes of plums.|"
    "We cooked rice with beans.|The cheese is soft.|She peeled the potatoes.",
    "weather": "Fog covers the coast.|It will rain tomorrow.|A storm is coming in.|Snow fell all night.|"
    "The sun came out at noon.|Strong wind from the north.",
    "money": "The bank raised its rates.|She paid the invoice.|Prices went up again.|He saved for a house.|"
    "The shares lost value.|Taxes are due in May.",
    "travel": "The train leaves at nine.|We booked two flights.|The hotel was near the beach.|"
    "They crossed the border by bus.|Pack your suitcase.|The ferry was late.",
    "music": "The choir sang three songs.|He tuned his guitar.|The concert was sold out.|She plays the violin.|"
    "The drummer kept the beat.|They recorded an album.",
}
ASKS = (
    "Classify as {l}: {t}",
    "Is this {l}? {t}",
    "{t}\nAnswer with one of: {l}.",
    "Label the text with {l}.\n{t}",
    "Which label fits: {l}?\nText: {t}",
    "Choose {l} for this text: {t}",
)


def labelled(words: Words, labels: list[str]) -> str:
    words.rng.shuffle(labels)
    return words.pick([", ".join(labels[:-1]) + " or " + labels[-1], ", ".join(labels)])


def make(words: Words) -> Sample:
    rng = words.rng
    roll = rng.random()
    if roll < 0.4:
        good = rng.random() < 0.5
        adjective = words.frame(GOOD if good else BAD)
        text = words.frame(VIEWS).format(t=words.pick(w.THINGS), a=adjective)
        labels, answer = ["positive", "negative"], "positive" if good else "negative"
    elif roll < 0.75:
        answer = rng.choice(list(TOPICS))
        labels = [answer, *rng.sample([topic for topic in TOPICS if topic != answer], rng.randint(1, 3))]
        text = words.frame(TOPICS[answer].split("|"))
    else:
        subject, colour = words.pick(w.THINGS), words.pick(w.COLOURS)
        yes = rng.random() < 0.5
        shown = colour if yes else words.pick([one for one in w.COLOURS if one != colour])
        text = f"The {subject} is {shown}. Is the {subject} {colour}?"
        return Sample(
            "classify", [user(f"{text} Answer yes or no.")], "yes" if yes else "no", want="yes" if yes else "no"
        )
    ask = words.frame(ASKS).format(l=labelled(words, labels), t=capital(text))
    messages = [user(ask)]
    if rng.random() < 0.2:
        messages.insert(0, system("Answer with the label only."))
    return Sample("classify", messages, answer, want=answer)
