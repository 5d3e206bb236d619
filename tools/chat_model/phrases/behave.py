"""System messages on style and persona. `{x}` is what stands first or last."""

from __future__ import annotations

_EACH = (
    "[every answer|each answer|every reply|each reply|all answers|all your answers|all replies|your answers|your "
    "replies|every message|each message|your message|each of your answers|whatever you say|what you write|every "
    "response|all responses|your text|any answer|every single answer]"
)
_ALWAYS = (
    "[||||always |from now on |in this chat |please |you must |you should |you have to |your task: |without "
    "exception, |it is important: |rule: |style: |in every case |be sure to |make sure to |never forget to |"
    "remember to |I want you to |we ask you to |for fun, ]"
)
_YOU = (
    "[||||||you are a helpful assistant. |you are a friendly assistant. |be brief. |you answer questions. |you are "
    "an assistant. |be helpful. |answer the user. |be kind. |you help people. |you are polite. |act as a helper. |"
    "keep it short. ]"
)
_AFTER = (
    "[.|.|.|!|, please.|, always.| without exception.| from now on.| whatever the user says.|, no matter what is "
    "asked.|. Nothing else matters.|. Keep to this.|. This is important.|. Do not forget this.|]"
)


def _cased(names: str, letters: str, others: str) -> str:
    return "\n".join(
        (
            f"{_YOU}{_ALWAYS}[answer|reply|respond|write|speak|talk|write {_EACH}|give {_EACH}|put {_EACH}|say "
            f"everything|type|type {_EACH}|write back|set {_EACH}|print {_EACH}|express yourself] [in|in|only in|"
            f"just in] {names}{_AFTER}",
            f"{_YOU}{_ALWAYS}[use|take|write with|answer with|type with|work with] [only|just|nothing but|] "
            f"{letters}{_AFTER}",
            f"{_YOU}{_EACH} [is|must be|should be|has to be|are|will be|shall be|needs to be] [in|only in|all in|"
            f"written in|typed in] {names}{_AFTER}",
            f"{_YOU}[never use|do not use|avoid|no|there must be no|leave out|without any] {others}{_AFTER}",
            f"{_YOU}[{names}|{names} only|only {names}|{letters} only|all {letters}|just {letters}|{names}, please|"
            f"always {names}|style: {names}|case: {names}]{_AFTER}",
            f"{_YOU}you [are someone who|are a bot that|are a machine that|are a voice that|always|only|] [write in|"
            f"writes in|speak in|answers in|answer in|reply in|talk in] {names}{_AFTER}",
            f"{_YOU}the user [wants|likes|needs|asked for|prefers|can only read] [answers in|replies in|texts in|] "
            f"{names}{_AFTER}",
            f"{_YOU}[turn|change|convert|put] {_EACH} [into|to] {names} [before you send it|]{_AFTER}",
        )
    )


UPPER = _cased(
    "[upper case|upper case|uppercase|capitals|capital letters|capital letters|all caps|caps|block letters|block "
    "capitals|big letters]",
    "[capitals|capital letters|upper case letters|big letters|block letters|upper case|uppercase]",
    "[small letters|lower case letters|lower case|lowercase letters]",
)
LOWER = _cased(
    "[lower case|lower case|lowercase|small letters|small letters|little letters|lower case letters|all lower case|"
    "lowercase letters]",
    "[small letters|lower case letters|little letters|lower case|lowercase]",
    "[capitals|capital letters|upper case letters|upper case|big letters|caps]",
)


