"""Asking for a tool that is made up: `{v}` and `{V}` are its verb, `{n}` its noun, `{x}` the argument."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, asked_to, wondered

_Q = "[?|?|]"

GENERIC = "\n".join(
    (
        asked_to(
            "[{v}|{v}|{v}|{v} me|{v} us] [the|the|the|a] {n} [of|of|for|from|in|at|by|with|about|on] {x}", "[.|.||?|!]"
        ),
        asked_to(
            "[give me|tell me|show me|look up|find|find out|get|get me|check|let me have|let me see|say|bring me|"
            "name|report|search|pull up|see|try|return|want] [the|the|the|what the] {n} [of|for|from|at|in] {x}",
            "[.|.||?|!]",
        ),
        f"{OPEN}[what is|what's|which is|where is|how is|what was|what would be|which one is] the {{n}} [of|for|from|"
        f"at|in|with] {{x}}{_Q}",
        f"{OPEN}[what {{n}} does {{x}} have|which {{n}} does {{x}} have|which {{n}} belongs to {{x}}|what {{n}} "
        f"belongs to {{x}}|which {{n}} is the one of {{x}}|what {{n}} goes with {{x}}|does {{x}} have a {{n}}|is "
        f"there a {{n}} for {{x}}|do we have the {{n}} of {{x}}|have you got the {{n}} of {{x}}|what about the {{n}} "
        f"of {{x}}|which {{n}} is for {{x}}|what do you have as {{n}} for {{x}}]{_Q}",
        f"{OPEN}[I need|I want|I would like|I'd like|I am looking for|we need|I have to see|I wish to see|I must "
        f"have|I could use|I am waiting for|I am missing|I lost|I search for|I ask for] [the|the|a] {{n}} [of|for|"
        f"from|at|that belongs with|that goes with|in] {{x}}[.|.||, please.|!]",
        wondered(
            "[the {n} of {x}|the {n} for {x}|what the {n} of {x} is|which {n} {x} has|what {n} belongs to {x}|where "
            "the {n} of {x} is|how the {n} of {x} is|whether there is a {n} for {x}]"
        ),
        "{x}[: |, | - |. |? ][{v} the {n}|{n}|the {n}, please|what {n} is it|{n}, please|which {n}|"
        "what is the {n}|I need the {n}|{n}?][.||?|]",
        "[{n}|the {n}|{V} {n}|{v} {n}|my {n}|{n} please] [of|for|from|:|at] {x}[.||?|, please|!]",
        f"{OPEN}[it is about|this is about|I have a question on|my question is about|I am interested in|we talk "
        f"about|I work with|I am calling about|I think of] {{x}}[: |. |, ][{{v}} the {{n}}|what is the {{n}}|I need "
        f"the {{n}}|give me the {{n}}|what {{n}} is there|show the {{n}}|which {{n}} is it][.||?]",
        f"{OPEN}[can you|could you|will you|would you|are you able to|is it possible to|may I ask you to] {{v}} [me |"
        f"]the {{n}} [of|at|from|with|for] {{x}}{_Q}",
        f"{OPEN}[do you know|do you have|did you see|have you seen|can you see|did you find|can I see|may I see|"
        f"where do I find|how do I get] the {{n}} [for|from|at|with|of] {{x}}{_Q}",
        f"{OPEN}{{x}} [needs|wants|asks for|has lost|is missing|would like|has|should have|cannot find|waits for] [a|"
        f"the|its] {{n}}[: {{v}} it.|. {{V}} it, please.|: can you {{v}} it?|. Please {{v}} it.|: {{v}} that {{n}}.|"
        f", so {{v}} it.|: find it.|. Get it.]",
        f"{OPEN}[look at|take|start with|begin with|go to|open|for] {{x}}[: |, |. |, then ][{{v}} the "
        f"{{n}}|{{v}} its {{n}}|I need the {{n}}|get the {{n}}|{{n}}|give me the {{n}}][.||!]",
    )
)
