"""Asking for a label. `{t}` is the text, `{l}` the labels; the texts' own wordings are in `judged.py`."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, asked_to

_TEXT = (
    "[this|this text|the text|the following|the following text|this sentence|the sentence|it|this message|the "
    "message below|the next text|this review|the text below|this line|this comment|these words]"
)
_AFTER = "[: |: |:\\n|:\\n\\n|.\\n|. |\\n| - ]"
_LABEL = "[label|label|category|class|tag|word|group|kind|type]"
_LABELS = "[labels|labels|categories|classes|tags|options|choices|possible labels|words|groups]"
_PICK = (
    "[pick|choose|select|take|give|give me|name|use|find|say|return|write|reply with|answer with|respond with|tell "
    "me|print|output]"
)
_OTHER = "[the text above|that|the above|the text|it|this]"

_DEED = (
    f"[[classify|label|categorise|categorize|tag|sort|file|mark|rate|judge|group|put] {_TEXT} [as|into|under|with|as "
    f"one of|using|by] {{l}}|"
    f"{_PICK} [one|the one|one {_LABEL}|the right {_LABEL}|the best {_LABEL}|the {_LABEL} that fits|exactly one|one "
    f"only] [of|from|out of|among|:] {{l}} "
    f"[for|to describe|that describes|about|to label] {_TEXT}|[decide|say|tell me|judge|determine|find out|check|"
    f"work out|tell] "
    f"[if|whether] {_TEXT} is {{l}}|[say|tell me|decide|find out|state] [what|which] {_TEXT} is[:|,|] {{l}}|"
    f"{_PICK} {{l}} as [the|a] {_LABEL} [of|for] {_TEXT}|[assign|give|attach|add] [one of|a {_LABEL} from|one "
    f"{_LABEL} of|] {{l}} to {_TEXT}|"
    f"[read|look at] {_TEXT} and [say|decide|answer|reply with|pick|choose|tell me] [if it is|which it is:|whether "
    f"it is|one of|] {{l}}|"
    f"[classify|label|categorise|rate|tag] {_TEXT} ({{l}})|[classify|label] {_TEXT}. {_LABELS}: {{l}}]"
)
_ASKED = (
    f"[[is|was] {_TEXT} {{l}}|what is {_TEXT}, {{l}}|which [one|] of {{l}} [is it|fits|fits best|describes it|"
    f"matches|applies|would you pick|is right for {_TEXT}]|"
    f"which {_LABEL} [is it|is right|describes {_TEXT}|suits {_TEXT}|belongs to {_TEXT}|matches {_TEXT}|would you "
    f"give {_TEXT}|has {_TEXT}|applies]"
    f"[: {{l}}|, {{l}}| ({{l}})| of {{l}}]|would you [call|say|rate] {_TEXT} [as|] {{l}}|{{l}}, which is it|is it "
    f"{{l}}|does {_TEXT} sound {{l}}|"
    f"what would you say: {{l}}|how would you [label|classify|tag|rate|judge] {_TEXT}[: {{l}}|, {{l}}| ({{l}})]|"
    f"[what|which] {_LABEL} does {_TEXT} [get|have|deserve|belong to|fall into]: {{l}}|under which of {{l}} does "
    f"{_TEXT} fall]"
)

ASKS = "\n".join(
    (
        asked_to(_DEED, f"{_AFTER}{{t}}"),
        asked_to(_DEED, f"{_AFTER}{{t}}"),
        f"{OPEN}{_ASKED}[? |?\\n|?\\n\\n]{{t}}",
        f"{OPEN}{_ASKED}[? |?\\n|?\\n\\n]{{t}}",
        f"[text|message|input|sentence|review|comment|t]: {{t}}[\\n|\\n\\n| ]{_LABELS}: {{l}}[\\n{_LABEL}:|"
        f"\\nanswer:||.|\\n{_PICK} one.|\\nyour {_LABEL}:]",
        f"{_LABELS}: {{l}}[\\n|\\n\\n|. ][text|message|input|sentence|]: {{t}}[|\\n{_LABEL}:|\\nanswer:|\\nwhich "
        f"one?|\\n{_PICK} one.]",
        f"{{t}}[\\n|\\n\\n| ][[classify|label|rate|tag|categorise|judge] [{_OTHER}] [as|with|into|using] {{l}}|"
        f"{_PICK} one of {{l}}|"
        f"is {_OTHER} {{l}}|which is it: {{l}}|{{l}}|which of {{l}} is {_OTHER}|{_LABELS}: {{l}}|{_PICK} the "
        f"{_LABEL}: {{l}}|answer {{l}}|"
        f"is it {{l}}|what is it, {{l}}|one of {{l}}, please|does this sound {{l}}|[say|tell me] [if|whether] "
        f"{_OTHER} is {{l}}|"
        f"{_PICK} {{l}} for {_OTHER}|which {_LABEL}: {{l}}|{_LABEL} ({{l}})][.|?|:||]",
        "[{l}|({l})|{l}:][? |: |\\n|?\\n]{t}",
    )
)

MEANT = "\n".join(
    (
        asked_to(
            f"[[classify|rate|judge|give|tell me|say|name|find|determine|detect|label|decide|state|describe] the "
            f"[sentiment|mood|feeling|tone|opinion|attitude] "
            f"[of {_TEXT}|in {_TEXT}|] [as|:|with|from|out of|by] {{l}}|[say|tell me|decide|judge] [whether|if] the "
            f"[sentiment|mood|tone|feeling|opinion|writer's mood] [of {_TEXT}|here|in {_TEXT}] is {{l}}|"
            f"do a sentiment analysis [of {_TEXT}|] with {{l}}]",
            f"{_AFTER}{{t}}",
        ),
        f"{OPEN}[what|which] [is the [sentiment|mood|tone|feeling] [of|in|behind] {_TEXT}|sentiment does {_TEXT} "
        f"[have|show|express]|"
        f"mood is the writer in|feeling does {_TEXT} [have|show]][: {{l}}|, {{l}}| ({{l}})][? |?\\n|?\\n\\n]{{t}}",
        "[sentiment|mood|tone|feeling|opinion] [({l})|of this, {l}|as {l}|- {l}][: |:\\n|? ]{t}",
        "{t}[\\n|\\n\\n| ][what is the sentiment: {l}|sentiment ({l})|is the [mood|tone|feeling|opinion] {l}|how "
        "does the writer feel: {l}|"
        "is the writer's [mood|opinion|view] {l}|sentiment: {l}|does the writer sound {l}|is this opinion {l}|"
        "how do they find it: {l}|is that [review|comment|opinion] {l}][?|.|:|]",
        f"{OPEN}[is the [mood|tone|feeling|opinion|verdict|attitude] [of|in|behind] {_TEXT} {{l}}|does the [writer|"
        f"author|customer|person] [feel|sound|seem] {{l}} "
        f"in {_TEXT}|is this a {{l}} [opinion|review|comment|text|message]][? |?\\n|?\\n\\n]{{t}}",
        f"{OPEN}[how does the [writer|author|customer|person] [feel|find it|judge]|what does the [writer|customer] "
        f"think][: {{l}}|, {{l}}| ({{l}})][? |?\\n]{{t}}",
    )
)

_TOPIC = "[topic|topic|subject|theme|field|area|subject matter]"
SUBJECTS = "\n".join(
    (
        asked_to(
            f"[[classify|give|tell me|say|name|find|determine|state|pick|choose|label|detect] the {_TOPIC} [of "
            f"{_TEXT}|in {_TEXT}|] [as|:|from|out of|among|with] {{l}}|"
            f"[say|tell me|decide|find out] what {_TEXT} is about[: |, ]{{l}}|[say|decide|tell me] [whether|if] "
            f"{_TEXT} is about {{l}}|"
            f"sort {_TEXT} by {_TOPIC}: {{l}}|[pick|choose|name] the {_TOPIC} that [fits|matches|suits] {_TEXT} "
            f"[from|out of|among] {{l}}]",
            f"{_AFTER}{{t}}",
        ),
        f"{OPEN}[what [is|would be] the {_TOPIC} [of {_TEXT}|here|]|what is {_TEXT} about|what {_TOPIC} [is {_TEXT}|"
        f"does {_TEXT} have]|"
        f"which {_TOPIC} [does {_TEXT} have|fits|fits {_TEXT}|is {_TEXT} about|is this about|is that|is meant|does "
        f"{_TEXT} belong to]|"
        f"what does {_TEXT} [deal with|talk about]|what are they talking about|on what {_TOPIC} is {_TEXT}][: {{l}}|"
        f", {{l}}| ({{l}})][? |?\\n|?\\n\\n]{{t}}",
        f"{OPEN}[is {_TEXT} about|does {_TEXT} deal with|does {_TEXT} belong to|are we talking about|is the "
        f"{_TOPIC}] {{l}}[? |?\\n|?\\n\\n]{{t}}",
        f"{_TOPIC} [({{l}})|of this, {{l}}|as {{l}}|- {{l}}|out of {{l}}][: |:\\n|? ]{{t}}",
        f"{{t}}[\\n|\\n\\n| ][what is the {_TOPIC}[ of that|]: {{l}}|{_TOPIC} ({{l}})|{_TOPIC}s: {{l}}|is [this|"
        f"that] about {{l}}|what is [this|that] about: {{l}}|"
        f"about what: {{l}}|which {_TOPIC}: {{l}}|does [this|that] belong to {{l}}|{_TOPIC} of [this|that]: {{l}}][?|"
        f".|:|]",
    )
)

_YN = "[yes or no|yes/no|yes or no|yes or no only|only yes or no]"
YES_NO = "\n".join(
    (
        f"{OPEN}[{_YN}|{_YN}, please|say yes or no|reply yes or no|tell me yes or no|a yes or a no, please|just say "
        f"yes or no|reply with yes or no|"
        f"is it yes or no][: |:\\n|. |.\\n|? ]{{s}}[ | |\\n|\\n\\n]{{q}}",
        f"{OPEN}[read this|listen|look at this|here is a text|this is known|we know this|text|context|note|given|"
        f"consider this|take this|I read this|this is true]"
        f"[: |:\\n|: ]{{s}}[ |\\n|\\n\\n][question: |now: |so: |and now: |then: |||]{{q}}[ [say|reply|reply with|"
        f"tell me] yes or no.| {_YN}.| Yes or no?| ({_YN})|]",
        f"{{s}}[ |\\n|\\n\\n]{{q}}[ | |\\n][({_YN})|yes or no?|say yes or no.|{_YN}, please.|reply yes or no.|please "
        f"reply with yes or no.|just yes or no.|"
        f"reply only with yes or no.|your answer should be yes or no.|give me a yes or a no.|one word: yes or no.|is "
        f"that a yes or a no?|"
        f"please say yes or no.|your reply: yes or no.|is it yes or no?|nothing but yes or no, please.|yes? No?|only "
        f"say yes or no.]",
        f"{OPEN}{{q}} [here is the text: |text: |the text says: |this is what we know: |in the text: |{_YN}. |"
        f"]{{s}}[| Yes or no?|\\nYes or no?]",
        "{s}[ |\\n]{q}",
        "[question: |q: |]{q}[ |\\n][text: |t: |context: |note: ]{s}[\\nanswer:|\\nyes or no:||]",
    )
)

SYSTEMS = "\n".join(
    (
        "[answer|reply|respond] [with|by giving] [[just|only|nothing but|exactly|] [the|one|a single] [label|"
        "category|class|tag|word]] [.|, nothing else.|and no explanation.|, please.|]",
        "you [are a|work as a|are our|act as a] [text|] [classifier|classification model|labeller|labelling tool|"
        "sorting tool|judge of texts].[ answer in one word.| give one label for each text.| give the label only.| "
        "no explanations.|]",
        "[give|return|write|print|output|say] [only|just|nothing but|] [the|one] [label|category|class|tag|right "
        "label|fitting label].",
        "[do not explain|no explanations|no other words|keep it to one word|be brief|no sentences]: [the label only|"
        "just the label|only the label].",
        "[classify|label|sort|categorise|tag] [texts|messages|each text|what the user writes|what you get|the "
        "user's texts][.|. One label each.|. Nothing else.|. Answer with a label.]",
        "[your|the] answer is [always|only|just|] [one label|one of the labels|the label|a single label|one word].",
    )
)

GIVEN = "\n".join(
    (
        f"[classify|label|categorise|tag|sort|mark|rate] [the text|each text|every text|the message|each message|"
        f"what the user says|the user's text|what follows|texts|what I write|messages] [as|as|with|into|using|by] "
        f"{{l}}[.|.| and say nothing else.|. Give only the {_LABEL}.|]",
        "[you classify|you label|you sort|you tag|your job is to classify|your task is to label] [texts|messages|"
        "each text|what the user writes] [as|with|into|using] {l}[.|. One word only.| and nothing else.]",
        f"{_LABELS}: {{l}}.[ {_PICK} one for each text.| answer with one of them.| one for each text.| nothing else.|]",
        f"[for each text|for every message|for what the user writes], {_PICK} [one of|one out of|] {{l}}.",
        "[answer|reply|respond] [with|only with|just with] [one of|one out of|] {l}.",
        "[say|tell|decide] [if|whether] [each|the|every] [text|message] is {l}[.|, in one word.]",
    )
)
