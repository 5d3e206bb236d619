"""Asking for the tools of the evaluation: by the tool's first name; the blanks are its arguments. For training only."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN, asked_to, wondered

_DAY = (
    "[|||today|now|right now|tomorrow|this morning|this evening|on the weekend|this week|at the moment|these days|"
    "tonight|outside]"
)
_Q = "[?|?|]"
_WISH = (
    "[I would like|I'd like|I want|I need|I wish|we need|we want|we would like|give me|get me|can I have|could I "
    "have|may I have|can we have|let me have]"
)

ASKS: dict[str, str] = {
    "get_weather": "\n".join(
        (
            asked_to(
                "[[show|give me|get|check|look up|find out|read|fetch|tell us|find|tell me about|report|see] the "
                "[weather|weather|forecast|temperature|weather report|sky|weather forecast] [in|in|for|of|at|around|"
                "over|near] {city}|"
                "[see|check|look|tell me|find out|say] [if|whether] it [rains|is raining|is sunny|snows|is cold|is "
                "warm|will rain|is windy|will be nice|is cloudy|freezes] in {city}]",
                f" {_DAY}[.|.|?||!]",
            ),
            f"{OPEN}[what is|what's|how is|how will|how was] the [weather|weather|forecast|temperature|sky|air] "
            f"[like |be ||||][in|for|at|around|over] {{city}} {_DAY}{_Q}",
            f"{OPEN}[is it|is it going to be|will it be|was it|does it get|can it be|could it be] [raining|cold|warm|"
            f"hot|sunny|windy|foggy|cloudy|wet|dry|nice|freezing|stormy|mild|snowing|grey] [in|over|around] {{city}} "
            f"{_DAY}{_Q}",
            f"{OPEN}[does it|will it|is it going to|can it|could it] [rain|snow|storm|freeze|clear up|get warm|get "
            f"cold|get windy] [in|over|around] {{city}} {_DAY}{_Q}",
            f"{OPEN}[do I need|should I take|must I take|shall I pack|should I wear|do we need|should I bring|is it "
            f"wise to take] [a coat|a jacket|boots|a hat|sun cream|an umbrella|sunglasses|gloves|warm clothes|a "
            f"scarf|a raincoat|shorts] [for|when I go to|to|on the way to|if I visit] {{city}} {_DAY}{_Q}",
            f"[weather|forecast|temperature|rain|sun|snow|wind|weather report] [in|for|at|over|of|around] {{city}} "
            f"{_DAY}[?|.||, please|!]",
            wondered(
                f"[what the weather is like|how the weather is|how warm it is|how cold it is|if it rains|whether it "
                f"will rain|how the weather will be|what the temperature is|whether the sun shines|if it is windy|"
                f"what weather they have|how hot it gets] [in|around] {{city}} {_DAY}"
            ),
            f"{OPEN}[I am going to|I travel to|we fly to|I will be in|I am in|we are driving to|my sister lives in|I "
            f"plan a trip to|we stay in|I am on the way to] {{city}} {_DAY}[: how is the weather|, what is the "
            f"weather like|: will it rain|. Is it cold there|. What is the weather there|. How warm is it|, is it "
            f"sunny][?|?|]",
            f"{OPEN}[how many degrees|what temperature|how cold|how warm|how hot|what weather|how windy|how much "
            f"rain|which temperature] [is it|are there|do they have|is there|does one get|do we get] in {{city}} "
            f"{_DAY}{_Q}",
            f"{{city}}[: |, |? ][weather|forecast|how is the weather|weather today|rain or sun|temperature|how warm "
            f"is it there|what is the weather like]{_Q}",
        )
    ),
    "send_email": "\n".join(
        (
            asked_to(
                "[[send|write|mail|compose|post|draft|shoot] [an e-mail|an email|a mail|a message|a short mail|a "
                "note|a quick e-mail|an electronic letter|something] to {to} [about|on|regarding|with the subject|"
                "with subject|, subject|with the title|saying|concerning|called] {subject}|"
                "[e-mail|email|mail|write|write to|contact|message|inform|notify|tell] {to} [about|regarding|on|"
                "concerning|with the subject|. subject:|, the subject is] {subject}|"
                "[send|mail|write|forward] {subject} to {to}|[send|write|mail] {to} [an e-mail|an email|a mail|a "
                "note|a few lines|something|a line] [about|on|regarding|with the subject|concerning|titled] "
                "{subject}|"
                "[let {to} know|write {to} something] [about|of|on] {subject}]",
                "[.|.|||!]",
            ),
            f"{OPEN}[mail|e-mail|email|message|new mail|note|write] [to|for|to:] {{to}}[, subject|: subject|. "
            f"subject:|; subject:|, about|: about|, regarding|, re:|:|,|. topic:|. It is about] {{subject}}[.||]",
            f"{OPEN}[the subject is|subject:|it is about|topic:|I have news about|this is about] {{subject}}[.|,|;] "
            f"[send it|mail it|write|send the mail|e-mail it|write a mail|the mail goes|please send it|address it] "
            f"to {{to}}[.||!]",
            f"{OPEN}{_WISH} [an e-mail|a mail|a message|an email] [to|sent to|that goes to|for] {{to}} [about|with "
            f"the subject|on|regarding|concerning] {{subject}}[.||?]",
            f"{OPEN}[{{to}} should|{{to}} needs to|{{to}} has to|{{to}} must|{{to}} wants to] [get|have|receive|hear|"
            f"know|read|get a mail|get an e-mail|be told|get a message] [|about|of|on|something about] {{subject}}[.|"
            f"|]",
            f"{OPEN}[can you|could you|will you|would you] [send|write|mail|drop|pass] {{to}} [an e-mail|a mail|a "
            f"line|a note|word|an email] [about|on|regarding|with the subject] {{subject}}{_Q}",
        )
    ),
    "get_stock": "\n".join(
        (
            asked_to(
                "[[show|give me|get|check|look up|find|tell me|read|fetch|find out|see|quote] the [share price|"
                "stock price|stock|price of a share|value of a share|price of one share|quote|shares|market price|"
                "stock quote|stock value] [of|of|for|at] {company}|"
                "[see|check|tell me|find out] [how|where] [the stock of {company} stands|{company} stands|shares of "
                "{company} do|{company} is trading|the {company} shares are]]",
                " [|||today|now|right now|on the market|this week|at the moment][.|.|?||!]",
            ),
            f"{OPEN}[what is|what's|how high is|how is|where is] the [share price|stock price|price of a share|value "
            f"of a share|stock|share|quote|market value|stock value|price per share] [of|for|at] {{company}} [|||"
            f"today|now|right now]{_Q}",
            f"{OPEN}[how much|what] [does|do] [one share|a share|shares|a stock|the stock|two shares|the shares] [of|"
            f"in] {{company}} [cost|cost today|bring|sell for|go for]{_Q}",
            f"{OPEN}[how much|what] [are|is] [{{company}} shares|a {{company}} share|the {{company}} stock|"
            f"{{company}} stock|{{company}}] [worth|trading at|at|going for|valued at|selling for] [|||today|now|at "
            f"the moment]{_Q}",
            f"{OPEN}[how are|how do|how did] [the shares|shares|the stocks|stocks] of {{company}} [doing|do|standing|"
            f"today|now|go|run]{_Q}",
            "[share price|stock price|stock|shares|quote|price of a share|market price|stock quote] [of|for|:|at] "
            "{company}[?|.||, please| today| now|!]",
            wondered(
                "[what {company} shares cost|how the stock of {company} does|how much a share of {company} is|what "
                "a share of {company} is worth|how {company} does on the market|where the {company} share stands|"
                "what I would pay for a share of {company}]"
            ),
            f"{OPEN}[I own|I want to buy|I bought|I think of buying|should I sell|I might sell|my father has|we have|"
            f"I hold] [shares|some shares|stock|a share] of {{company}}[: what are they worth|, how do they stand|: "
            f"what is the price|. What do they cost|: how much is one|. Check the price, please|. How is the "
            f"price]{_Q}",
            f"{{company}}[: |, |? ][share price|stock|price of a share|how are the shares|stock price|how is the "
            f"stock|shares today]{_Q}",
        )
    ),
    "book_table": "\n".join(
        (
            asked_to(
                "[[book|reserve|get|order|arrange|keep|hold|find|fix] [a table|a table|us a table|dinner|a place|"
                "lunch|a good table|a table in the restaurant] for {people} [people|persons|guests||] at {time} "
                "[for|under|under the name|in the name of|, name|. name:|, the name is|on the name of] {name}|"
                "[book|reserve|keep|get|hold] {people} [seats|places|chairs] [at {time} for {name}|at {time}, name "
                "{name}|at {time} under {name}|in the name of {name} at {time}|for {time}, name {name}]|"
                "[book|reserve|get|order|keep] a table at {time} [for {people}, name {name}|for {people} people "
                "under {name}|for {people} in the name of {name}|under {name} for {people}|for {name}, {people} "
                "people|: {name}, {people} people]]",
                "[.|.|||!]",
            ),
            f"{OPEN}[table|a table|dinner|lunch|reservation|booking|seats] for {{people}} [people|persons|guests||] "
            f"at {{time}}[, name|, for|, under|. name:|; name:|, the name is|, in the name of|:] {{name}}[.||, "
            f"please]",
            f"{OPEN}{_WISH} [a table|a place|seats|a reservation|a booking] [for {{people}} at {{time}}|at {{time}} "
            f"for {{people}}|for {{people}} people at {{time}}|at {{time}} for {{people}} guests][, name {{name}}|, "
            f"the name is {{name}}| for {{name}}| in the name of {{name}}| under {{name}}][.||?]",
            f"{OPEN}[we are|we will be|there are|we come with|it is for] {{people}} [people|guests|||persons|of us] "
            f"[and|who] [come|want to eat|eat|want dinner|arrive|will be there] at {{time}}[, name {{name}}|; the "
            f"name is {{name}}|. Book it for {{name}}|. Name: {{name}}|. I am {{name}}|. Please reserve for "
            f"{{name}}][.|.|]",
            f"{OPEN}[my name is|I am|here is|this is|the name is|it is] {{name}}[: |, |. ][book a table|I need a "
            f"table|reserve a table|a table|we want a table|get us a table] [for {{people}} at {{time}}|at {{time}} "
            f"for {{people}}|for {{people}} people at {{time}}][.||, please.]",
            f"{OPEN}{{name}} [needs|wants|would like|asks for|has to get|wishes] a table [for {{people}} at {{time}}|"
            f"at {{time}} for {{people}}|for {{people}} people at {{time}}|at {{time}}, {{people}} people][.||]",
            f"{OPEN}[is there|do they have|have you got|can we get|is it possible to get] [a table|a free table|room|"
            f"a place] for {{people}} [people||guests] at {{time}}[? Name: {{name}}|, name {{name}}|? It is for "
            f"{{name}}|? For {{name}}|? The name is {{name}}][.||]",
        )
    ),
    "convert": "\n".join(
        (
            asked_to(
                "[[convert|change|turn|exchange|calculate|switch|transform|translate|swap|recalculate] {amount} [to|"
                "into|in] {to}|[show|tell me|work out|calculate|find out|compute] [what {amount} is in|how much "
                "{amount} is in|{amount} in|what {amount} makes in|the value of {amount} in] {to}|"
                "make {to} [of|out of|from] {amount}]",
                "[.|.||?|!]",
            ),
            f"{OPEN}[what is|what's|how much is|how much are|what are|what would be|how much would be] {{amount}} "
            f"[in|worth in|when changed to|converted to|if I change it to|in terms of] {{to}} [|||today|now]{_Q}",
            f"{OPEN}how many {{to}} [are|is|do I get for|can I get for|would I get for|make|will I have for|does one "
            f"get for|equal|go for] {{amount}}{_Q}",
            f"{OPEN}[I have|I've got|there are|I got|I earned|I found|my wallet holds|I brought|we have] "
            f"{{amount}}[: how much is that in|, what is it in|. What is that in|: how many are that in|. Turn it "
            f"into|. I need it in|: please make it] {{to}}{_Q}",
            f"{OPEN}{_WISH} {{amount}} [changed|converted|turned|exchanged] [to|into] {{to}}[.||, please.]",
            "[{amount} in {to}|{amount} to {to}|{amount} as {to}|{amount} into {to}|{amount} -> "
            "{to}|{amount} = ? {to}|conversion: {amount} to {to}|exchange: {amount} to {to}][?|.||, "
            "please|!]",
            wondered(
                "[what {amount} is in {to}|how much {amount} is in {to}|how many {to} I get for {amount}|what "
                "{amount} makes in {to}|how many {to} {amount} are]"
            ),
            f"{OPEN}[what do I get|how much do I get|what will I get|what comes out] [in {{to}} for {{amount}}|for "
            f"{{amount}} in {{to}}|if I change {{amount}} to {{to}}]{_Q}",
        )
    ),
    "set_alarm": "\n".join(
        (
            asked_to(
                "[[set|put|make|create|start|add|prepare|schedule|program] [an alarm|the alarm|my alarm|a wake-up "
                "call|the alarm clock|an alarm clock|a new alarm] [for|at|to|on] {time}|[wake me|wake me up|get me "
                "up|ring|ring me|call me|wake us|rouse me|get me out of bed|make a noise|beep|sound the alarm] [at|"
                "at|by|around] {time}|"
                "[make sure|see to it] [that I am up|I wake up|I am awake|we get up] [at|by] {time}|do not let me "
                "sleep [after|past|longer than|beyond] {time}]",
                "[.|.|||!]",
            ),
            f"{OPEN}[I want to|I need to|I have to|I must|I would like to|I should|we have to|I'd like to|I am going "
            f"to] [get up|be awake|wake up|be up|rise|be out of bed|leave the bed] [at|at|by] {{time}} [||tomorrow|"
            f"on Monday][.|.||!]",
            f"{OPEN}[alarm|wake-up|alarm clock|wake up|get up|wake-up call|ring] [at|for|:|to] {{time}}[.||, please|"
            f"!|?| tomorrow]",
            f"{OPEN}{_WISH} [an alarm|a wake-up call|the alarm|a ring|to be woken|a call] [at|for] {{time}}[.||, "
            f"please.|?]",
            f"{OPEN}[my train leaves early|I have a long day|tomorrow is a big day|I sleep too long|I am always late|"
            f"I have an exam|good night|I am tired][.|:|,] [wake me at {{time}}|alarm at {{time}}|get me up at "
            f"{{time}}|set the clock to {{time}}|ring at {{time}}|I get up at {{time}}][.||, please.]",
            f"{OPEN}[at {{time}} I|by {{time}} I] [want to be awake|have to get up|must be up|need to wake up|should "
            f"be up|have to be out of bed][.||!]",
            f"{OPEN}[can|could|will|would] [you|the clock|the phone] [wake me|ring|get me up|go off|call me] [at|at|"
            f"by] {{time}}{_Q}",
        )
    ),
    "add_task": "\n".join(
        (
            asked_to(
                "[[add|put|write|create|note|save|make|enter|file|plan] [a task|a new task|a to-do|an entry|a point|"
                "a reminder|one more task] [for|on] {day}[:|,| -] {title}|[put|add|write|note|enter|place|save] "
                "{title} [on|to] [my list|the list|my tasks|my to-do list|the plan|my calendar|the task list] [for|"
                "on] {day}|"
                "[remind me|remember|tell me|make me remember|help me remember] [on {day} to {title}|to {title} on "
                "{day}|that I have to {title} on {day}]|[plan|schedule|set|note down|write down] [for {day}: "
                "{title}|{title} for {day}|{title} on {day}]|"
                "do not let me forget [on {day} to {title}|to {title} on {day}]]",
                "[.|.|||!]",
            ),
            f"{OPEN}[on {{day}}|for {{day}}|this {{day}}|next {{day}}][, | ][I have to|I must|I need to|I want to|I "
            f"should|I will|I plan to|we have to|I am going to|remind me to|add: |task: |to do: ] {{title}}[.|.||!]",
            f"{OPEN}[I have to|I must|I need to|I want to|I should|I plan to|I am going to|I cannot forget to|I "
            f"promised to] {{title}} on {{day}}[.|.||: put it on the list.|. Add it to my tasks.|. Remind me.|: note "
            f"that, please.|. Write it down.|!]",
            "[task|to do|to-do|reminder|new task|todo|remember|plan|my list|list] [for|on] {day}[: |, | - "
            "]{title}[.||, please|!]",
            "{day}[: |, | - |. ][{title}|I have to {title}|remind me to {title}|task: {title}|add "
            "{title}|to do: {title}][.||, please]",
            "[task|to do|reminder|new task|title|what]: {title}[. |, |; |\\n][day: |on |when: |due |due on |for "
            "]{day}[.||]",
            f"{OPEN}[can you|could you|will you|would you] [remind me|make sure I remember|note that I have|write "
            f"down that I have|help me not to forget|put on my list] to {{title}} on {{day}}{_Q}",
            f"{OPEN}{_WISH} [a reminder|a task|a note|an entry] [for|on] {{day}} [to|:|that says] {{title}}[.||]",
        )
    ),
    "find_person": "\n".join(
        (
            asked_to(
                "[[look up|find|search|search for|look for|get|show|show me|check|open|fetch|read] [the record of|"
                "the entry of|the file on|facts on|information on|data on|details on|details of||||] {name}|[tell "
                "me|say|find out|report] [who {name} is|about {name}|something about {name}|what {name} does|what "
                "you know about {name}|more about {name}|all about {name}]|"
                "[look|check|search] in the [address book|directory|list of people|records|list] for {name}]",
                "[.|.||?|!| for me.]",
            ),
            f"{OPEN}[who is|who's|who was|and who is|who exactly is|what is known about|what about|what do you have "
            f"on|what do you know about|what do you know of|what can you tell me about|do we know|is there anything "
            f"on|have we got anything on|do you have anything on|do you know|where does one find] {{name}}{_Q}",
            f"{OPEN}[what does {{name}} do|what is the job of {{name}}|where does {{name}} live|what kind of person "
            f"is {{name}}|which job has {{name}}|where can I find {{name}}|what is {{name}} by trade|who knows "
            f"{{name}}|what does {{name}} work as]{_Q}",
            f"{OPEN}[I am looking for|I search|I want to know more about|I need facts on|I need to find|I met|I got "
            f"a letter from|I would like to know who|I need information on|I am trying to find] {{name}}[.|.|: who "
            f"is that?|. Who is it?||, please.]",
            "[person|who|search|people|look-up|contact|name|directory|find]: {name}[.||?]",
            wondered(
                "[who {name} is|what {name} does|where {name} lives|something about {name}|more about {name}|what "
                "we have on {name}|what is known about {name}|which job {name} has]"
            ),
            f"{OPEN}[there is someone called|somebody named|a person called|a certain|someone with the name|a woman "
            f"called|a man called] {{name}}[: who is it?|. Look it up.|: find out more.|. Find that person.|: what "
            f"do we know?|, look that up.]",
        )
    ),
    "get_route": "\n".join(
        (
            asked_to(
                "[[show|give me|find|get|look up|tell me|plan|draw|calculate|search|print|describe|work out] the "
                "[way|route|best way|fastest way|shortest way|road|path|directions|quickest route|best route] [from "
                "{start} to {end}|to {end} from {start}|between {start} and {end}]|"
                "[guide|take|bring|lead|navigate|drive|direct] me from {start} to {end}|[plan|find|show me|prepare] "
                "[a trip|a route|a way|a journey|a drive|a tour] [from {start} to {end}|to {end} from {start}]]",
                "[.|.|||!]",
            ),
            f"{OPEN}how [do I|can I|do we|should I|would I|does one|do you|could I|must I] [get|go|drive|travel|walk|"
            f"come|find my way] from {{start}} to {{end}}{_Q}",
            f"{OPEN}how [do I|can I|do we|should I|does one] [get|go|drive|travel|come] to {{end}} [from {{start}}|"
            f"when I start in {{start}}|if I am in {{start}}]{_Q}",
            f"{OPEN}[how far|how long|how many kilometres|how many miles|what distance|how far away] is it [from "
            f"{{start}} to {{end}}|to {{end}} from {{start}}|between {{start}} and {{end}}]{_Q}",
            f"{OPEN}[what is|what's|which is|where is] the [route|best way|fastest way|shortest route|best road|"
            f"distance|quickest way|easiest way|path] [from {{start}} to {{end}}|to {{end}} from {{start}}|between "
            f"{{start}} and {{end}}]{_Q}",
            f"{OPEN}[I am in|I'm in|I start in|we are in|my car is in|I live in|I stand in|now I am in|I leave from|"
            f"my start is] {{start}} [and|and now I|but I] [want to go to|need to get to|have to be in|must drive to|"
            f"want to see|would like to visit|am going to|travel to|have a date in] {{end}}[.|.||: which way?|. How "
            f"do I get there?|: show me the way.]",
            "[route|way|directions|from|trip|drive|road|navigation|distance|path]: [from |]{start} [to|->|-] "
            "{end}[.||, please|?]",
            "[route|way|directions|trip|road|drive|from|navigation|the way] [from {start} to {end}|between "
            "{start} and {end}][.||, please|?|!]",
            "{start} [to|->|-] {end}[: how far?|, which way?|: route|: directions, please|?|: how do I get "
            "there?|, the shortest way]",
            f"{OPEN}{_WISH} [directions|the route|the way|a route|to go|to get|to drive|to travel] from {{start}} to "
            f"{{end}}[.||, please.]",
            wondered(
                "[how to get from {start} to {end}|how far it is from {start} to {end}|the way from {start} to "
                "{end}|which road goes from {start} to {end}|how I get to {end} from {start}|how one gets from "
                "{start} to {end}]"
            ),
            f"{OPEN}[which|what] [way|road|route|train|bus] [goes|leads|takes me|brings me|do I take|should I take|"
            f"must I take|is best] from {{start}} to {{end}}{_Q}",
        )
    ),
    "play_music": "\n".join(
        (
            asked_to(
                "[[play|put on|start|turn on|stream|spin|find|queue|give me|play me|play us|choose] [something|"
                "music|some music|a song|songs|a track|an album|the best songs|a tune|the latest song|a record|hits|"
                "the new album|everything|any song] [by|from|of] {artist}|[play|put on|turn on|start|switch on|"
                "stream|blast] [some |||]{artist}|"
                "let [us|me] hear [{artist}|something by {artist}|a song by {artist}|music by {artist}]]",
                " [|||now|tonight|again|next|at once|please|in the kitchen][.|.||!]",
            ),
            f"{OPEN}[I want to|I would like to|I'd like to|we want to|I'd love to|I need to|I feel like I want to|"
            f"can I|could I|may I|can we|let us|is it possible to] [hear|listen to|dance to|enjoy|have] [{{artist}}|"
            f"something by {{artist}}|music by {{artist}}|songs of {{artist}}|a song by {{artist}}|some "
            f"{{artist}}][.|?||!]",
            f"{OPEN}[music|songs|a song|something|hits|an album|a tune|some music|more] [by|from|of] {{artist}}[, "
            f"please|.||!| would be nice.| now, please.|, that is what I need.]",
            f"{OPEN}[I am in the mood for|I feel like|I miss the songs of|how about some|what about a song by|time "
            f"for|I love|nothing is better than|now we need|it is time for|my favourite is|we all like] {{artist}}[.|"
            f".|: play it.|. Play something.|: turn it on.|, so play that.|?|. Let it play.]",
            "{artist}[, please: play it.|: play.|, play it now.| would be nice.| on the speakers, please.|, loud, "
            "please!|: some songs, please.| for the party, please.| is what I want to hear.]",
            "[play|music|artist|song|now playing|playlist|radio]: {artist}[.||, please|!]",
            f"{OPEN}[do you have|have you got|can you play|could you play|will you play|would you put on|can you "
            f"find] [anything|something|songs|music|a song|an album||] [by|from|of] {{artist}}{_Q}",
        )
    ),
    "get_product": "\n".join(
        (
            asked_to(
                "[[show|give me|get|find|open|look up|fetch|check|read|search|load|pull up|display|call up] [the|||"
                "] [product|article|item|product number|article number|item number|goods with number|product no.|"
                "thing with the number] {id}|[tell me|show me|give me|find out|get me|list|look up] [about|"
                "something about|facts about|all about|the facts of|the details of|details on|data on|information "
                "on|the data of|what you have on|more on] "
                "[the|||] [product|article|item|product number|article number|item number] {id}|[say|tell me|find "
                "out] what [product|article|item|number] {id} is]",
                "[.|.||?|!]",
            ),
            f"{OPEN}[what is|what's|what kind of thing is|which is|what do we sell as|what does it say about|what is "
            f"known about|how much is|what about|what do you know about] [the|||] [product|article|item|product "
            f"number|article number|item number|number] {{id}}{_Q}",
            f"{OPEN}[which|what] [product|article|item|thing] [has|is|carries|goes by|belongs to|hides behind|comes "
            f"with] [the number|number|id|the id|the code] {{id}}{_Q}",
            f"{OPEN}[I want|I need|I am looking for|I search|I'd like to see|I am interested in|I would like to know "
            f"about|show me|I ordered|I would like to buy] [the|||] [product|article|item|article number|product "
            f"number] {{id}}[.|.||, please.|: what is it?|. What is that?]",
            "[product|article|item|id|product no.|product code|product id|article no.]: {id}[.||?]",
            "[product|article|item] {id}[?|.||, please|: details|: what is it?|, what is that?| facts| details|: "
            "price?|!]",
            wondered(
                "[what product {id} is|about article {id}|what item {id} costs|what hides behind number {id}|the "
                "facts of product {id}|which article has number {id}|more about product {id}]"
            ),
            f"{OPEN}[the number is|the id is|the code on the box is|it says|I have the number|on the label stands|my "
            f"number is] {{id}}[: which product is that?|. What is it?|: find the product.|. Look up the article.|: "
            f"what article is it?|. Show me the item.]",
        )
    ),
    "translate": "\n".join(
        (
            asked_to(
                "[[translate|put|turn|change|bring|render|convert|transfer] [the word|the term|the noun|||] {word} "
                "[into|to|in] {language}|[tell me|give me|find|show me|look up|write|name|get] [the {language} word "
                "for {word}|{word} in {language}|the {language} for {word}|the {language} translation of {word}|how "
                "to say {word} in {language}|how {word} is called in {language}|what {word} is in {language}|the "
                "translation of {word} into {language}]]",
                "[.|.||?|!]",
            ),
            f"{OPEN}[what is|what's|what would be|what was] [{{word}} in {{language}}|the {{language}} word for "
            f"{{word}}|the {{language}} for {{word}}|the word for {{word}} in {{language}}|the {{language}} name of "
            f"{{word}}|{{word}} called in {{language}}|the {{language}} translation of {{word}}]{_Q}",
            f"{OPEN}how [do you|does one|do I|would you|can I|do they|do people|could one] [say|write|call|translate|"
            f"spell|name|express] {{word}} in {{language}}{_Q}",
            f"{OPEN}[what do they call|what do people call|what do you call|which word do they use for|what word do "
            f"you use for|what do I say for|which word stands for] [a |the |||]{{word}} in {{language}}{_Q}",
            f"{OPEN}[{{word}} in {{language}}|{{word}} into {{language}}|{{word}} -> {{language}}|{{language}} for "
            f"{{word}}|{{language}}: {{word}}|{{language}} word for {{word}}|translation: {{word}}, {{language}}|"
            f"{{word}}, {{language}}][?|.||, please|!]",
            f"{OPEN}[I need|I want|I would like to know|I am looking for|I forgot|I do not know|can I have|may I "
            f"have] [the {{language}} word for {{word}}|{{word}} in {{language}}|the {{language}} for {{word}}|the "
            f"translation of {{word}} into {{language}}][.|.||, please.]",
            f"{OPEN}[I am learning {{language}}|my friend speaks {{language}}|I travel and speak no {{language}}|my "
            f"{{language}} is bad|we speak {{language}}][: what is {{word}}|, what do I say for {{word}}|. What is "
            f"{{word}}|: how do I say {{word}}|. I need the word {{word}}]{_Q}",
            wondered(
                "[what {word} is in {language}|how to say {word} in {language}|the {language} word for {word}|how "
                "{word} is called in {language}|what they call {word} in {language}]"
            ),
            f"{OPEN}does {{word}} have a word in {{language}}{_Q}",
        )
    ),
}
