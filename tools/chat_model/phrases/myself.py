"""What people tell of themselves, and how they ask for it later: `[told, asked]` by key."""

from __future__ import annotations

from tools.chat_model.phrases.shells import OPEN

_HI = (
    "[||||hi, |hello! |hey, |good morning, |by the way, |oh, |well, |so, |okay, |just so you know: |you should know "
    "that |I want you to know: |please note: |remember that |please remember: |first of all, |about me: |let me say "
    "that |to begin with, |for your information: |FYI: ]"
)
_DOT = "[.|.|.|!||, by the way.|, you know.|. Remember that.|, just so you know.|, and you?|. Keep it in mind.]"
_RECALL = (
    "[do you remember|do you still remember|do you recall|can you recall|can you remember|did you note|have you "
    "forgotten|"
    "do you still know|can you tell me|could you tell me|tell me|tell me again|remind me|say again|please tell me|"
    "I forgot|I wonder|can you repeat|please repeat|could you repeat|you know|I hope you know|can you say again|"
    "can you still say|I want to hear|quick test:|let us see if you know|what did I say about|what do you know about|"
    "now tell me|so tell me|could you remind me of|would you tell me|try to remember|try to recall|show me that you "
    "know]"
)


def told(*lines: str) -> str:
    return "\n".join(f"{_HI}{line}{_DOT}" for line in lines)


def asked(noun: str, clause: str, *others: str) -> str:
    """`noun` follows "my", `clause` follows "do you know"; `others` are whole questions."""
    return "\n".join(
        (
            f"{OPEN}[what is|what's|what was|what did I say is|what did I tell you is|what would be|which is|and "
            f"what is|what again is] my {noun}[?||, please?| again?]",
            f"{OPEN}{_RECALL} my {noun}[?|.||]",
            f"{OPEN}{_RECALL} {clause}[?|.||]",
            f"{OPEN}[name|say|give me|repeat|write|state|recall] my {noun}[.|!|, please.|]",
            f"[and my {noun}|my {noun}|my {noun}, please|my {noun} is|so my {noun} is|now my {noun}][?|?|...|]",
            *(f"{OPEN}{other}[?|?|]" for other in others),
            *(f"{OPEN}{other}[?|?|]" for other in others),
        )
    )


