"""Small talk: greetings, thanks, who one is talking to, and questions on the world and on what the model knows."""

from __future__ import annotations

from tools.chat_model.phrases.shells import KNOW, OPEN, asked_to

_YOU = "[||||| groundfog| bot| model| assistant| friend| everybody| dear model| you| all| AI| my friend| computer]"
_AND = (
    "[||||, how are you?|, how are you doing?|, how is it going?|, nice to see you.|, are you there?|, can you help "
    "me?|, I am new here.|, I have a question.|, what's up?|, I'm back.|, it is me again.]"
)
GREETINGS = "\n".join(
    (
        f"[hello|hi|hey|good morning|good afternoon|good evening|hi there|hey there|greetings|welcome|howdy|hiya|"
        f"hello again|hi again|morning|evening|heya|yo|hello hello|good day]{_YOU}{_AND}[!||.|]",
        "[how are you|how are you today|how do you do|how is it going|how are things|what's up|how is your day|are "
        "you there|is anybody there|anyone here|are you well|how have you been|are you ready|is this thing on|"
        "everything fine|are you awake|ready][?|?|]",
        "[nice to meet you|nice to see you|pleased to meet you|glad to see you|it is good to see you|a very good "
        "morning|a good morning to you|good afternoon to you|hope you are well|let us talk|let us begin|let us "
        "start|I want to talk|can we talk|I am here|I am back|here I am|start|knock knock|test|testing|ping][!|.|]",
        "[so,|well,|okay,|oh,] [hello|hi|hey|good morning|hi there][.|!|]",
    )
)
_MUCH = (
    "[||| a lot| so much| very much| for that| for your help| for the answer| for this| for everything| again| "
    "indeed| for helping| for explaining| for your time| for the fast answer| for the information| a million| a "
    "bunch| from my side| my friend]"
)
THANKS = "\n".join(
    (
        f"[thanks|thank you|many thanks|thx|thank you all|a big thank you|my thanks|big thanks|thanks again|thank "
        f"you again|best thanks|warm thanks|I thank you|cheers|ty]{_MUCH}[!|.||]",
        f"[great|cool|perfect|nice|super|very good|wonderful|okay|that helps|good|good job|excellent|awesome|fine|"
        f"alright|got it|that works|brilliant|wow|lovely|that was fast][,|.|!] [thanks|thank you|many thanks|thx|"
        f"thank you{_MUCH}|thanks{_MUCH}][!|.||]",
        "[that|this|it|your answer] [was|is] [helpful|great|very kind|a big help|just what I needed|very useful|so "
        "kind of you|what I was looking for|good to know][.|!|, thanks.|, thank you.|, many thanks!]",
        "[you helped me|you are a great help|you are very kind|how kind of you|I am grateful|I am very grateful|I "
        "appreciate it|I appreciate your help|much appreciated|what would I do without you|you saved my day][.|!| "
        "Thanks!| Thank you.|, thank you.]",
    )
)
_LEAVE = (
    "[|||| then| for today| everybody| my friend| groundfog| now| for now| and thanks| until tomorrow| for the "
    "moment| all]"
)
BYES = "\n".join(
    (
        f"[bye|good bye|goodbye|bye bye|farewell|so long|see you|see you soon|see you tomorrow|see you around|see "
        f"you next time|until next time|take care|good night|cheerio|ciao|later|talk to you later|talk to you soon|"
        f"catch you later|until tomorrow]{_LEAVE}[!|.||]",
        "[I have to go|I must go|I am off|I am leaving|I need to go|I will go|that was all|that is all|that is it|I "
        "am done|I will be back|I am going to bed|time to sleep|it is late|I have to leave|I am going home|my train "
        "leaves][.|,| now.| now,] [bye|good bye|goodbye|see you|bye bye|take care|see you tomorrow|good night|until "
        "then|see you soon][!|.|]",
        "[okay|well|alright|right|great|fine|so|thanks], [bye|good bye|see you|see you soon|bye for now|goodbye for "
        "now|see you tomorrow|I have to go|that is all for today|I am leaving now|good night|take care][!|.|]",
        "[have a|I wish you a|have a very] [nice|good|great|lovely] [day|evening|night|weekend|time|week|one][!|.|, "
        "bye!|]",
    )
)
_MODEL = (
    "[model|language model|AI|bot|assistant|system|chat model|program|machine|artificial intelligence|AI model|LLM|"
    "kind of model|sort of AI]"
)
_OTHER = (
    "[GPT|GPT-4|GPT-5|Claude|Gemini|Llama 3|Mistral|a robot|a machine|a computer|a bot|a person|a real person|a "
    "chat bot|an AI|alive|human|a language model|Alexa|Siri|Qwen|Gemma|a big model|a small model|from OpenAI|from "
    "Meta|from Google|by Cloudflare|an OpenAI model|a man|a woman|real|a program|DeepSeek|Copilot|somebody's "
    "assistant|a person or a machine|someone I know|a new model|a search engine]"
)
WHOS = "\n".join(
    (
        f"{OPEN}[who are you|what are you|who is this|who is there|who or what is this|who is it I am talking to|who "
        f"is on the other side|who is answering me|who is writing these answers|what is answering me|what is behind "
        f"this|who is behind this|who are you really|what are you really][?||, please?]",
        f"{OPEN}[who or what are you|whom am I talking to|whom am I speaking with|with whom am I talking|who is "
        f"answering|what am I talking to|who do I have here|whom do I talk to|who is there|who is on the line][?||]",
        f"{OPEN}[are|aren't] you [really |maybe |actually |||]{_OTHER}[?||]",
        f"{OPEN}[what|which|what kind of|which sort of] {_MODEL} [is that|is it|is running here|am I using|answers "
        f"me|is behind this|do I talk to|are you, really|runs here|is answering|have I got here][?||]",
        f"{OPEN}{KNOW} [who you are|what you are|what kind of {_MODEL} you are|which {_MODEL} you are|what your name "
        f"is|who I am talking to|who made you|what you can do|something about yourself|more about you|if you are "
        f"{_OTHER}|whether you are {_OTHER}|how you are called][.|?||!]",
        asked_to(
            "[introduce yourself|say who you are|say what you are|present yourself|describe yourself|tell me who "
            "you are|say your name|name yourself|explain what you are|explain who you are|say something about "
            "yourself|tell me a little about you|tell me what you are]",
            "[.|!||]",
        ),
        f"{OPEN}[who|which company|what company] [made|built|trained|created|wrote|programmed|developed|owns|"
        f"invented] you[?||]",
        f"{OPEN}[do you have|have you got|did they give you] a name[?||]",
        f"{OPEN}[how are you called|what do they call you|what should I call you|how should I call you|your name|"
        f"your name, please|what name do you have|by what name do you go|which name do you have|how can I call you|"
        f"is there a name for you][?||]",
        f"{OPEN}[what can you do|what can you do for me|how can you help|how can you help me|what are you good at|"
        f"what are you for|what is your purpose|what are you able to do|what is your job|what do you do here|what do "
        f"you know|how do you work|what are you made for|what can I ask you|are you clever|how smart are you|how big "
        f"are you|do you know much|do you know the world|what are your limits|where do you come from|are you a good "
        f"model|why are you so small][?||]",
        f"{OPEN}[is this|am I talking to|do I talk to|is that|am I chatting with|do I speak with|did I reach] "
        f"{_OTHER}[?||]",
        f"{OPEN}[you are|you must be|I think you are|I bet you are|I guess you are] {_OTHER}[, right?|, aren't you?|"
        f", no?|?|, correct?]",
        f"{OPEN}[version|model name|model|which version is this|what version are you|which version do you have|name "
        f"and version|model id|your model name][?||]",
    )
)