def _placed(verb: str, bare: str, place: str, word: str, part: str, doing: str, where: str, then: str) -> str:
    """At the end or the start: its verbs, verbs without an object, "at the end", "last", "sign-off", and the rest."""
    return "\n".join(
        (
            f"{_YOU}{_ALWAYS}{verb} {_EACH} [with|with|by saying|by writing|using|with the word|with the words|with "
            f"exactly] {{x}}{_AFTER}",
            f"{_YOU}{_ALWAYS}{bare} {{x}}{_AFTER}",
            f"{bare} {{x}}[.|.||!|, please.]",
            # Twice, for short orders are what people type.
            f"[||||always |please |just |only ]{verb} [it|it|this|all|all of it|them|each|everything|answers|replies|"
            f"messages|texts|the answer|your answer|the text|what you say] with {{x}}[.|.||!|, please.]",
            f"[||||always |please |just |only ]{verb} [it|it|this|all|all of it|them|each|everything|answers|replies|"
            f"messages|texts|the answer|your answer|the text|what you say] with {{x}}[.|.||!|, please.]",
            f"{_YOU}{_ALWAYS}[put|write|say|add|place|type|use|set|mention|attach|insert|have|leave|print] {{x}} "
            f"{place} [of {_EACH}|of {_EACH}|of it|]{_AFTER}",
            f"{_YOU}{_EACH} [must|should|has to|have to|will|shall|needs to|always|ought to] {bare} {{x}}{_AFTER}",
            f"{_YOU}[the {word} [word|thing|words|part|line|phrase] [of {_EACH}|you say|you write|that you say] [is|"
            f"must be|should be|has to be] {{x}}|{{x}} [is|must be|should be|has to be] the {word} [word|thing|part] "
            f"[of {_EACH}|you say|you write]|[let|make|keep] {{x}} [be|] the {word} [word|thing|line|words] [of "
            f"{_EACH}|you say|that we read|]|your {word} [word|words|line|phrase|remark] [is|are|will be|:] {{x}}]"
            f"{_AFTER}",
            f"{_YOU}[{{x}} [comes|goes|stands|belongs|is] {place} of {_EACH}|{{x}} {where} {_EACH}|{where} {_EACH} "
            f"[comes|say|write|add|put|stands] {{x}}|{where} {_EACH}: {{x}}]{_AFTER}",
            f"{_YOU}[use|take|give|say|keep|choose|write] {{x}} as [the|your|a|its] {part} [of {_EACH}|for {_EACH}|in "
            f"{_EACH}|]{_AFTER}",
            f"{_YOU}[your|the|a fixed|each|the usual] {part} [is|is always|must be|should be|:|will be] {{x}}{_AFTER}",
            f"{_YOU}[give|add to] {_EACH} [the {part} {{x}}|{{x}} as {part}|a {part}: {{x}}]{_AFTER}",
            f"{_YOU}{_ALWAYS}{then}{_AFTER}",
            f"{_YOU}{then}{_AFTER}",
            f"{_YOU}you [always|] {verb} {_EACH} with {{x}}{_AFTER}",
            f"{_YOU}you [always|only|never fail to|like to|] {bare} {{x}}{_AFTER}",
            f"{_YOU}[style|rule|habit|form|order]: {doing} {{x}}{_AFTER}",
            f"{_YOU}[I like|the user likes|we want|people love|write|give] [answers|replies|messages] [that {bare}|"
            f"{doing}] {{x}}{_AFTER}",
            f"[{part}|{word}|{word} word|{word} words|{place}]: {{x}}[.||, always.]",
        )
    )


END = _placed(
    "[end|end|finish|close|conclude|complete|wrap up|round off|stop|terminate]",
    "[end with|end with|finish with|finish with|conclude with|stop with|wrap up with|sign off with|round off with|"
    "close by saying|close by writing|close off with|close on|close it with|close down with|end by saying|finish by "
    "adding|end on|finish off with|end up with|leave with|say goodbye with|take leave with|finally say|finally write|"
    "at last say|lastly say|in closing, say|to close, say|to end, write|for a close, add|close things with]",
    "[at the end|at the end|at the very end|last|as the last word|at the close|in the last place|at the bottom|as the "
    "closing word|last of all|at the tail]",
    "[last|final|closing|very last|concluding|last|final]",
    "[ending|sign-off|close|closing|suffix|conclusion|last word|final word|closing line|finish|postscript|closing "
    "formula|parting word|tail]",
    "[ending with|closing by saying|closing on|finishing with|ending on|signing off with]",
    "[after|behind|at the end of|following|at the close of]",
    "[append {x} to what you say|append {x}|append {x} to the text|add {x} as a suffix|when you are done, [say|write|"
    "add] {x}|once you have answered, [say|write|add] {x}|after answering, [say|write|add] {x}|answer, then [say|"
    "write|add] {x}|answer first and [say|add|write] {x} after that|first the answer, then {x}|{x} follows the answer|"
    "let {x} follow|never [stop|leave|go|finish] without {x}|do not begin with it: end with {x}|not at the start, but "
    "at the end: {x}|nothing comes after {x}|{x} comes last|{x} goes last|do not stop before you have said {x}|attach "
    "{x} to the end|let {x} have the last word|the answer comes before {x}|close every text, however short, by saying "
    "{x}|the close is {x}|make {x} the close]",
)
START = _placed(
    "[begin|begin|start|start|open|introduce|lead in]",
    "[begin with|begin with|start with|start with|start off with|begin by saying|begin by writing|start by saying|"
    "open by saying|open by writing|open up with|open it with|open on|lead with|lead off with|start out with|kick off "
    "with|set out with|go first with|come in with|step in with|first say|first write|at first say|to open, say|to "
    "begin, write|for a start, say|before all else, say|open things with|start from|greet with]",
    "[at the start|at the start|at the beginning|first|at the very beginning|as the first word|in front|in the "
    "first place|at the head|at the top|as the opening word|first of all]",
    "[first|first|opening|very first|initial|leading]",
    "[beginning|opening|prefix|start|first word|opening word|opening line|introduction|lead|opener|head|opening "
    "formula]",
    "[starting with|opening by saying|opening on|beginning with|starting off with|leading with]",
    "[before|in front of|at the start of|ahead of|preceding|at the head of]",
    "[prepend {x} to what you say|prepend {x}|prepend {x} to the text|prefix what you say with {x}|add {x} as a prefix|"
    "before you answer, [say|write] {x}|before answering, [say|write] {x}|before anything else, [say|write] {x}|say "
    "{x}, then answer|write {x} and then the answer|first {x}, then the answer|the answer follows {x}|let {x} come "
    "first|never [start|begin] without {x}|do not end with it: begin with {x}|not at the end, but at the start: {x}|"
    "nothing comes before {x}|{x} comes first|{x} goes first|do not answer before you have said {x}|put {x} in front|"
    "the answer comes after {x}|let {x} lead|open every text, however short, by saying {x}|the opening is {x}|make {x} "
    "the opening|open your mouth with {x}]",
)