SAID: dict[str, tuple[str, str]] = {
    "name": (
        told(
            "[my name is|my name's|I am|I'm|this is|the name is|I am called|they call me|people call me|call me|"
            "please call me|you can call me|you may call me|my friends call me|everybody calls me|I go by|I go by "
            "the name of|my first name is|my parents named me|my parents call me|it is|you are talking to|you are "
            "speaking with|I was named|at home they call me|on paper I am] {v}",
            "[{v} here|{v} is my name|{v} is the name|{v} is what they call me|{v} speaking|here is {v}|here speaks "
            "{v}|it's me, {v}|it is {v} again|{v} is how people call me|{v} writes to you|my name? {v}|name: {v}]",
        ),
        asked(
            "[name|name|first name]",
            "[how I am called|what I am called|who I am|who I am|who I am again|who I said I am|who I might be|what "
            "people call me|how you should call me|what they call me|who is talking to you|who you are talking "
            "to|what my name is|what my name was|which name I have]",
            "[how am I called|how do people call me|what do people call me|what do my friends call me|who are you "
            "talking to|who is talking to you|with whom are you talking|what name did I give you|which name did I "
            "tell you|what should you call me|which name do I have|what name do I have|what is it that people call "
            "me|who did I say I was|how did I introduce myself|how was I named|who is it that writes to you|by what "
            "name do you know me|under what name do you know me|what name do I go by|whose chat is this|who might I "
            "be|who was I|who was I again|I am who|and I am who|who would I be|am I somebody you know|do you know "
            "me|do you still know me|do you remember me|who do you think I am|who do you say I am|who, then, am "
            "I|say, who might I be|and what was I called|how was I called|what was I called again|what am I to be "
            "called]",
        ),
    ),
    "town": (
        told(
            "[I live in|I live near|I am from|I'm from|I come from|I was born in|my home is|my home is in|my town "
            "is|my home town is|I am at home in|I am writing from|home for me is|I moved to|we live in|my house is "
            "in|my flat is in|I grew up in|I have a house in|I have lived for years in|I am based in|you find me in|"
            "I stay in|my family lives in|I am living in] {v}",
            "[{v} is my home|{v} is my home town|{v} is where I live|{v} is my town|{v} is the town I live in|in "
            "{v} I am at home|people from {v} like me are friendly|home: {v}|I am one of the people of {v}]",
        ),
        asked(
            "[town|home town|home|place|city]",
            "[where I live|where I am from|where I come from|where my home is|which town I live in|where I said I "
            "live|what town I am from|in which town I live|where to find me|where I am at home]",
            "[where do I come from|where am I at home|in what town do I live|which town am I from|what town am I "
            "from|from where am I|where was I from|where again am I from|what place am I from|where do I come from "
            "again|where in the world do I live|in what place do I live|in which place am I at home|which city do I "
            "live in|what place do I come from|where is my house|where did I say I live|where do I stay|in which city "
            "is my home|where do you find me|what town do I call home|to which town do I belong]",
        ),
    ),
    "colour": (
        told(
            "[my favourite colour is|my favorite color is|the colour I like most is|I like the colour|I love the "
            "colour|my colour is|I adore the colour|of all colours I like|for me the best colour is|the best colour "
            "is|the colour of my heart is|my best loved colour is|no colour is better than|I paint everything in|I "
            "prefer|my choice is always|I always wear] {v}",
            "[{v} is my favourite colour|{v} is my colour|{v} is the colour I like most|{v} is the best colour|"
            "nothing is nicer than {v}|I like {v} more than any other colour|{v} is what I like|I like {v} very "
            "much|I am a fan of {v}|colour: {v}]",
        ),
        asked(
            "[favourite colour|favourite colour|colour|favorite color|best loved colour]",
            "[which colour I like|what colour I like|what colour I love|which colour I like most|what my favourite "
            "colour is|the colour I like|which colour is mine]",
            "[what colour do I like|which colour do I love|what colour do I love|what colour do I like most|which "
            "colour do I prefer|which colour did I choose|what colour is mine|which one is my colour|which colour "
            "would I choose|in which colour should I paint my room|what colour makes me happy|of all colours, which "
            "do I like|what colour did I say I like]",
        ),
    ),
    "job": (
        told(
            "[I am a|I'm a|I work as a|I am working as a|my job is that of a|by trade I am a|I earn my money as a|I "
            "make a living as a|I was trained as a|I have a job as a|I found work as a|in my working life I am a|I "
            "have been for years a|at work I am a|they pay me as a|my profession is|my job: |I got hired as a|since "
            "spring I am a] {v}",
            "[{v} is my job|{v} is what I do|as a {v} I work a lot|as a {v} I get up early|being a {v} is my job|"
            "{v} is my profession|I love to be a {v}|job: {v}|work makes me happy: I am a {v}]",
        ),
        asked(
            "[job|job|work|profession|trade|occupation]",
            "[what I do|what I work as|what my job is|what work I do|what I do for work|how I earn money|what I am "
            "by trade|what I do all day|as what I work]",
            "[what am I by trade|as what do I work|what work do I do|which job do I have|what job do I have|how do "
            "I earn money|how do I earn my living|how do I make a living|what do I do all day|what do I do at work|"
            "what do I do for work|what kind of work do I do|which profession do I have|what am I by profession|"
            "what is it that I work as|what do they pay me for|in which job do I work|for a living, what do I do|what "
            "do I do to earn a living|what do I do for money|what do I do in my job|what do I do every day|what do I "
            "do to make money|what do I do during the week|what do I do as a job|what do I do when I work|how do I "
            "pay my rent|what did I say I do]",
        ),
    ),
    "pet": (
        told(
            "[I have a|I own a|my pet is a|at home I have a|I keep a|we have a|I got a|I live with a|my best friend "
            "is a|there lives with me a|I feed a|I take care of a|my family has a|I bought a|with me lives a|my "
            "animal is a|I love my pet, a|I share my home with a|I adopted a] {v}",
            "[a {v} lives with me|a {v} is my pet|a {v} belongs to me|a {v} waits for me at home|pet: a {v}|my pet? "
            "A {v}|the animal I have is a {v}|as a pet I have a {v}]",
        ),
        asked(
            "[pet|pet|animal]",
            "[what pet I have|which pet I have|what animal I have|which animal lives with me|what pet is mine|if I "
            "have a pet|about my pet|what I keep at home|which animal is mine]",
            "[which animal do I have|what animal do I have|what animal do I keep|which pet is mine|what kind of pet "
            "do I have|do I have a pet|what pet did I tell you about|which animal lives with me|who lives with me|"
            "what do I keep as a pet|which pet do I keep|what animal waits for me at home|what sort of animal is my "
            "pet|which animal do I own|what pet do I own|what pet have I got|which pet have I got|do you know about "
            "my pet|what is it that I keep at home|who is my pet|and which pet do I keep|what kind of animal is my "
            "pet]",
        ),
    ),
    "age": (
        told(
            "[I am|I'm|I turned|I just turned|I became|my age is|I will stay|I have reached the age of|last week I "
            "became|people do not believe that I am] {v}[| years old| years of age]",
            "[{v} is my age|{v} years is my age|age: {v}|I am {v} and feel good|I am a person of {v} years|I have "
            "lived for {v} years]",
        ),
        asked(
            "[age|age|age in years]",
            "[how old I am|what age I am|my years|how many years I have]",
            "[how old am I|what age am I|which age do I have|how many years old am I|what age did I say I am|how "
            "many years have I lived]",
        ),
    ),
    "food": (
        told(
            "[my favourite food is|I love to eat|I like to eat|the food I like most is|the best dish is|my "
            "favourite dish is|I could always eat|I eat every day|for dinner I always want|nothing is better than|I "
            "never say no to] {v}",
            "[{v} is my favourite food|{v} is my favourite dish|{v} is what I like to eat|{v} makes me happy|food: "
            "{v}]",
        ),
        asked(
            "[favourite food|favourite dish|favourite meal|dish]",
            "[what I like to eat|which food I like|what I love to eat|which dish I like]",
            "[what do I like to eat|which food do I like|what do I love to eat|what dish do I like|which dish do I "
            "like most|what should you cook for me|what do I eat with pleasure|what food makes me happy]",
        ),
    ),
    "hobby": (
        told(
            "[my hobby is|I enjoy|in my free time I do|I am fond of|I spend my weekends with|for fun I do|I like|my "
            "passion is|my free time goes into|on Sundays I do] {v}",
            "[{v} is my hobby|{v} is my passion|{v} is what I do for fun|hobby: {v}|I am mad about {v}]",
        ),
        asked(
            "[hobby|hobby|passion]",
            "[what I do for fun|what hobby I have|what I do in my free time|which hobby I have]",
            "[what do I do for fun|what do I do in my free time|which hobby do I have|what hobby is mine|what do I "
            "do on weekends|how do I spend my free time|what am I fond of]",
        ),
    ),
    "employer": (
        told(
            "[I work for|I work at|I am employed at|my company is|my employer is|I have a job at|I joined|my office "
            "is at|I am on the staff of|they hired me at] {v}",
            "[{v} is my employer|{v} is where I work|{v} pays me|{v} hired me|company: {v}]",
        ),
        asked(
            "[employer|company|firm]",
            "[where I work|who I work for|which company I work for|which company pays me|who pays me]",
            "[where do I work|who do I work for|for whom do I work|which company do I work for|who pays me|at which "
            "company am I|which firm hired me|what company am I with]",
        ),
    ),
    "sister": (
        told(
            "[my sister is called|my sister is|the name of my sister is|my sister's name is|I have a sister named|I "
            "have a sister called|my only sister is|say hello to my sister,] {v}",
            "[{v} is my sister|{v} is the name of my sister|sister: {v}]",
        ),
        asked(
            "[sister|sister's name]",
            "[how my sister is called|what my sister is called|who my sister is|the name of my sister|what my "
            "sister's name is]",
            "[who is my sister|what is my sister called|how is my sister called|what is the name of my sister|which "
            "name has my sister|what do I call my sister]",
        ),
    ),
    "friend": (
        told(
            "[my best friend is|my friend is called|the name of my best friend is|I have a friend named|my oldest "
            "friend is|the person I trust most is] {v}",
            "[{v} is my best friend|{v} is my friend|best friend: {v}]",
        ),
        asked(
            "[best friend|friend|friend's name]",
            "[who my best friend is|how my friend is called|what my friend is called|the name of my friend]",
            "[who is my best friend|who is my friend|what is my friend called|how is my best friend called|what is "
            "the name of my friend]",
        ),
    ),
    "drink": (
        told(
            "[my favourite drink is|I like to drink|I drink every morning|I always order|the drink I like most is|I "
            "never start a day without] {v}",
            "[{v} is my favourite drink|{v} is what I drink|drink: {v}]",
        ),
        asked(
            "[favourite drink|drink]",
            "[what I like to drink|what I drink|which drink I like]",
            "[what do I like to drink|what do I drink|which drink do I like|what should you bring me to drink|what "
            "do I always order]",
        ),
    ),
    "number": (
        told(
            "[my lucky number is|my favourite number is|the number I like is|my number is|I always bet on|keep this "
            "number in mind for me:] {v}",
            "[{v} is my lucky number|{v} is my number|number: {v}]",
        ),
        asked(
            "[lucky number|favourite number|number]",
            "[which number I like|what my number is|which number is mine]",
            "[which number do I like|what number is mine|which number did I tell you|what number brings me luck]",
        ),
    ),
    "birthday": (
        told(
            "[my birthday is on|I was born on|my birthday is|I have my birthday on|I celebrate my birthday on|we "
            "have cake for me on] {v}",
            "[{v} is my birthday|{v} is the day when I was born|birthday: {v}]",
        ),
        asked(
            "[birthday|date of birth|day of birth]",
            "[when I was born|when my birthday is|on which day I was born|when I have my birthday]",
            "[when was I born|when is my birthday|on which day is my birthday|on what day was I born|when do I get "
            "cake|which day is my birthday]",
        ),
    ),
    "language": (
        told(
            "[I speak|my language is|my mother tongue is|at home I speak|I grew up with|I learn|we talk in|my first "
            "language is|I dream in] {v}",
            "[{v} is my language|{v} is my mother tongue|{v} is what we speak at home|language: {v}]",
        ),
        asked(
            "[language|mother tongue|first language]",
            "[which language I speak|what I speak|what language I speak|what my language is]",
            "[which language do I speak|what language do I speak|what do I speak|what do we speak at home|in which "
            "language do I dream|which language is mine]",
        ),
    ),
    "plan": (
        told(
            "[tomorrow I will|on the weekend I want to|today I have to|I plan to|my plan is to|this week I must|I "
            "am going to|soon I will] {v}",
            "[to {v} is my plan|plan: {v}|what I want is to {v}]",
        ),
        asked(
            "[plan|next plan]",
            "[what I plan to do|what I have to do|what I want to do|what I am going to do|what my plan is]",
            "[what do I plan to do|what do I want to do|what do I have to do|what did I say I will do|what am I "
            "going to do|what was it that I wanted to do]",
        ),
    ),
}
