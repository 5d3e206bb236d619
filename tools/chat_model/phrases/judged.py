"""Texts that have a label: what people write of things, of a topic, and for what purpose."""

from __future__ import annotations

_HOW = (
    "[|||really |very |just |so |quite |truly |simply |rather |totally |absolutely |pretty |all in all |"
    "surprisingly |always |still |again ]"
)
_SUCH = "[||||really |very |quite |truly |rather |simply |pretty ]"
_IT = (
    "[the {t}|this {t}|my {t}|our {t}|the {t} that I [got|bought|ordered|found|have]|your {t}|the new {t}|their {t}|"
    "that {t}|the {t} from the shop|this new {t}|her {t}|the little {t}]"
)
_WHO = (
    "[I|we|my [sister|brother|friend|mother|father|wife|husband|family|neighbour|boss|son|daughter|uncle|aunt]|"
    "people here|the children|all my friends|she|he|they|most of us|our guests]"
)
_THAT = "[it|this {t}|the {t}|that {t}|my {t}|our {t}]"
_END = "[.|.|.|!|.|.|]"
_FROM = (
    "[| in every way| after a week| from the first day| for the price| to be honest| in my view| as far as I can "
    "tell| if you ask me| again| this time| at home| for us| as we thought| and we use it every day| and that is "
    "all I can say| on the whole| so far| today]"
)
_SAY = (
    "[I think|I must say|I have to say|in my opinion|to be honest|to tell the truth|frankly|I find|we think|I would "
    "say|all I can say is|my sister says|my friends say|people say|I believe|it seems|in short|as always|for once|I "
    "am sure|they told me|you should know that|we all agree that|I heard that|in the end|after all]"
)