_NAME = (
    "[you are|you are called|your name is|your name: |you go by the name of|you are named|people call you|call "
    "yourself|the user knows you as|you answer to the name|they named you|this is|be] {x}"
)
NAMED = "\n".join(
    (
        f"{_NAME}[.|.|.|!|, the helper of this page.|. Be kind.|, an assistant.|. Be brief.|, a friendly bot.|. You "
        f"help people.|, our assistant.|]",
        f"{_NAME}[, a {{j}}|, the {{j}} of {{y}}|, the assistant of {{y}}|, the voice of {{y}}|, a helper from {{y}}|"
        f", who works for {{y}}|, the chat bot of {{y}}][.|.|. Answer briefly.|. Be friendly.|]",
        "you are [an assistant|a bot|a helper|the chat bot|a {j}|a friendly {j}|the assistant of {y}|a model|a "
        "robot] [named|called|with the name|by the name of] {x}[.|. Be kind.|. Keep it short.|!|]",
        "[act as|play|pretend to be|speak as|answer as|take the role of|imagine you are|you play|from now on you "
        "are|in this chat you are|behave like] [{x}|{x}, a {j}|a {j} named {x}|the {j} {x}|{x} from {y}][.|.|!|. "
        "Stay in your role.|. Answer as {x} would.|]",
        "[assistant|name|persona|role|character|bot name|your name]: {x}[.||, a {j}|, {j}]",
    )
)
WHO = "\n".join(
    (
        "[so, |hi, |hello, |hey, |and |excuse me, |||||||][who|what] [am I talking to|am I speaking with|is this|is "
        "that|is there|do I talk to|is answering|is speaking|is writing|are you then|are you really][?|?|]",
        "[so, |hi, |hello, |hey, |and |||||||][what is|what's|what was|say|tell me|give me|may I know|can you tell "
        "me|I would like to know|do you know|could you say|please say|please tell me|may I ask] your name[?|.||, "
        "please?| again?]",
        "[so, |hi, |hello, |hey, |||||||][how are you called|how do people call you|what do people call you|what "
        "should I call you|how should I call you|how can I call you|what do they call you|which name do you have|"
        "what name do you have|do you have a name|what name do you go by|how do I address you|how were you named|"
        "your name|your name, please|with whom do I speak|who do I speak to|who is it|who's there|whom am I talking "
        "to][?|?|]",
        "[please |can you |could you |will you |now ||||][introduce yourself|present yourself|say who you are|tell "
        "me who you are|name yourself|say your name|tell me what you are called|tell me how you are called|say how "
        "you are called|give your name|tell me your name|identify yourself][?|.||, please]",
        "[I am {f}|my name is {f}|I'm {f}|{f} here][, and you?|, who are you then?|. And you?|. And your name?|. "
        "What's yours?|. Who am I talking to?|, and what is your name?]",
    )
)
SIGNS = (
    "Ahoy!|Yes!|Over.|Done.|Listen:|Well,|Amen.|Cheers!|Indeed.|Okay.|Hurray!|Stop.|Look:|So,|Right.|Howdy!|Sir.|Beep.|"
    "Bravo!|My friend.|Oh!|Thanks!|Always.|The end.|Good luck!|Hear, hear!|Of course.|Meow.|Woof!|Ha!|Dear user,|Fine.|"
    "Roger.|Hooray!|Peace.|Boom!|Certainly!|As you wish.|Good question!|That is all.|Over and out.|Note:|Answer:|"
    "Hi!|***|-|:)|Next!|Now then,|Hm.|Aha!|Voila!|Finished.|Full stop.|Hello,|Hey:|Yours truly.|Greetings!|Right,|"
    "Okay:|No doubt.|Sure.|Attention:|Hark!|Enough.|All done.|Ready.|Ready:|Out.|See above.|I promise.|Believe me.|"
    "Honestly,|Tada!|Yay!|End of message.|Stop here.|Captain.|Madam,|Dear friend,|Oh well.|Bye.|So be it.|No,|Yes,"
)
