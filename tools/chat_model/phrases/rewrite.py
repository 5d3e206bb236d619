"""Asking for a text in another form. `{t}` is the text; it stands before or after the request."""

from __future__ import annotations

from tools.chat_model.phrases.shells import COLON, OPEN, asked_to

_IT = "[this|this|the text|the following|it|this text|the words|the following text|this line|the line|these words|that]"
_ALL = "[this|everything|all of it|the whole text|every word|each letter|all letters|all of this|the whole line]"
_FORM = "[text|version|form|copy|line|variant]"


def _case(names: str, large: str, small: str, verb: str) -> str:
    """Upper or lower case: its names with "in", what letters are called, the other letters, and the verb for it."""
    change = (
        f"[[put|write|set|print|type|show|render|repeat|say|rewrite|give me|return|output|spell|make|copy] {_IT} in "
        f"{names}|"
        f"[turn|change|convert|transform|switch|bring|move|translate|rewrite] {_IT} [to|into] {names}|"
        f"[make|get] {_IT} {names}|{verb} {_IT}|[make|turn|change] {_ALL} [to|into] {large}|"
        f"[use|take] [only|just|nothing but|] {large} [for|in] {_IT}|[replace|swap] [all|the|] {small} [by|with|for] "
        f"{large} in {_IT}|"
        f"write {_IT} with [only|] {large}|give me the {_FORM} in {names}|change the case of {_IT} to {names}]"
    )
    after = (
        f"[in {names}|in {names}, please|now in {names}|the same in {names}|{verb} it|{verb} that|{verb} this|as "
        f"{names}|"
        f"to {names}|{large} please|{names}|all in {names}|[the|this] text in {names}|how does this look in {names}|"
        f"what is this in {names}|write that in {names}|put it in {names}|turn it into {names}|make it {names}|"
        f"can I have this in {names}|I need that in {names}|convert to {names}]"
    )
    return "\n".join(
        (
            asked_to(change, f"{COLON}{{t}}"),
            asked_to(change, f"{COLON}{{t}}"),
            f"[{names}|in {names}|{large}|to {names}|{verb}|all {large}|as {large}|{names} only|now "
            f"{names}]{COLON}{{t}}",
            f"{{t}}[\\n|\\n|\\n\\n| - ]{after}[.|.||?|!]",
            f"{OPEN}[how [does|would] [this|the following|it] look|how do you write [this|the following|it]|what is "
            f"[this|the following]] "
            f"in {names}[: |? |:\\n]{{t}}",
            f"{OPEN}[I need|I want|I would like|give me|let me have|let me see|show me|return|output] "
            f"[this|the following|the text|this text] in {names}{COLON}{{t}}",
        )
    )


UPPER = _case(
    "[upper case|upper case|uppercase|capitals|capitals|capital letters|capital letters|all caps|caps|block letters|"
    "big letters|block capitals]",
    "[capitals|capital letters|upper case letters|big letters|block letters|upper case]",
    "[small letters|lower case letters|lower case]",
    "[capitalise|capitalize|uppercase|upper-case]",
)
LOWER = _case(
    "[lower case|lower case|lowercase|small letters|small letters|lower case letters|little letters|all lower case]",
    "[small letters|lower case letters|little letters|lower case]",
    "[capitals|capital letters|upper case letters|big letters]",
    "[lowercase|lower-case|decapitalise|uncapitalise]",
)

_LISTED = (
    "[bullets|bullets|bullet points|a list|a list|a bullet list|a bulleted list|points|list items|separate lines|a "
    "list of bullets|dashes]"
)
_THEM = (
    "[this|these|them|the following|the items|these items|it|these things|the things|these words|all of these|all this]"
)
BULLETS = "\n".join(
    (
        asked_to(
            f"[[write|put|show|format|set|give me|return|print|present|type|bring|display|output] {_THEM} [as|in|as|"
            f"in the form of] {_LISTED}|"
            f"[turn|change|convert|make|transform|rewrite] {_THEM} [into|to] {_LISTED}|[make|write|create|build|"
            f"prepare|produce|form] "
            f"{_LISTED} [of|from|out of|with] {_THEM}|[itemise|itemize|bullet] {_THEM}|list {_THEM} [one by one|line "
            f"by line|]|"
            f"put each [item|thing|of these] on [its own line|a line of its own]|[split|break] {_THEM} [up|] into "
            f"{_LISTED}]",
            f"{COLON}{{t}}",
        ),
        f"[bullets|bullet points|list|list of bullets|as a list|as bullets|as {_LISTED}|in {_LISTED}|bulleted|"
        f"itemised|my list|{_LISTED}, please]{COLON}{{t}}",
        f"{{t}}[\\n|\\n\\n| - ][as {_LISTED}|as {_LISTED}, please|make {_LISTED} of [this|that|these]|list [them|"
        f"these|that]|"
        f"bullet points|turn [it|this|that] into {_LISTED}|[write|put|format] [this|these|that|them] as {_LISTED}|"
        f"[now|] one per line|"
        f"give me {_LISTED}|can I have that as {_LISTED}][.||?|!]",
        f"{OPEN}[I need|I want|I would like|give me|let me have] [{_LISTED} of|these as {_LISTED}][:|] {{t}}",
    )
)