VIEWS = "\n".join(
    (
        f"{_IT} [is|was|is|was|looks|feels|seems|turned out|turned out to be|proved|has been|became] "
        f"{_HOW}{{a}}{_FROM}{_END}",
        f"{_SAY}[,|] {_IT} [is|was|looks|seems|has been] {_HOW}{{a}}{_FROM}{_END}",
        f"[what a|such a|this is a|it is a|it was a|that is a|a|I got a|I have a|we bought a|I own a|they sold me a|"
        f"here is a|we had a|just a|you get a|she has a|this was a] {_SUCH}{{a}} {{t}}{_FROM}[.|!]",
        f"{{a}}[!|.|, {{a}}!| {{t}}!| {{t}}.| {{t}}, I must say.| thing, this {{t}}.| stuff.| in every way.|, that "
        f"{{t}}.|, to be honest.| {{t}}{_FROM}.]",
        f"I [bought|ordered|got|tried|use|used|have used|rented|borrowed|tested|unpacked|received] {_THAT} [last "
        f"week|yesterday|in spring|this morning|for my mother|here|online|two days ago|for my kitchen|] and it [is|"
        f"was|looks|seems] {_HOW}{{a}}{_END}",
        f"{_WHO} [find|found|call|called|think|thought|consider|considered] {_THAT} {_HOW}{{a}}{_FROM}{_END}",
        "[how|how very] {a} [this|that|the|my|our] {t} [is|was][!|.]",
        f"my {{t}} [came|arrived|got here] [today|yesterday|on time|last week|late|in a box] and [it is|it was|looks|"
        f"it looks|works: it is] {_HOW}{{a}}{_END}",
        f"a friend [told|said to|wrote to] me that {_THAT} is {{a}}, and [it is|she is right|he is right|that is "
        f"true|I agree|so it is]{_END}",
        f"[the quality|the service|the staff|the colour|the size|the sound|the shape|the delivery|everything|the "
        f"help] of {_THAT} [is|was] {_HOW}{{a}}{_FROM}{_END}",
        f"[for me|to me|to us|for my family|for my father|to all of us], {_THAT} [is|was] {_HOW}{{a}}{_END}",
        f"there [is|was] [nothing to add|one word for {_THAT}|only one word for it|no other word]: {{a}}{_END}",
        f"you [get|have] a {_SUCH}{{a}} {{t}} [there|from them|here|for your money|in that shop]{_END}",
        f"is it only me, or is {_THAT} {_HOW}{{a}}?",
        f"[nobody|no one] [told me|said|warned me|knew] [how {{a}} {_THAT} [would be|was]|that {_THAT} [would be|"
        f"was] {_HOW}{{a}}]{_END}",
        "the {t}: {a}[.|, {a}.| as ever.| as always.| and that from the first day.|!]",
        f"[everybody|every guest|my sister|my boss|the postman|the woman next door|half the town|each of us|whoever "
        f"sees it|who knows it|all of them|people|my friends] [says|thinks|tells me|told me|agrees|would say|wrote|"
        f"swears|knows] that {_IT} is {_HOW}{{a}}{_FROM}{_END}",
        f"{_IT} is {_HOW}{{a}}, [say|think|said] [my friends|my parents|all who saw it|people|the others|we all]{_END}",
        f"{_WHO} [finds|found|felt|call|called|calls|thinks|thought] [{_THAT}|the {{t}} from the shop|both {{t}}s|"
        f"the old {{t}}|the whole {{t}}] {_HOW}{{a}}{_FROM}{_END}",
        f"{_SAY}[,|] {_IT} is {_HOW}{{a}}, and so [do we|thinks my wife|say my friends|do my parents|does my son|"
        f"says my brother|is the box|do all of us]{_END}",
        f"[yesterday|in spring|last year|on Monday|at home|in the end|once more] [we|I|they|my parents] [found|"
        f"called|thought] [this|our|that|her] {{t}} {_HOW}{{a}}{_END}",
        f"[he|she|my uncle|a guest|the child] [found|called|thinks] it {_HOW}{{a}}{_END}",
        "[the box came,|I looked at the {t},|we paid for it,|years went by,|I opened the door,|you know me,] [and it "
        "is|it was|and I find it|I call it|it is just|and all I see is] {a}[.|!]",
    )
)
BUT = "\n".join(
    (
        f"[I|we] [thought|expected|feared|hoped|believed] {_THAT} [would be|was|to be] {{o}}, but it [is|was] "
        f"{_HOW}{{a}}{_END}",
        f"[people|some|the reviews|my friends|they] [say|said] it is {{o}}, but [I find it|for me it is|I think it "
        f"is] {_HOW}{{a}}{_END}",
        f"the last {{t}} was {{o}}, [but|while] this one is {_HOW}{{a}}{_END}",
        f"[at first|before|last year] it was {{o}}[, but| and] now {_THAT} is {_HOW}{{a}}{_END}",
        f"it may look {{o}}, but {_THAT} is {_HOW}{{a}}{_END}",
    )
)
NOT = "\n".join(
    (
        f"{_IT} [is not|was not|isn't|wasn't|is never|was never] [|really |very |that |so |at all |exactly "
        f"]{{a}}{_FROM}{_END}",
        f"I [would not|do not|cannot|will not] call {_THAT} {{a}}{_END}",
        f"{_IT} is [far from|anything but|nowhere near|hardly|by no means] {{a}}{_END}",
        "[not|never] {a}[!|, this {t}.| at all.|, to be honest.]",
        f"nobody [says|thinks|would say] that {_THAT} is {{a}}{_END}",
        f"{_SAY}[,|] {_THAT} [is not|was not|isn't] {_HOW}{{a}}{_END}",
        f"{_WHO} did not find {_THAT} {{a}}{_END}",
    )
)
FEELINGS = "\n".join(
    (
        f"[I|we|my wife and I|my friends and I|they|people|the children|both of us|my parents|the two of us|"
        f"most people] [really |just |all |both |simply |still ||||]{{v}} [it|this {{t}}|the {{t}}|that {{t}}|my "
        f"{{t}}|the {{t}} from {{b}}|their {{t}}|your {{t}}|our {{t}}|what {{b}} made|the {{t}} of {{b}}|this "
        f"one]{_FROM}{_END}",
        f"[after a [month|day|year]|today|since [May|spring|last week]|by now|in the end|honestly|to be fair|as a "
        f"family|once more|for three weeks now|every day] [I|we] {{v}} [it|this {{t}}|the {{t}}|that {{t}}|our "
        f"{{t}}]{_END}",
        f"[you ask what we think|what shall I say|in a word|my view|to make it short|let me be clear|in short]: [I|"
        f"we] {{v}} [it|this {{t}}|the {{t}}|that {{t}}]{_END}",
        f"[people who|those who|friends who|all who] [have|know|see|use] [it|this {{t}}|the {{t}}] {{v}} it{_END}",
    )
)
UNLIKED = "\n".join(
    (
        f"[I|we|they|people|my parents] [do not|don't|did not|never|will never] {{v}} [it|this {{t}}|the {{t}}|that "
        f"{{t}}|what {{b}} made]{_END}",
        f"[nobody|no one here] would {{v}} [it|this {{t}}|the {{t}}|that {{t}}]{_END}",
        f"[I|we] [cannot say that we|find no reason to] {{v}} [this {{t}}|the {{t}}]{_END}",
    )
)
FILLERS = (
    "It came on {d}.|I bought it in {p}.|My sister has the same one.|It stands in the hall.|The box had {n} parts.|"
    "I ordered it {n} days ago.|It is from {b}.|The post brought it on {d}.|We use it at home.|I saw it in a shop "
    "in {p}.|"
    "It has {n} buttons.|They sell it in {p}, too.|My brother carried it home.|I paid for it on {d}.|It was for my "
    "mother.|"
    "We live in {p}.|I found it online.|It weighs {n} kilograms.|There are {n} colours.|The shop closes on {d}."
)
FLAT = (
    "The {t} is {c}.|It is a {t}.|The {t} came on {d}.|This {t} is {c} and made of {m}.|I have a {t} from {b}.|"
    "The {t} stands in the hall.|The {t} has {n} parts.|We got the {t} on {d}.|They sell the {t} in {p}.|"
    "The {t} weighs {n} kilograms.|My {t} is from {p}.|This is the {t} that I ordered.|There is a {c} {t} in the box.|"
    "The {t} comes in {c}.|A {t} made of {m}.|I use the {t} on {d}.|It has a {c} {t}.|The {t} was sent from {p}."
)