_SHE = "{p}"
_THEY = (
    "[the mayor|the president|the owner|the king|the queen|the boss|the best player|the oldest person|the founder|"
    "the most famous person|the head|the captain|the first king|the chief]"
)
_WHEN = "[||||today|yesterday|last year|in 1990|tomorrow|in spring|this week|right now|in the last war|on Monday]"
WORLD = "\n".join(
    (
        f"{OPEN}[who|what|where|when] [is|was|were] {{p}} {_WHEN}[?||]",
        f"{OPEN}who [built|founded|invented|painted|won|owns|rules|discovered|designed|leads|runs|destroyed|lives in|"
        f"sang in|played in|was born in|comes from|married|killed|visited|made|bought|directed] {{p}} {_WHEN}[?||]",
        f"{OPEN}[who|what] is {_THEY} [of|in] {{p}} {_WHEN}[?||]",
        f"{OPEN}[how|how far|how old|how big|how large|how rich|how high|how cold|how warm|how long|how famous|how "
        f"deep|how fast|how expensive|how busy] [is|was] {{p}} {_WHEN}[?||]",
        f"{OPEN}how many [people|houses|inhabitants|schools|rivers|churches|cars|children|books|islands|streets] "
        f"[live in|are in|are there in|has|does] {{p}} [have|][?||]",
        f"{OPEN}[when|where|why|how] did {{p}} [die|begin|live|start|go|become famous|end|grow up|win|fall|get so "
        f"big|get its name|study|work|marry][?||]",
        f"{OPEN}[when|where|why|how] was {{p}} [founded|built|invented|discovered|destroyed|named|made|sold|found|"
        f"opened][?||]",
        f"{OPEN}what [was going on|is going on|is new|can one see|can I see|can I do|do people eat|do people speak|"
        f"is there to see|was invented|is the weather|is the time|is the currency|is the language|is the area|is the "
        f"capital|is the highest mountain|is the best hotel|is the longest river|is the postcode|language do they "
        f"speak] in {{p}} {_WHEN}[?||]",
        f"{OPEN}what is the [size|age|height|area|history|flag|meaning|price|length|colour|climate|postcode|language|"
        f"currency|largest city|number of inhabitants|number of people|population size|highest point|nearest "
        f"airport] of {{p}}[?||]",
        f"{OPEN}{KNOW} [who {{p}} is|where {{p}} is|what happened to {{p}}|how old {{p}} is|how tall {{p}} was|when "
        f"{{p}} was built|why {{p}} is so famous|who founded {{p}}|how far {{p}} is from here|how many people live "
        f"in {{p}}|which country {{p}} is in|who the mayor of {{p}} is|what the capital of {{p}} is called|how to "
        f"get to {{p}}|when {{p}} died|whether {{p}} is still alive|if {{p}} is a nice place|who sang {{p}}|the "
        f"height of {{p}}|the age of {{p}}|the birthday of {{p}}|the history of {{p}}][.|?||]",
        asked_to(
            "[tell me a joke|tell a joke|write a poem|write a poem about {p}|write a story about {p}|tell me a "
            "story|tell me a story about {p}|sing a song|write a song about {p}|tell me the news|tell me the time|"
            "tell me something about {p}|give me facts about {p}|explain the history of {p}|write an essay about "
            "{p}|recommend a film|recommend a good book|give me a recipe for soup|give me a recipe for cake|plan a "
            "trip to {p}|find a hotel in {p}|write a letter to {p}|write a program in Python|write code for a web "
            "page|solve this equation: x + 4 = 9|compare {p} and the moon|describe the streets of {p}|list the "
            "kings of {p}|name three rivers|name the planets|explain gravity|explain how a car works|give me advice|"
            "help me with my homework|show me a picture of {p}|draw a cat|translate a poem by {p}|book a flight to "
            "{p}|call {p}|order a pizza|play a game with me|guess my age]",
            "[.|!||]",
        ),
        f"{OPEN}[why is the sea salty|why is grass green|why do birds sing|why do we dream|why is snow white|why do "
        f"cats purr|how do planes fly|how does a car work|how do magnets work|how far away is the sun|how hot is the "
        f"sun|how many planets are there|how many days has a year|what is love|what is the meaning of life|what is "
        f"the time|what day is it|what is the date today|which year is it|what is gravity|what is light|what is an "
        f"atom|what is the largest animal|which animal is the fastest|who was the first man on the moon|who invented "
        f"the wheel|who discovered America|who was Napoleon|what is the longest river|what is the highest mountain|"
        f"where is the north pole|is there life on Mars|do fish sleep|can pigs swim|what do lions eat|when did the "
        f"war end|how old is the earth|what is the square root of 81|what is 3 plus 4|what is 25 times 4|how much is "
        f"19 minus 7|what is 100 divided by 8|is 17 a prime number|will it rain tomorrow|will it be warm on Sunday|"
        f"who will win the election|who won the cup|what is in the news|what is on TV tonight|what should I eat|what "
        f"should I wear|which phone should I buy|should I buy shares|is coffee healthy|what helps against a cold|how "
        f"do I lose weight|how do I learn French|how do I cook rice|what is a good name for a cat|can you recommend "
        f"a film|what are the best songs|who is the richest man][?|?|]",
        f"{OPEN}[is|was|are] {{p}} [famous|far away|bigger than London|in Europe|in Asia|nice in summer|a good "
        f"singer|still alive|expensive|a river|a town|dangerous|worth a visit|open today|on the coast][?||]",
        f"{OPEN}[have you heard of|do you know|have you been to|did you ever hear of|what about|and what about|"
        f"anything on|do you know anything about|what do you think of|what do you say about|what have you heard "
        f"about] {{p}}[?||]",
        f"{OPEN}[which country|what country|which county|which team|which river|which book|which film] [is {{p}} in|"
        f"is {{p}} from|did {{p}} visit|does {{p}} belong to|has {{p}}|made {{p}} famous][?||]",
        f"{OPEN}does {{p}} [have a castle|have children|lie on a river|still exist|live in London|like music|have an "
        f"airport|speak French|play tennis][?||]",
    )
)