_FIRST = (
    "[first sentence|first sentence|first sentence|opening sentence|first line|beginning sentence|sentence at the "
    "start]"
)
_TEXT = "[this|this text|the text|the following|the following text|the passage|these sentences|it|what follows]"
FIRST = "\n".join(
    (
        asked_to(
            f"[[give me|show|say|write|return|print|quote|repeat|copy|take|pick|find|read|tell me|extract|state|cite|"
            f"output|name] "
            f"[only|just|] the {_FIRST} [of|from|in|out of] {_TEXT}|[keep|leave|take|save|use] [only|just|nothing "
            f"but] the {_FIRST} [of {_TEXT}|]|"
            f"[shorten|cut|reduce|trim|bring|cut down|crop|limit|shrink] {_TEXT} [down|] to [the|its] {_FIRST}|"
            f"[shorten|cut|reduce|trim|cut down] {_TEXT} to [one|a single] sentence|[drop|remove|delete|leave out|"
            f"cut] [all|everything] "
            f"[but|except|after] the {_FIRST} [of {_TEXT}|]|stop after the {_FIRST} [of {_TEXT}|]|make {_TEXT} "
            f"shorter: keep the {_FIRST}]",
            f"{COLON}{{t}}",
        ),
        f"{OPEN}[what is|which is|what was|where does it start: what is] the {_FIRST} [here|in {_TEXT}|of {_TEXT}|"
        f"][? |?\\n|?\\n\\n]{{t}}",
        f"{OPEN}[how does {_TEXT} [start|begin|open]|which sentence [comes first|is first|is the first|stands first|"
        f"opens the text|starts the text]"
        f"|what does the {_FIRST} say|with which sentence does {_TEXT} [start|begin|open]][? |?\\n|?\\n\\n]{{t}}",
        f"[{_FIRST}|{_FIRST} only|only the {_FIRST}|just the {_FIRST}|the {_FIRST}|one sentence only|{_FIRST}, "
        f"please]{COLON}{{t}}",
        f"{{t}}[\\n|\\n\\n| - ][[only|just|] the {_FIRST}[, please|]|what is the {_FIRST}[ here|]|keep [only|just] "
        f"the {_FIRST}|"
        f"shorten [this|it|that] to [the {_FIRST}|one sentence]|give me the {_FIRST}|repeat the {_FIRST}|which "
        f"sentence comes first|"
        f"cut [this|it] after the {_FIRST}|how does [it|this] [start|begin]][.||?|!]",
    )
)

_WORDS = "[words|letters|a word|words|writing|word form|full|plain words|English words]"
_NUMBER = "[the number|number|the digits|the figure|]"
DIGITS = "\n".join(
    (
        asked_to(
            f"[[write|put|say|give me|spell|type|express|print|show|set|read|tell me] {_NUMBER} {{t}} in {_WORDS}|"
            f"[spell|spell out|write out|"
            f"spell in full|name|read out|read aloud] {_NUMBER} {{t}}|[turn|change|convert|transform|translate] "
            f"{_NUMBER} {{t}} [into|to] {_WORDS}|"
            f"[give me|say|write|tell me|find|name] the [word|name|English word] for {_NUMBER} {{t}}|replace "
            f"{_NUMBER} {{t}} [by|with] "
            f"[a word|its word|its name|words]|[write|put|give|express|print] {_NUMBER} {{t}} as [a word|words|text|"
            f"letters]]",
            "[.|||!]",
        ),
        f"{OPEN}[how do you [say|write|spell|read|pronounce]|how is|how does one [write|say|spell]|how would you "
        f"[write|say|spell|read]|"
        f"how can I [write|say|spell]|how should I write] {_NUMBER} {{t}} [in {_WORDS}|as a word|in letters|out|][?|"
        f"?|]",
        f"{OPEN}[what is|what would be|which is|what do you call|how do you call] [the word for {_NUMBER} {{t}}|"
        f"{{t}} in [letters|writing|full]|"
        f"{_NUMBER} {{t}} as [text|words|letters]|the name of {_NUMBER} {{t}}|{_NUMBER} {{t}} [when spelled|spelled|"
        f"written] out][?|?|]",
        f"[{{t}} [in {_WORDS}|as a word|spelled out|written out|as text|in letters]|in {_WORDS}: {{t}}|number in "
        f"words: {{t}}|as a word: {{t}}|"
        f"{{t}}: which word|digits to words: {{t}}|spell: {{t}}|{{t}} -> word|word for {{t}}][.||?|, please]",
    )
)

_SAME = (
    "[this|the following|the text|this text|what follows|it|these words|this sentence|this line|the sentence|the "
    "next line]"
)
REPEAT = "\n".join(
    (
        asked_to(
            f"[[repeat|say|copy|write|echo|type|print|give back|return|reproduce|output|quote|recite|restate|show] "
            f"{_SAME} "
            f"[exactly|word for word|again|once more|back|back to me|as it is|unchanged|letter by letter|without any "
            f"change|||]|"
            f"[repeat|say|write] [exactly|just|only|] [what I say|what I write|my words|what stands here|the same|"
            f"the same text|the same words]|"
            f"[say|write|type|tell me] the same [again|thing|thing as I do|]|make a copy of {_SAME}|answer with "
            f"{_SAME}|"
            f"[do not change anything|change nothing] and [repeat|copy|write] {_SAME}]",
            f"{COLON}{{t}}",
        ),
        f"[repeat|copy|echo|say|again|once more|say after me|same again|word for word|exactly this|repetition|type "
        f"this|quote]{COLON}{{t}}",
        "{t}[\\n|\\n\\n| - ][repeat [that|this|it|the sentence|the text]|say [that|it] [again|once more]|[copy|"
        "echo] [that|this|it]|once more|again|"
        "the same again|now you say [it|that]|write [that|it] again|repeat it word for word|give [that|it] back to "
        "me][.|, please|, please.|!|]",
    )
)
