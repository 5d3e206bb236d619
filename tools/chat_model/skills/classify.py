"""Classify: one of the labels that the prompt gives. The words that decide are known; the sentences are new."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.phrases import classify as asked
from tools.chat_model.phrases import judged
from tools.chat_model.phrases.grammar import drawn, joined, kept_of
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import checks
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
GIVEN_VIEWS = either(
    "The {t} is {a}.|I bought the {t} and it is {a}.|What a {a} {t}!|My {t} turned out {a}.|This is a {a} {t}.|"
    "A {a} {t}, and it came on time.|The {t} that I got is {a}.|It is {a}.|Everyone says that the {t} is {a}.|"
    "Honestly, this {t} was {a}.|We found the {t} {a}.|I think the {t} is really {a}, and so does my family."
)
GIVEN_FEELINGS = either(
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
"""Those of the evaluation; training has more (`judged.TOPICS`)."""
GIVEN_ABOUT = either(
    "The {x} was better than we expected.|Everyone talked about the {x}.|She told me about the {x} and the {y}.|"
    "There was a {x} near {p}.|The {x} and the {y} were in the news.|He thinks of the {x} all day.|"
    "The {x} in {p} was new.|"
    "Last week the {x} changed everything.|We waited for the {x} in {p}.|My sister likes the {x}.|"
    "No {x} without a {y}, they say.|After the {x} came the {y}.|I read about the {x} this morning.|"
    "What do you think of the {x} in {p}?|Nothing in {p} is as loved as the {x}."
)
GIVEN_ASKS = either(
    "Classify as {l}: {t}|Is this {l}? {t}|{t}\nAnswer with one of: {l}.|Label the text with {l}.\n{t}|"
    "Classify the following text as {l}.\n\n{t}|Text: {t}\nLabels: {l}\nLabel:|Pick one of {l}: {t}|"
    "Is the following text {l}?\n{t}|Say {l} for this: {t}|What is it: {l}? {t}|{t}\n\nClassify this as {l}.|"
    "Which label fits: {l}?\nText: {t}|Choose {l} for this text: {t}|Tell me if the next text is {l}. {t}"
)
GIVEN_MEANT = either(
    "Classify the sentiment as {l}: {t}|What is the sentiment of this: {l}? {t}|Sentiment ({l}) of: {t}|"
    "Is the sentiment of this text {l}?\n{t}"
)
GIVEN_SUBJECTS = either(
    "What is the topic: {l}? {t}|Topic ({l}) of this text: {t}|Classify the topic as {l}: {t}|"
    "Which topic is it, {l}?\n{t}"
)
GIVEN_YES_NO = either(
    "{s} {q} Answer yes or no.|{s}\n{q} (yes or no)|Yes or no: {s} {q}|Read this: {s}\n{q} Say yes or no.|"
    "{s} {q} Answer only with yes or no.|Answer yes or no. {s} {q}"
)
GIVEN_SYSTEMS = either(
    "Answer with the label only.|You classify texts. Answer with one label.|Give only the label.|"
    "You are a classifier.|Reply with one of the labels and nothing else."
)


_KEPT = [wording for given in (GIVEN_ASKS, GIVEN_MEANT, GIVEN_SUBJECTS, GIVEN_YES_NO) for wording in kept_of(given)]
_KEPT_TEXTS = [wording for given in (GIVEN_VIEWS, GIVEN_FEELINGS, GIVEN_ABOUT) for wording in kept_of(given)]
VIEWS = joined(judged.VIEWS, GIVEN_VIEWS, 3000, _KEPT_TEXTS)
FEELINGS = joined(judged.FEELINGS, GIVEN_FEELINGS, beside=_KEPT_TEXTS)
ABOUT = joined(judged.ABOUT, GIVEN_ABOUT, 4000, _KEPT_TEXTS)
BUT, NOT, UNLIKED = (drawn(lines, _KEPT_TEXTS, 800) for lines in (judged.BUT, judged.NOT, judged.UNLIKED))
FLAT, FILLERS = either(judged.FLAT), either(judged.FILLERS)
ASKS = joined(asked.ASKS, GIVEN_ASKS, 2500, _KEPT)
MEANT = joined(asked.MEANT, GIVEN_MEANT, beside=_KEPT)
SUBJECTS = joined(asked.SUBJECTS, GIVEN_SUBJECTS, beside=_KEPT)
YES_NO = joined(asked.YES_NO, GIVEN_YES_NO, beside=_KEPT)
TRAINED_YES_NO = YES_NO[: -YES_NO.held]
SYSTEMS = joined(asked.SYSTEMS, GIVEN_SYSTEMS, 600)
GIVEN = drawn(asked.GIVEN, _KEPT, 600)
TOPICS = {topic: either(text) for topic, text in judged.TOPICS.items()}
THINGS = {kind: either(text) for kind, text in judged.THINGS.items()}
PURPOSES = tuple(
    ([drawn(text, (), 200) for text in texts.values()], [names.split("|") for names in labels.split(";")])
    for texts, labels in judged.KINDS_OF_TEXT
)
MORE_GOOD = either(
    "nice|fine|handy|useful|top|solid|first class|a joy|comfortable|reliable|stunning|impressive|marvellous|worth it|"
    "outstanding|awesome|super|cosy|elegant|well made|flawless|cool"
)
MORE_BAD = either(
    "rubbish|cheap and weak|a waste of money|flimsy|unreliable|too weak|dirty|noisy|a mess|painful|wrong|weak|sad|"
    "badly made|pathetic|lousy|uncomfortable|a shame|slow and loud|damaged|overpriced"
)


def labelled(words: Words, labels: list[str]) -> str:
    words.rng.shuffle(labels)
    if words.split == "train" and words.rng.random() < 0.35:
        return words.pick(("/", " / ", " | ", ", ", "; ", " or ")).join(labels)
    return words.pick([", ".join(labels[:-1]) + " or " + labels[-1], ", ".join(labels)])


def make(words: Words) -> Sample:
    return trained(words) if words.split == "train" else asked_once(words)


def asked_once(words: Words) -> Sample:
    """As evaluation asks."""
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
    if rng.random() < 0.2:
        return Sample("classify", [system(f"Classify the text as {shown}."), user(capital(text))], answer, want=answer)
    messages = [user(words.frame(asks).format(l=shown, t=capital(text)))]
    if rng.random() < 0.2:
        messages.insert(0, system(words.frame(SYSTEMS)))
    return Sample("classify", messages, answer, want=answer)


def trained(words: Words) -> Sample:
    """As training asks: other label sets too, and several labels in one dialogue, for every answer teaches."""
    rng = words.rng
    roll = rng.random()
    if roll < 0.33:
        return yes_or_no(words)
    if roll < 0.64:
        drawn, asks = sentiment, MEANT if rng.random() < 0.3 else ASKS
    elif roll < 0.9:
        drawn, asks = topic, SUBJECTS if rng.random() < 0.3 else ASKS
    else:
        drawn, asks = thing if rng.random() < 0.35 else purpose, ASKS
    text, labels, answer = drawn(words)
    case = rng.choices((str, str.capitalize, str.upper), (70, 25, 5))[0]
    names = {label: case(label) for label in labels}
    shown = labelled(words, [names[label] for label in labels])
    messages = []
    if rng.random() < 0.5:
        frame = "Classify the text as {l}." if rng.random() < 0.3 else words.pick(GIVEN)
        messages.append(system(frame.format(l=shown)))
        messages.append(user(typed(words, text)))
    else:
        if rng.random() < 0.2:
            messages.append(system(words.frame(SYSTEMS)))
        messages.append(user(words.frame(asks).format(l=shown, t=typed(words, text))))
    for _ in range(rng.choice((0, 1, 2, 3, 4, 5))):
        messages.append(assistant(names[answer]))
        text, _, answer = drawn(words, labels)
        text = typed(words, text)
        if len(messages) == 2 and rng.random() < 0.35:
            shown = labelled(words, [names[label] for label in labels])
            text = words.frame(asks).format(l=shown, t=text)
        elif messages[0]["role"] == "user" and rng.random() < 0.5:
            text = words.pick(AGAIN).format(t=text)
        messages.append(user(text))
    return Sample("classify", messages, names[answer], want=names[answer])


AGAIN = either(
    "And this: {t}|Next: {t}|And this one? {t}|{t}\nAnd this?|Now this: {t}|The same for: {t}|Text: {t}|And: {t}"
)


def typed(words: Words, text: str) -> str:
    """A text as people type it: sometimes in small letters or in quotes."""
    roll = words.rng.random()
    if roll < 0.08:
        return text.lower()
    return f'"{capital(text)}"' if roll < 0.16 else capital(text)


def sentiment(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """(text, labels, answer); the labels may be given."""
    good = words.rng.random() < 0.5
    if words.split == "train":
        return judgement(words, good, labels)
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


SIDES = (
    ["positive", "negative"],
    ["positive", "negative"],
    ["good", "bad"],
    ["good", "bad"],
    ["positive", "negative", "neutral"],
    ["positive", "negative", "neutral"],
    ["happy", "unhappy"],
    ["like", "dislike"],
    ["favourable", "unfavourable"],
    ["good", "bad", "neutral"],
    ["satisfied", "dissatisfied"],
    ["thumbs up", "thumbs down"],
    ["recommended", "not recommended"],
)


def judgement(words: Words, good: bool, labels: list[str] | None) -> tuple[str, list[str], str]:
    """A text of one to four sentences of which one decides; the labels stand in an order of their own."""
    rng = words.rng
    labels = list(labels or words.pick(SIDES[:6] if rng.random() < 0.6 else SIDES))
    sides = next(list(given) for given in SIDES if set(given) == set(labels))
    thing = words.pick(w.THINGS) if rng.random() < 0.5 else words.noun()
    if rng.random() < 0.1:
        thing = f"{words.pick(w.COLOURS)} {thing}"
    liked = [GOOD if rng.random() < 0.75 else MORE_GOOD, BAD if rng.random() < 0.75 else MORE_BAD]
    right, wrong = liked if good else liked[::-1]
    values = {"t": thing, "a": words.pick(right), "o": words.pick(wrong), "b": words.brand()}
    answer, roll = sides[0] if good else sides[1], rng.random()
    if sides[-1] == "neutral" and rng.random() < 0.35:
        text, answer = filled(words, words.pick(FLAT), thing), "neutral"
    elif roll < 0.62:
        text = words.frame(VIEWS).format(**values)
    elif roll < 0.85:
        text = words.frame(FEELINGS).format(v=words.pick(LIKED if good else DISLIKED), **values)
    elif roll < 0.9:
        text = words.pick(BUT).format(**values)
    elif good or roll < 0.96:
        # "Not bad" is praise to some and blame to others: what is denied is praise.
        text, answer = words.pick(NOT).format(t=thing, a=words.pick(GOOD)), sides[1]
    else:
        text, answer = words.pick(UNLIKED).format(v=words.pick(LIKED[:-1]), **values), sides[1]
    if rng.random() < 0.2:
        told = [text, *(filled(words, words.pick(FILLERS), thing) for _ in range(rng.randint(1, 3)))]
        rng.shuffle(told)
        text = " ".join(map(capital, told))
    return text.replace("a a ", "a ").replace("a awful", "an awful"), labels, answer


def filled(words: Words, frame: str, thing: str) -> str:
    return frame.format(
        t=thing,
        d=words.pick(w.WEEKDAYS),
        p=words.town(),
        n=words.rng.randint(2, 90),
        b=words.brand(),
        c=words.pick(w.COLOURS),
        m=words.pick(w.MATERIALS),
    )


def topic(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """(text, labels, answer); the labels may be given."""
    rng, train = words.rng, words.split == "train"
    if train and not labels and rng.random() < 0.25:
        labels = rng.sample(list(TOPICS), rng.randint(2, 5))
    labels = labels or rng.sample(list(TOPIC_WORDS), rng.randint(2, 5))
    answer = words.pick(labels)
    known = TOPICS[answer] if train else TOPIC_WORDS[answer].split("|")
    first, second = rng.sample(known, 2)
    text = words.frame(ABOUT).format(x=first, y=second, p=words.town())
    if train and rng.random() < 0.25:
        # The words alone: fewer tokens for the same lesson.
        text = words.pick((first, f"{first} and {second}", f"{first}, {second}"))
    elif train and rng.random() < 0.15:
        text = f"{capital(text)} {capital(words.frame(ABOUT).format(x=second, y=rng.choice(known), p=words.town()))}"
    return text, labels, answer


def purpose(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """What a text is for: spam, a bug, a question."""
    rng = words.rng
    if labels:
        wanted = set(labels)
        texts, names = next((texts, given) for texts, sets in PURPOSES for given in sets if set(given) == wanted)
    else:
        texts, sets = words.pick(PURPOSES)
        names = words.pick(sets)
    number = rng.randrange(len(names))
    text = words.pick(texts[number]).format(
        t=words.noun() if rng.random() < 0.5 else words.pick(w.THINGS),
        c=words.price(),
        d=words.pick(w.WEEKDAYS),
        h=words.time(),
        p=words.town(),
        f=words.first_name(),
        o=words.adjective(),
        n=rng.randint(2, 90),
    )
    return text, list(labels or names), names[number]


def thing(words: Words, labels: list[str] | None = None) -> tuple[str, list[str], str]:
    """A single thing, by what it is."""
    labels = labels or words.rng.sample(list(THINGS), words.rng.randint(2, 5))
    answer = words.pick(labels)
    return words.pick(THINGS[answer]), labels, answer


def yes_or_no(words: Words) -> Sample:
    rng = words.rng
    if words.split == "train" and rng.random() < 0.7:
        return checks.checked(words, TRAINED_YES_NO)
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