_NEAR = "[in {p}|near {p}|from {p}|at {p}|of {p}|around {p}||||]"
_WHEN = (
    "[today|yesterday|last week|this year|on Monday|this morning|tonight|in summer|for years|again|now|on the "
    "weekend|last night||||]"
)
_ONE = "[the|a|this|their|our|my|that|every|no|his|her|one]"
_FOLK = (
    "[my brother|my mother|a friend|our neighbour|she|he|everybody|nobody|the man next door|my cousin|the mayor|an "
    "old woman|people|the children|we all|my boss|the reporter]"
)
ABOUT = "\n".join(
    (
        f"{_ONE} {{x}} [was|is|seems|looked|became|stayed] [new|old|good|long|short|better than before|on everyone's "
        f"mind|what we had hoped|a surprise|over|close to us|there|first|not what I thought|the reason for all this|"
        f"important] {_NEAR} {_WHEN}.",
        f"{_FOLK} [talked|spoke|wrote|asked|thought|dreamed|read|heard|knew|told us|laughed] [about|of] {_ONE} {{x}} "
        f"{_NEAR} {_WHEN}.",
        f"{_FOLK} [talked|wrote|asked me|told her|heard|read] about {_ONE} {{x}} and {_ONE} {{y}} {_WHEN}.",
        f"{_FOLK} [likes|saw|found|missed|wanted|remembers|mentioned|forgot|had|described|showed us|needs|chose|"
        f"watched|got|loved] {_ONE} {{x}} {_NEAR} {_WHEN}.",
        f"[before|next to|with|without|because of|thanks to|instead of|like|beside|between the {{y}} and] {_ONE} "
        f"{{x}} [came|was|stood|we saw|there was|there is] {_ONE} {{y}} {_WHEN}.",
        f"[there is|there was|we have|they have|we had|you can see|here is] [a|one|another|no|the] {{x}} [and a "
        f"{{y}}|with a {{y}}|like the {{y}}|or a {{y}}||||] {_NEAR} {_WHEN}.",
        f"[where|when|how|why] [is|was] {_ONE} {{x}} {_NEAR}?",
        f"[how do you like|do you know|have you seen|did you hear about|who knows|can we talk about|is it about|what "
        f"do you know about|tell me about|what happened to] {_ONE} {{x}} {_NEAR} {_WHEN}?",
        f"{{x}} and {{y}} [are|were] [all we had|what it is about|in the paper|our life|on the list|part of it|what "
        f"people want|the two things that count|in every street] {_NEAR} {_WHEN}.",
        "{x}, {y}[.|, and more.|: that was our day.| and so on.|, what else?|: what a week!]",
        f"[the best|the worst|the first|the last|the oldest|the biggest] {{x}} {_NEAR} [was|is] [here|gone|ours|"
        f"there|next to a {{y}}|his|well known|on the first page] {_WHEN}.",
        f"[news|a letter|a story|an article|a note|a word] [about|on] {_ONE} {{x}} [and the {{y}}||||] {_NEAR} "
        f"{_WHEN}.",
        f"it [was|is|all began] [about|with|because of|near] {_ONE} {{x}} {_NEAR} {_WHEN}.",
        f"[do not forget|look at|remember|think of|wait for|we need|I miss|mind|bring|let us see|hold] {_ONE} {{x}} "
        f"[and|or|with|before] {_ONE} {{y}} {_WHEN}.",
        f"if [you see|there is|we find|you need] {_ONE} {{x}}, [think of|look for|ask for|there is also|tell me "
        f"about|take] {_ONE} {{y}}.",
        f"{_ONE} {{x}} [brought|needs|had|has|met|follows|caused|changed] {_ONE} {{y}} {_NEAR} {_WHEN}.",
        f"[nothing|no one|little|hardly anything] [in {{p}}|here|in this town|at home] is [as|so] [dear|well known|"
        f"good|old|near to us|close] as {_ONE} {{x}} [and the {{y}}|||].",
        f"[what|how much] [do they say|do we know|is new|can you tell me|have you heard|did he say] [of|about] {_ONE} "
        f"{{x}} {_NEAR} {_WHEN}?",
        f"[once|when|as soon as|before|where|after] {_ONE} {{x}} [was over|came|was there|had gone], {_ONE} {{y}} "
        f"[followed|began|was not far|came too] {_WHEN}.",
        f"[not a|never a|rarely a] {{x}} without [the|some|our] {{y}} {_WHEN}.",
        f"[I|we|they|she|my son] [read|heard|wrote|dreamt|saw something] [of|about|on] {_ONE} {{x}} [in the paper|on "
        f"the way home|in bed|last month|at lunch|all morning|on Sunday].",
        f"[in|at] {{p}} [everything|life|the day] [turns around|begins with|depends on|ends with|is] {_ONE} {{x}}.",
    )
)
TOPICS = {
    "sport": "match|race|goalkeeper|team|coach|football|tennis|swimmer|marathon|medal|stadium|referee|goal|league|"
    "runner|championship|rugby|cyclist|player|gymnast|basketball",
    "food": "soup|bread|cake|rice|cheese|potatoes|recipe|salad|dinner|kitchen|sauce|butter|restaurant|lunch|"
    "breakfast|noodles|pancake|cook|menu|pizza|dessert",
    "weather": "fog|rain|storm|snow|sun|wind|clouds|frost|hail|thunder|sunshine|temperature|drizzle|heat|breeze|"
    "lightning|forecast|flood|ice|rainbow",
    "money": "bank|invoice|prices|shares|taxes|loan|savings|interest|budget|salary|debt|coins|insurance|market|"
    "wages|payment|credit|fee|mortgage|cash",
    "travel": "train|flight|hotel|suitcase|ferry|passport|airport|journey|luggage|border|tourists|harbour|trip|bus|"
    "cruise|visa|holiday|guidebook|hostel|boarding pass",
    "music": "choir|guitar|concert|violin|drummer|album|song|orchestra|piano|melody|singer|trumpet|band|opera|flute|"
    "rhythm|symphony|tune|harp|chorus",
    "health": "doctor|hospital|medicine|nurse|fever|vaccine|pain|patient|clinic|illness|dentist|surgery|allergy|flu|"
    "cough|pharmacy|headache|bandage|diet|virus",
    "technology": "computer|software|robot|phone|internet|server|code|laptop|database|chip|website|screen|app|"
    "keyboard|browser|network|password|printer driver|algorithm|update",
    "animals": "dog|cat|horse|cow|sheep|elephant|lion|rabbit|parrot|goat|whale|zoo|puppy|kitten|bear|wolf|fox",
    "school": "teacher|pupil|homework|exam|classroom|lesson|university|student|textbook|blackboard|grade|professor|"
    "essay",
    "law": "judge|court|lawyer|trial|crime|prison|police|witness|verdict|thief|contract|jury|sentence in prison",
    "film": "actor|cinema|director|movie|screenplay|actress|trailer|film festival|camera crew|premiere|comedy|thriller",
    "garden": "lawn|hedge|flowers|gardener|rose bush|seeds|compost|watering can|greenhouse|spade|flower bed|weeds",
    "cars": "engine|tyre|garage|motorway|driver|brake|petrol|parking place|mechanic|steering wheel|gearbox|traffic jam",
    "politics": "election|minister|parliament|president|vote|party leader|senator|mayor's office|campaign|"
    "government|law maker",
    "fashion": "dress|shoes|scarf|designer coat|skirt|jeans|fashion show|tailor|hat shop|jewellery|blouse",
    "science": "laboratory|experiment|physicist|telescope|molecule|planet|chemist|microscope|theory|gravity|atom",
    "family": "wedding|grandmother|baby|birthday party|uncle|nephew|grandchildren|parents|cousin's visit|christening",
}
"""Topics and the words that decide. The first eight are those of the evaluation."""

