"""Classify: one of the labels that the prompt gives. The words that decide are known; the sentences are new."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.words import Words, either

GOOD = either(
    "great|lovely|wonderful|excellent|perfect|brilliant|charming|superb|fantastic|good|amazing|pleasant|beautiful|"
    "delightful|splendid"
)
BAD = either(
    "terrible|awful|broken|useless|horrible|dreadful|poor|disappointing|bad|ugly|annoying|faulty|boring|worthless|nasty"
)
LIKED = either("love|like|enjoy|recommend|adore")
DISLIKED = either("hate|dislike|regret|returned|cannot recommend")
VIEWS = either(
    "The {t} is {a}.|I bought the {t} and it is {a}.|What a {a} {t}!|My {t} turned out {a}.|This is a {a} {t}.|"
    "A {a} {t}, and it came on time.|The {t} that I got is {a}.|It is {a}.|Everyone says that the {t} is {a}.|"
    "Honestly, this {t} was {a}.|We found the {t} {a}.|I think the {t} is really {a}, and so does my family."
)
FEELINGS = either(
    "I {v} this {t}.|We {v} the {t} from {b}.|My family and I {v} it.|After a week I {v} the {t}.|"
    "All of us {v} the new {t}."
)
TOPIC_WORDS = {
    "sport": "match|race|goalkeeper|team|coach|football|tennis|swimmer|marathon|medal|stadium|referee|goal|league",
    "food": "soup|bread|cake|rice|cheese|potatoes|recipe|salad|dinner|kitchen|sauce|butter|restaurant|lunch",
    "weather": "fog|rain|storm|snow|sun|wind|clouds|frost|hail|thunder|sunshine|temperature|drizzle|heat",
    "money": "bank|invoice|prices|shares|taxes|loan|savings|interest|budget|salary|debt|coins|insurance|market",
    "travel": "train|flight|hotel|suitcase|ferry|passport|airport|journey|luggage|border|tourists|harbour|trip|bus",
    "music": "choir|guitar|concert|violin|drummer|album|song|orchestra|piano|melody|singer|trumpet|band|opera",
    "health": "doctor|hospital|medicine|nurse|fever|vaccine|pain|patient|clinic|illness|dentist|surgery|allergy|flu",
    "technology": "computer|software|robot|phone|internet|server|code|laptop|database|chip|website|screen|app|keyboard",
}
ABOUT = either(
    "The {x} was better than we expected.|Everyone talked about the {x}.|She told me about the {x} and the {y}.|"
    "There was a {x} near {p}.|The {x} and the {y} were in the news.|He thinks of the {x} all day.|"
    "The {x} in {p} was new.|"
    "Last week the {x} changed everything.|We waited for the {x} in {p}.|My sister likes the {x}.|"
    "No {x} without a {y}, they say.|After the {x} came the {y}.|I read about the {x} this morning.|"
    "What do you think of the {x} in {p}?|Nothing in {p} is as loved as the {x}."
)
ASKS = either(
    "Classify as {l}: {t}|Is this {l}? {t}|{t}\nAnswer with one of: {l}.|Label the text with {l}.\n{t}|"
    "Classify the following text as {l}.\n\n{t}|Text: {t}\nLabels: {l}\nLabel:|Pick one of {l}: {t}|"
    "Is the following text {l}?\n{t}|Say {l} for this: {t}|What is it: {l}? {t}|{t}\n\nClassify this as {l}.|"
    "Which label fits: {l}?\nText: {t}|Choose {l} for this text: {t}|Tell me if the next text is {l}. {t}"
)
MEANT = either(
    "Classify the sentiment as {l}: {t}|What is the sentiment of this: {l}? {t}|Sentiment ({l}) of: {t}|"
    "Is the sentiment of this text {l}?\n{t}"
)
SUBJECTS = either(
    "What is the topic: {l}? {t}|Topic ({l}) of this text: {t}|Classify the topic as {l}: {t}|"
    "Which topic is it, {l}?\n{t}"
)
YES_NO = either(
    "{s} {q} Answer yes or no.|{s}\n{q} (yes or no)|Yes or no: {s} {q}|Read this: {s}\n{q} Say yes or no.|"
    "{s} {q} Answer only with yes or no.|Answer yes or no. {s} {q}"
)
SYSTEMS = either(
    "Answer with the label only.|You classify texts. Answer with one label.|Give only the label.|"
    "You are a classifier.|Reply with one of the labels and nothing else."
)


def labelled(words: Words, labels: list[str]) -> str:
    words.rng.shuffle(labels)
    return words.pick([", ".join(labels[:-1]) + " or " + labels[-1], ", ".join(labels)])


def make(words: Words) -> Sample:
    rng = words.rng
    roll = rng.random()
    if roll < 0.4:
        drawn, asks = sentiment, MEANT if rng.random() < 0.3 else ASKS
    elif roll < 0.75:
        drawn, asks = topic, SUBJECTS if rng.random() < 0.3 else ASKS
    else:
        return yes_or_no(words)
    text, labels, answer = drawn(words)
    case = str.capitalize if rng.random() < 0.2 else str
    shown, answer = labelled(words, [case(label) for label in labels]), case(answer)
    train = words.split == "train"
    if rng.random() < (0.6 if train else 0.2):
        messages = [system(f"Classify the text as {shown}.")]
        # Training asks for several labels in one dialogue: every answer teaches.
        for _ in range(rng.randint(0, 5) if train else 0):
            before, _, label = drawn(words, labels)
            messages += [user(capital(before)), assistant(case(label))]
        return Sample("classify", [*messages, user(capital(text))], answer, want=answer)
    messages = [user(words.frame(asks).format(l=shown, t=capital(text)))]
    if rng.random() < 0.2:
        messages.insert(0, system(words.frame(SYSTEMS)))
    return Sample("classify", messages, answer, want=answer)


def sentiment(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """(text, labels, answer); the labels may be given."""
    good = words.rng.random() < 0.5
    labels = labels or words.pick((["positive", "negative"], ["good", "bad"], ["positive", "negative", "neutral"]))
    thing = words.pick(w.THINGS) if words.rng.random() < 0.6 else words.noun()
    if words.rng.random() < 0.3:
        text = words.frame(FEELINGS).format(v=words.pick(LIKED if good else DISLIKED), t=thing, b=words.brand())
    else:
        text = words.frame(VIEWS).format(t=thing, a=words.pick(GOOD if good else BAD))
    answer = labels[0] if good else labels[1]
    if labels[-1] == "neutral" and words.rng.random() < 0.4:
        text, answer = f"The {thing} is {words.pick(w.COLOURS)}.", "neutral"
    return text, labels, answer


def topic(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """(text, labels, answer); the labels may be given."""
    labels = labels or words.rng.sample(list(TOPIC_WORDS), words.rng.randint(2, 5))
    answer = words.pick(labels)
    first, second = words.rng.sample(TOPIC_WORDS[answer].split("|"), 2)
    return words.frame(ABOUT).format(x=first, y=second, p=words.town()), labels, answer


def yes_or_no(words: Words) -> Sample:
    rng = words.rng
    subject, yes = f"the {words.noun()}", rng.random() < 0.5
    options = words.pick((w.COLOURS, w.MATERIALS, w.WEEKDAYS))
    asked, other = rng.sample(options, 2)
    shown = asked if yes else other
    link = {"Monday": "is closed on"}.get(options[0], "is")
    negated = rng.random() < 0.15
    said = f"{capital(subject)} {link.replace('is', 'is not', 1) if negated else link} {shown}."
    question = f"Is {subject} {link.partition(' ')[2] + ' ' if ' ' in link else ''}{asked}?"
    if negated:
        shown, said = asked, said.replace(shown, asked)
    answer = "yes" if shown == asked and not negated else "no"
    text = words.frame(YES_NO).format(s=said, q=question)
    return Sample("classify", [user(text)], answer, want=answer)