_WORD = "[a word|something|a few words|a line|a sentence|two words|anything|a bit|more|a little]"
QUESTIONS = "\n".join(
    (
        f"{OPEN}[what is|what's|what are|what exactly is|what would be|and what is|so what is|but what is|tell me "
        f"what is] {{t}}[?||, please?| all about?| in short?| in a sentence?| in simple words?| good for?| in plain "
        f"English?]",
        asked_to(
            "[explain|describe|define|outline|clarify|present|introduce|summarise] {t} [|||to me|in short|briefly|"
            "in a sentence|in simple words|in one line|for beginners|for a friend|quickly]",
            "[.|!||?]",
        ),
        asked_to(f"[tell me|say|write|give me] {_WORD} [about|on] {{t}}", "[.|!||]"),
        asked_to(
            "[tell me|say|explain] [what {t} is|what {t} means|what {t} does|what {t} is for|what {t} is about|how "
            "{t} works|what one calls {t}|what people mean by {t}|what to know about {t}]",
            "[.|!||?]",
        ),
        f"{OPEN}{KNOW} [what {{t}} is|what {{t}} means|what {{t}} is for|what {{t}} is about|what is meant by {{t}}|"
        f"more about {{t}}|about {{t}}|anything about {{t}}|something about {{t}}|what {{t}} does|how {{t}} works|"
        f"what {{t}} stands for|what is behind {{t}}|what they call {{t}}][.|?|||]",
        f"{OPEN}[what does {{t}} [mean|do|stand for]|what do [you|people|they] [mean by|know about|call|understand "
        f"by] {{t}}|what can you [say|tell me|tell us|report] [about|on] {{t}}|what should I know about {{t}}|what "
        f"is there to know about {{t}}|what do I have to know about {{t}}|what is {{t}} used for|how does {{t}} work|"
        f"how would you [explain|describe|define] {{t}}|what is the meaning of {{t}}|what is the purpose of {{t}}|"
        f"how is {{t}} defined|what lies behind {{t}}|who or what is {{t}}|what is so special about {{t}}|what about "
        f"{{t}}|and {{t}}|why {{t}}|how about {{t}}|do you know {{t}}|have you heard of {{t}}|ever heard of {{t}}|"
        f"can you explain {{t}}][?|?|]",
        "{T}[?||: what is it?|, what is that?|: what does it mean?|: explain.|, please.|: what do you know?|. "
        "What is it?| - what's that?| explained| meaning| definition| in short| in a sentence, please]",
        f"{OPEN}[I do not understand|I don't get|I never understood|I have never heard of|I am new to|I have a "
        f"question about|I have a question on|I read about|I heard about|I stumbled over|I keep hearing about|my "
        f"friend talks about|the docs mention|the page mentions|somebody mentioned|I saw] {{t}}[.|: what is it?|. "
        f"What is it?|. Can you explain?|. Please explain.|. Help?|: what is that?|, what does it mean?]",
        f"{OPEN}[help me [with|learn about|learn]|teach me|I need help with|I am looking for information on|I need "
        f"information on|information on|info on|a question on|question about|something on|the meaning of|in short:|"
        f"in a nutshell:|explain:|define:|definition of|meaning of|facts on] {{t}}[.|?|||, please.]",
    )
)
