"""What stands around a request: politeness, openings, indirect questions. Each gives a line of a grammar."""

from __future__ import annotations

OPEN = (
    "[||||[Hi, |Hey, |Hello, |Hello! |Okay, |So, |Well, |Now |Next: |One more thing: |Also, |And now, |Quick one: |"
    "Quick question: |Good morning, |Alright, |Right, |Then |Hi! |Sorry, ]]"
)
COLON = "[: |: |: |: |:\\n|:\\n|:\\n\\n| - |\\n|. ]"
KNOW = (
    "[can you tell me|could you tell me|do you know|tell me|tell me|please tell me|I want to know|I would like to know|"
    "I need to know|I wonder|let me know|say|would you know|can you say|any idea|do you have an idea|"
    "I would love to know|I was wondering|do you happen to know|please let me know|could you say|I have to know|"
    "can you find out|find out|I am curious|please say|remind me|I would be glad to know|I must know]"
)


def asked_to(action: str, end: str = "") -> str:
    """A request to do something: `action` is a verb phrase without its subject; `end` comes last."""
    return (
        f"{OPEN}[{action}|{action}|please {action}|[{action}, please|{action} for me|{action} now|"
        f"can you {action}|could you {action}|could you please {action}|can you please {action}|would you {action}|"
        f"will you {action}|would you please {action}|kindly {action}|just {action}|now {action}|"
        f"I want you to {action}|I need you to {action}|I would like you to {action}|I'd like you to {action}|"
        f"your task is to {action}|your job is to {action}|help me to {action}|"
        f"help me {action}|go ahead and {action}|I ask you to {action}|you should {action}|"
        f"do me a favour and {action}|be so kind and {action}|try to {action}]]{end}"
    )


def wondered(clause: str) -> str:
    """An indirect question; `clause` is what one would like to know ("what x is")."""
    return f"{OPEN}{KNOW} {clause}[.|?|?||!]"