KINDS_OF_TEXT: tuple[tuple[dict[str, str], str], ...] = (
    (
        {
            "spam": (
                "[you have won|congratulations, you won|you were chosen to get|claim] [{c}|a free {t}|a prize of "
                "{c}|a new {t}][!|.] [click here|click now|call now|send your bank details|reply now|act now][ to "
                "get it||][!|.]\n"
                "[cheap|free|best] [pills|watches|loans|{t}s|credit] [for everyone|just for you|only today|at no "
                "cost|with no risk][!|.|!!!] [buy now|order now|click the link|limited offer|visit our site].\n"
                "[make|earn|win] {c} [a day|per hour|every week|fast] [from home|without work|in your sleep][!|.] "
                "[ask us how|sign up now|click here|join today].\n"
                "your account [is blocked|will be closed|has a problem]. [send us your password|confirm your "
                "password|click here to log in|enter your card number].\n"
                "[last chance|hurry|only today|hot offer]: [get a free {t}|win {c}|a {t} for nothing|{c} for you][!|"
                "!!|.]"
            ),
            "ham": (
                "[see you|I will come|let us meet] [on {d}|at {h}|in {p} on {d}|at the station].\n"
                "[thanks for the {t}|thank you for dinner|I got your letter|the {t} is in the car|can you bring the "
                "{t}|did you feed the cat].\n"
                "[mum|dad|my sister|{f}] [is back|says hello|asks for you|comes at {h}|is ill today].\n"
                "[here are the notes from {d}|the meeting is moved to {h}|the report is ready|could you look at my "
                "text|I am late, sorry|I am on the train to {p}].\n"
                "[can we talk on {d}|are you at home|shall we cook tonight|what time is the meeting|do you have my "
                "{t}]?"
            ),
        },
        "spam|ham;spam|not spam;spam|no spam;junk|normal",
    ),
    (
        {
            "urgent": (
                "[help|quick|please help|come now|hurry|call me now], [the house is on fire|the {t} is burning|"
                "water is coming in|the server is down|I am locked out|the child is hurt].\n"
                "[we need|I need] [the {t}|an answer|a doctor|your help|the file] [right now|at once|immediately|"
                "within the hour|as soon as possible|today, not later][!|.]\n"
                "[the deadline is in one hour|everything has stopped|nobody can work|customers cannot pay|the alarm "
                "is ringing]: [act now|please come at once|please hurry|do something]!\n"
                "[emergency|urgent|asap]: [{f} is in hospital|the {t} broke|the pipe burst|the system is down]."
            ),
            "not urgent": (
                "[when you have time|some day|no hurry|whenever you like|at some point|next month], [please look at "
                "the {t}|could you paint the {t}|we can talk about the {t}|send me the list].\n"
                "[it can wait|there is no hurry|take your time|this is not important now]: [the {t} squeaks a "
                "little|the {t} could be cleaned|I would like a new {t}|the notes need a title].\n"
                "[just so you know|for your files|only for information|by the way], [the {t} is {o}|the office in "
                "{p} has a new {t}|I put the {t} in the hall]."
            ),
        },
        "urgent|not urgent;urgent|can wait;high|low;important|unimportant",
    ),
    (
        {
            "bug": (
                "[the app|the page|the program|the {t} view|the button|the search] [crashes|freezes|shows an error|"
                "does not load|stops|is blank|fails] [when I|each time I|if I|as soon as I] [open the {t}|press "
                "save|log in|click on {t}|print].\n"
                "[error|crash|wrong result|broken link] [after the update|on the start page|when saving|in the {t} "
                "list|since version {n}].\n"
                "[saving|printing|login|the export|the {t} button] [no longer works|does not work|is broken|gives "
                "an error|does nothing] [since {d}|any more|on my phone|]."
            ),
            "feature": (
                "[please add|it would be nice to have|I wish there was|could you add|we would love|I suggest] [a "
                "dark mode|a {t} button|an export to {t}|a way to sort by {t}|a search for {t}|support for {t}s].\n"
                "[an option|a setting|a shortcut|a new page] [to hide the {t}|for the {t}|that shows the {t}] would "
                "[help|be great|be useful].\n"
                "[idea|wish|suggestion]: [let us|let users] [rename|share|copy|sort|colour] the {t}."
            ),
            "question": (
                "[how do I|how can I|where can I|can I] [change my password|find the {t}|rename a {t}|delete the "
                "{t}|export the {t}|invite {f}]?\n"
                "[what does|where is] the [{t} button|setting for {t}|{t} list][ do| for|]?\n"
                "[is there|do you have|does it have] a [manual|{t} page|guide|free version]?"
            ),
        },
        "bug|feature|question;bug|feature request|question;Bug|Feature|Question",
    ),
    (
        {
            "question": "[where|when|why|how] [is|was] [the {t}|{f}|the {o} {t}]?\n[who|which of you] [has|took|saw|"
            "wants] the {t}?\n[is|was] the {t} {o}?\n[do|did] you [see|know|like|want] [the {t}|{f}|"
            "{p}]?\n[can|could] we [go to {p}|take the {t}|ask {f}]?",
            "statement": "the {t} [is|was] {o}.\n{f} [has|took|saw|wants] the {t}.\n[we|they|you] [went to {p}|know "
            "{f}|took the {t}|like the {t}].\nthere is a {t} in {p}.\n[it|this] is the {t} of {f}.",
            "command": "[bring|take|give|show|send|fetch|hold|open|close|clean|paint|find] [me the {t}|the {o} {t}|"
            "{f} the {t}|the {t}][!|.]\n[go to {p}|ask {f}|wait for {f}|be {o}|look at the {t}|do not "
            "touch the {t}|leave the {t} there][!|.]",
        },
        "question|statement|command;question|statement|order",
    ),
    (
        {
            "complaint": "[I am not happy|I want my money back|this is not what I paid for|nobody answers me|I "
            "waited {n} days for the {t}|my {t} came broken|the wrong {t} came|you charged me twice|I "
            "am still waiting for my {t}][.|!]\n[the {t} stopped working after a day|the {t} has a "
            "hole|part of the {t} is missing|your staff was rude to me][.|!| and I want a new one.]",
            "praise": "[thank you so much|well done|great work|what a nice shop|I am very happy|you made my day|"
            "keep it up][.|!| I will come again.| The {t} is just right.]\n[the {t} came fast and works "
            "well|your staff was so kind|best {t} that I ever had|I told all my friends about you][.|!]",
            "order": "[I would like|please send me|I want to order|I need|can I have] [a {t}|two {t}s|{n} {t}s|one "
            "{o} {t}][, please| by {d}| for {f}|][.|]\n[put me down for|I take|send] [{n} {t}s|a {t}|the "
            "{o} {t}][.| to {p}.]",
            "question": "[when|on which day] will my {t} [come|be sent|arrive]?\n[do you|does your shop] [sell|have|"
            "repair] {t}s?\n[how much is|what is the price of|how big is] [the|a] {t}?\n[are you open "
            "on {d}|where is your shop|do you send to {p}|can I pay in {p}]?",
        },
        "complaint|praise|order|question",
    ),
)
"""Texts by label, and the names that the labels may have (`;` between sets), in the order of the texts."""

