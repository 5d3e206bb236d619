"""How a form is asked for, and how values are told: `{t}` the text, `{k}` its sort or a key, `{h}` the keys."""

from __future__ import annotations

from tools.chat_model.phrases.shells import COLON, asked_to

_WHAT = "[the data|the data|the {k}|the {k}|all data|the fields|the facts|the details|the information|the values]"
_FROM = (
    "[from this text|from the text|from the following text|from the text below|from this message|from this passage|"
    "from the passage below|in this text|out of this text|from what follows|from this note|given here]"
)
_ABOVE = "[from this text|from the text above|from the text|from this|from what is written above|in it||||]"
_JSON = "[||| as JSON| in JSON| as a JSON object| as an object| into the form| into the fields]"
_DO = "[extract|find|get|pull|read|take|collect|copy|pick out|gather]"
ASKS = "\n".join(
    (
        asked_to(f"{_DO} {_WHAT} {_FROM}{_JSON}") + COLON + "{t}",
        asked_to(f"{_DO} {_WHAT} {_FROM}{_JSON}") + COLON + "{t}",
        asked_to("[fill in|fill out|complete|fill] [the form|this form|the fields|the {k}|the JSON|the record]")
        + "[| from this text| with the text| from the note| using this]"
        + COLON
        + "{t}",
        asked_to(
            "[turn|convert|make|change|put|translate] [this|the text|it|this {k}] into [JSON|a record|data|fields]"
        )
        + COLON
        + "{t}",
        asked_to("[parse|structure|process|analyse|convert|index] [this|the text|this {k}|the {k}|it]") + COLON + "{t}",
        "{t}" + "\\n\\n" + asked_to(f"{_DO} {_WHAT} {_ABOVE}{_JSON}", "[.|!||.]"),
        "{t}\\n\\n[JSON|JSON, please|As JSON|JSON only|Data|Fields|Extracted data|As a JSON object|Form]"
        "[:|.|||, please.]",
        "{t}\\n"
        + asked_to("[fill in|fill out|complete] [the form|this form|the fields|the JSON] [from this||]", "[.||!]"),
        "[text|note|input|message|passage|source|document|mail|page|entry]: {t}\\n[||\\n][JSON|data|fields|the {k}|"
        "record|form|output]:",
        "[here is|this is|I have|I got|look at|consider|see] [a text|a {k}|a note|a message|the text|my text]: {t}\\n"
        "[|What are the values?|Give me the values.|Which values does it have?|Fill in the form.|What does it say?|"
        "I need it as JSON.|Put it into JSON.|Make JSON of it.]",
        "[what|which] [data|values|facts|fields|details] [are|stand|do you find|can you find] in [this|this text|the "
        "text|the following]?\\n[|\\n]{t}",
        "{t}",
        "{t}\\n[what are the values?|what data is in this?|which facts are these?|what does the text say?|answer in "
        "JSON.|answer as JSON, please.|JSON output only.|reply with the fields.|give me the fields.]",
        "[data from|fields of|values in|JSON for|the {k} in|record for|form for] [this text|this|the text]: {t}",
    )
)
"""What to do with a text."""
APART = "\n".join(
    (
        asked_to(f"{_DO} {_WHAT} {_ABOVE}{_JSON}", "[.|!||.]"),
        asked_to("[fill in|fill out|complete] [the form|this form|the fields|the JSON|the record]", "[.|!||.]"),
        "[JSON|data|the fields|values|the {k}][, please.|.||!]",
        "[what are the values|which values are there|what data do you find|what does the text say][?||]",
    )
)
"""The same where the text stands elsewhere."""
HINTS = "\n".join(
    (
        "[answer|reply|respond|write] [only |]in JSON[:| with| with the keys| with the fields|, fields:] {h}[.||]",
        "[fields|keys|form|schema|columns|the fields|JSON keys|needed|wanted]: {h}[.||]",
        "[you|your task is to|your job is to|please] [extract|find|fill in|read] [these|the] [fields|keys|values]: "
        "{h}[.||]",
        "[I need|I want|we need|give me] [the fields|the values of|the keys|]: {h}[.||]",
        "[use|take] [these keys|this form|the keys|this schema|these names]: {h}[.||]",
    )
)
HELPERS = "\n".join(
    (
        "You [extract|read out|collect|find] data[| from texts| from what users send| for a database][.|, as JSON.]",
        "You are [an assistant|a tool|a parser|a helper|a program] that [extracts|finds|reads|fills in] "
        "[data|facts|forms|fields|values].",
        "[extract|find|read] [the data|the values|what is asked] [from|in] [the|each] [text|message|note] [of the "
        "user|].",
        "You turn [text|texts|messages|mails|notes] into [JSON|data|records|forms].",
        "[copy|take] the values [exactly|word for word|as they are] from the text.",
    )
)
FIELDS = "\n".join(
    (
        "[the|our|my|your|this|that|her|his|their|every] {k} [is|was|is called|is now|will be|reads|says|shows|is set "
        "to|"
        "has become|remains|is still|equals|must be|should be] {v}[.|.||;]",
        "[the|our|my|here the|today the|now the] {k}[:| -| =| ->] {v}[.||]",
        "{k}[: |: | = | - |: |, |:|=|\\t| -> | => | is ]{v}[|.||;]",
        "{K}[: |: | = | - |: |, |:| -> | => | is | was ]{v}[|.||;]",
        "[for|under|at|by|with|behind] [the|] {k} [we|you|I|they] [find|have|see|read|wrote|noted|put|keep] {v}[.||]",
        "[we|you|I|they] [have|found|put|wrote|took|chose|noted|use|set|keep|know|gave] {v} [as|for|under|as the|for "
        "the] "
        "{k}[.||]",
        "{v} [is|was|stands for|is the value of|goes with|is our|is my|is your|belongs to|is written for] [the|] "
        "{k}[.||]",
        "[as for|as to|regarding|concerning|about] [the|its|our|] {k}[,|:] [it is|we say|there is|I say|it says|that "
        "is|"
        "] {v}[.||]",
        "[what is|what about|and] [the|its|] {k}? [it is|that is|we say|] {v}[.||]",
        "[its|whose] {k} [was|will be|remains|reads|says|shows|became|seems] {v}[.||]",
        "[in|on|at] [the|] {k} [there is|stands|we see|it says|one reads|you find] {v}[.||]",
        "[|- |* |1. |# |> ]{k}[: |: | = |: ]{v}",
        "[take|put|write|use|choose|set|enter|note] {v} [as|for|as the|for the|under] {k}[.||]",
        "[set|make|change|call] [the|our|its|] {k} [to|be|:] {v}[.||]",
        '"{k}"[: |: | = | is ]"{v}"[,|]',
        "<{k}>{v}</{k}>",
        "| {k} | {v} |",
    )
)
INVOICE = "\n".join(
    (
        "[invoice|bill|invoice no.|invoice number|bill number|invoice #] {n} [from|by|of|sent by|, issued by] "
        "{c}[.|:|,] "
        "[the total is|total:|in total|amount:|sum:|it is over|it comes to|we are asked for] {t} euros[, due on|. "
        "Due:|; "
        "pay by|, to be paid by|. It is due on|, payable by] {d}.",
        "{c} [sends|sent|wrote|mailed|issued|gave us] [the |an |a |]invoice [number |no. |]{n} [over|for|of|that asks "
        "for|"
        "about] {t} euros[. Please pay by|, due on|; the last day is|. It has to be paid by|. The date is] {d}.",
        "[please |you must |we have to |you should |kindly |]pay {t} euros to {c} [until|by|before|no later than|on] "
        "{d}[."
        " The invoice has the number|, invoice|. The invoice number is|; it is invoice|. Please give the number] {n}.",
        "[by|until|before|on] {d} [we|you|I|they] [must|have to|should] [pay|send|transfer] {t} euros to {c}[ for "
        "invoice|,"
        " as invoice| because of invoice|. The invoice is number] {n}[ says| asks|].",
        "[we|I|they|you] [still owe|have to pay|must send|must transfer|need to pay|will pay] [the company |the firm "
        "|]{c} "
        "[the sum of |a total of |exactly |]{t} euros [because of|under|as said in|according to|by] invoice [number "
        "|no. |]"
        "{n}[; the last day is|; pay before|, by|, until|. The due date is|; it should be there on] {d}.",
        "[for|on] invoice [number |no. |]{n}[ of| from|,] {c} [gets|wants|asks for|is owed|receives|expects] {t} "
        "euros[ "
        "on| by| until|, due on|; it is due by] {d}.",
        "{t} euros [go|went|are due|have to go|must be sent] to {c} [for|under|as|because of] invoice {n}[, due on|; "
        "due|"
        " until| on| by] {d}.",
        "[|from: ]{c}\\n[number|invoice|invoice number|no.]: {n}\\n[total|sum|amount]: {t} euros\\n[due|due date|pay "
        "by]: {d}",
        "{d} is the [last day|due date|date] for invoice {n}[ of| from| by] {c}[: it asks for|, which is over|; the "
        "total "
        "is|. The sum is] {t} euros.",
    )
)
RECIPE = "\n".join(
    (
        "[for|to make|to cook|to prepare|if you want] {n}[,|] [you need|take|buy|get|mix|use|have ready] {i}[. It "
        "takes|, "
        "and wait|. Cook it for|. Ready in|. Plan|. Give it|. The time is] {m} minutes.",
        "{n} [is ready in|takes|needs|is done in|cooks for|is made in|wants] {m} minutes. [take|you need|mix|use|it is "
        "made of|it has|buy|ingredients:|in it are] {i}.",
        "[you|we|they|I|one can] [cook|prepare|bake|get|create|produce] {n} [from|of|out of|by mixing|using] {i}[ in| "
        "within|, which takes|, and it takes|; wait|. It is done in] {m} minutes.",
        "[with|from|out of|of] {i} [you|we|they|I|one] [cook|get|prepare|bake|can make] {n}[ in| within|; it takes|, "
        "ready in] {m} minutes.",
        "[in|after|within] {m} minutes [you have|there will be|we can eat|you get|comes] {n}[: take|, made of|. Use|; "
        "it "
        "needs|, with] {i}.",
        "{n}\\n[ingredients|you need|take]: {i}\\n[time|minutes|cook]: {m} minutes",
        "[mix|take|combine|cook|stir] {i} [for|in] {m} minutes[ and you have|. That is|. Now you have|; this makes| to "
        "get| for] {n}.",
    )
)
CONTACT = "\n".join(
    (
        "[contact|write to|ask|reach out to|talk to|meet|call] {n}[:|,| at] {e}[, phone| or| and|; phone:|, tel.] "
        "{p}[. "
        "The address is|, address:|, who lives at|. Home:|; visit] {a}.",
        "{n} [lives at|has a flat at|stays at|works at|is at home at|can be found at] {a}[. Call|; the phone is|. The "
        "number is|, phone] {p} [or write to|or mail|, mail|and the mail is|; the mail is|, e-mail] {e}.",
        "[name|contact|person]: {n}\\n[e-mail|mail|email]: {e}\\n[phone|tel.|number]: {p}\\n[address|home|street]: {a}",
        "[I am|this is|they call me|hello, I am|it is] {n}[, and my| and my|. My] [address is|home is|door is at] "
        "{a}[. "
        "Phone|, phone|; call] {p}, [mail|or write to|e-mail] {e}.",
        "[phone|dial|call|ring] {p} [for|to reach|and ask for|and you get] {n}[, or write to|, mail|; e-mail:|. Mail:] "
        "{e}"
        "[. Letters go to|, letters to|; the door is at|. The house is at|, home:] {a}.",
        "[letters|parcels|post] for {n} [go|should go|are sent] to {a}[, mails to|; mails go to|. The mail is] {e}[ "
        "and "
        "calls to|, calls to|; the phone is|. Phone:] {p}.",
        "{n}[, | - |\\n|; ]{a}[, | - |\\n|; ]{p}[, | - |\\n|; ]{e}",
        "[at|under] {e} [or|and] {p} [you find|one finds|you get|people get] {n}[, who lives at|, of|; the address is| "
        "at] "
        "{a}.",
    )
)