THINGS = {
    "animal": "dog|cat|horse|cow|sheep|elephant|lion|rabbit|parrot|goat|whale|bear|wolf|fox|owl|tiger|frog|snake|"
    "duck|pig|bee|spider|shark",
    "fruit": "apple|banana|cherry|plum|pear|lemon|grape|mango|melon|peach|strawberry|fig|kiwi",
    "vegetable": "carrot|onion|leek|potato|spinach|cabbage|bean|pea|garlic|turnip|lettuce|cucumber",
    "tool": "hammer|saw|drill|axe|spade|screwdriver|rake|shovel|pliers|file|chisel",
    "vehicle": "car|bus|train|bicycle|ship|truck|tram|canoe|ferry|van|plane|motorbike|taxi",
    "building": "house|church|castle|school|hospital|barn|tower|museum|hotel|library|factory|temple|palace",
    "colour": "red|blue|green|yellow|black|white|grey|brown|purple|pink|dark blue|dark red",
    "clothing": "shirt|coat|hat|scarf|glove|sock|skirt|dress|jacket|boot|shoe|apron|belt",
    "furniture": "chair|table|sofa|desk|bed|shelf|stool|bench|cupboard|wardrobe|armchair",
    "job": "baker|teacher|nurse|pilot|lawyer|farmer|driver|dentist|painter|plumber|tailor|engineer",
    "instrument": "guitar|piano|violin|flute|trumpet|drum|harp|lute|cello|organ",
    "number": "seven|twelve|forty|nine|one hundred|eleven|three|twenty|five",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "month": "January|March|May|June|August|October|December",
    "language": "English|French|German|Spanish|Dutch|Polish|Italian|Greek",
}
"""Single things, by what they are."""
