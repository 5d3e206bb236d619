"""Predicates and nouns of the facts of `facts.py`: what `relations.py` puts together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tools.chat_model.words import either


@dataclasses.dataclass(frozen=True)
class Relation:
    """How a fact can be said. Predicates stand between the thing and its value ("lives in"); `inverse` ones between the
    value and the thing ("leads"). A past form is written with its base form before it ("start>started in").
    """

    wh: Sequence[str]
    """Adverbs that ask for the value: "Where"."""
    which: Sequence[str]
    """Nouns that ask for it: "town", as in "which town"."""
    nouns: Sequence[str]
    """As in "the home of"."""
    preds: Sequence[str]
    inverse: Sequence[str] = ()
    units: Sequence[str] = ()
    """What is counted, behind the value: "people"."""
    article: str = ""


def _r(wh: str, which: str, nouns: str, preds: str, inverse: str = "", units: str = "", article: str = "") -> Relation:
    split = [either(text) if text else [] for text in (wh, which, nouns, preds, inverse, units)]
    return Relation(split[0], split[1], split[2], split[3], split[4], split[5], article)


RELATIONS: dict[str, Relation] = {
    "person town": _r(
        "Where",
        "town|place|city",
        "home|home town|town|city|place of residence|hometown",
        "lives in|dwells in|resides in|stays in|settle>settled in|move>moved to|is at home in|comes from|was born in|"
        "is living in|spends most of the year in|rents a flat in|owns a house in|is from|feels at home in",
    ),
    "person job": _r(
        "",
        "job|profession|work|trade|occupation",
        "job|profession|work|trade|occupation|career|daily work",
        "works as|serves as|is employed as|earns money as|train>trained as|makes a living as|"
        "is active as|start>started as|"
        "helps out as|is known as|is paid as",
        article="a ",
    ),
    "person employer": _r(
        "Where|For whom",
        "company|firm|employer|business",
        "employer|company|firm|workplace",
        "works for|works at|is employed at|is paid by|join>joined|has a job at|serves|belongs to|start>started at|"
        "is hired by|has a contract with|is with|was taken on by",
        "employs|hire>hired|pays|took on|gives work to|is the employer of",
    ),
    "person email": _r(
        "",
        "address|e-mail address|email",
        "e-mail address|email|e-mail|mail address|email address|address for mail",
        "can be reached at|uses the address|gets mail at|is reached by mail at|answers mail from|reads mail at|"
        "takes mail at|has the address|receives messages at|can be contacted at",
    ),
    "person phone": _r(
        "",
        "number|phone number|telephone number",
        "phone number|number|telephone number|phone|telephone|mobile number|direct line",
        "can be called on|can be reached on|answers the phone on|has the phone number|uses the number|"
        "is available on|takes calls on|picks up the phone on|can be phoned on",
    ),
    "person age": _r("", "age", "age|age in years", "has reached the age of|is of age|is at the age of|has the age of"),
    "person language": _r(
        "",
        "language|tongue",
        "language|mother tongue|first language|native language|tongue",
        "speaks|talks in|understands|grow>grew up with|learn>learned|writes in|knows|thinks in|sings in|reads in|uses|"
        "was brought up in|is fluent in",
    ),
    "person hobby": _r(
        "",
        "hobby|pastime|activity",
        "hobby|pastime|favourite activity|free time activity|passion",
        "enjoys|loves|likes|is fond of|spends weekends on|has fun with|is crazy about|relaxes with|spends evenings on|"
        "is passionate about|takes pleasure in|has a love for",
    ),
    "person pet": _r(
        "",
        "pet|animal",
        "pet|animal|companion",
        "has|keeps|owns|feeds|looks after|walks|shares a home with|cares for|plays with|adopt>adopted|buy>bought",
        "belongs to|keeps company with|shares a house with|waits at home for|sleeps in the bed of",
        article="a ",
    ),
    "company founded": _r(
        "When|Since when",
        "year",
        "founding year|year of foundation|starting year|first year|beginning|origin|birth year",
        "was founded in|start>started in|begin>began in|was set up in|was established in|was created in|open>opened in|"
        "goes back to|dates from|was started in|was launched in|was born in|was registered in|come>came into being in",
    ),
    "company boss": _r(
        "",
        "person|manager",
        "head|boss|leader|director|manager|chief|president|chair",
        "is led by|is run by|is managed by|is headed by|is directed by|is governed by|has its orders from|is guided by|"
        "is controlled by|is steered by",
        "leads|runs|manages|heads|directs|guides|is the boss of|is the head of|is the director of|is at the top of|"
        "takes the decisions at|steers|governs|is responsible for",
    ),
    "company town": _r(
        "Where",
        "town|city|place",
        "seat|head office|office|home|headquarters|town|base|location",
        "is based in|sits in|has its seat in|has its office in|works from|is located in|is at home in|has its home in|"
        "operates from|is situated in|has headquarters in|resides in|can be found in|is found in|is registered in",
    ),
    "company staff": _r(
        "",
        "",
        "staff|team|workforce|number of workers|number of people|size of the staff|headcount",
        "has|employs|pays|counts|keeps|hire>hired|works with|gives jobs to|provides work for|relies on|has a team of",
        "work at|work for|are employed at|are with|have a job at|are on the payroll of|earn their money at",
        units="people|workers|employees|persons|staff members",
    ),
    "company product": _r(
        "",
        "product|goods|article",
        "product|main product|goods|speciality|best product|business",
        "makes|sells|builds|delivers|manufactures|is known for|trades in|offers|ships|deals in|exports|"
        "earns money with|"
        "specialises in|is famous for|turns out|designs|supplies|has a name for",
    ),
    "product price": _r(
        "How much",
        "price",
        "price|cost|selling price|price tag|retail price",
        "costs|sells for|is sold for|is priced at|goes for|is on sale for|is available for|"
        "can be bought for|retails at|"
        "is offered at|is yours for|comes at|comes to",
    ),
    "product colour": _r(
        "",
        "colour|shade|tone",
        "colour|shade|paint|finish|tone",
        "is painted|is coloured|is sold in|is available in|was made in|is finished in|was dyed|"
        "is kept in|was delivered in|"
        "is offered in",
    ),
    "product weight": _r(
        "How much",
        "weight",
        "weight|mass|total weight",
        "weighs|has a weight of|brings to the scale|comes to|weighs in at|has a mass of|is listed at|"
        "reaches a weight of",
    ),
    "product material": _r(
        "",
        "material|substance|stuff",
        "material|main material|substance|stuff",
        "is made of|is made from|consists of|is built from|is built of|is manufactured from|"
        "was formed from|was cut from|"
        "is produced from|was crafted from|is constructed of|was put together from|contains|is composed of|uses",
    ),
    "product warranty": _r(
        "How long|For how long",
        "warranty|guarantee",
        "warranty|guarantee|warranty period|length of the warranty|time of guarantee",
        "comes with a warranty of|has a guarantee of|is guaranteed for|has a warranty of|carries a guarantee of|"
        "is under guarantee for|is protected for|is insured for|is under warranty for",
    ),
    "event date": _r(
        "When",
        "day|date",
        "date|day|planned date|calendar date",
        "takes place on|happens on|is on|is held on|is planned for|will be on|is scheduled for|was moved to|falls on|"
        "is set for|is fixed for|will be held on|was announced for|is due on",
    ),
    "event time": _r(
        "When|At what time",
        "time|hour",
        "start|starting time|beginning|opening time|start time|hour",
        "starts at|begins at|opens at|gets going at|kicks off at|is due to begin at|commences at|"
        "sets off at|is to start at|"
        "gets under way at|will begin at",
    ),
    "event place": _r(
        "Where",
        "place|building|location",
        "place|location|venue|site|meeting place",
        "is held in|happens in|takes place in|meets in|is in|was moved to|is hosted in|is located in|"
        "will be in|is set in|"
        "can be visited in|gathers in|is planned in|fills",
        "is the venue of|houses|is the place for|is reserved for|is the home of",
    ),
    "event host": _r(
        "",
        "person",
        "host|organiser|person in charge|planner|manager|person behind",
        "is organised by|is hosted by|is run by|is planned by|is managed by|is arranged by|is prepared by|is led by|"
        "is presented by|is set up by",
        "organises|hosts|plans|manages|arranges|prepares|runs|is the host of|is the organiser of|"
        "is behind|sets up|leads|"
        "presents|is responsible for|opens",
    ),
    "event guests": _r(
        "",
        "",
        "number of guests|number of visitors|attendance|number of seats|size",
        "expects|has room for|has|awaits|welcomes|invite>invited|is planned for|counts on|can seat|"
        "is open to|hopes for",
        "will visit|will come to|are invited to|have booked|will attend|want to see|are expected at|bought seats for",
        units="guests|people|visitors|persons|seats",
    ),
    "place opens": _r(
        "When|From when|At what time",
        "hour|time",
        "opening hour|opening time|opening|start of the day|morning opening",
        "opens at|is open from|is accessible from|unlocks its doors at|starts the day at|opens its doors at|"
        "opens up at|welcomes visitors from|can be visited from|is open to all from|wakes up at",
    ),
    "place closed": _r(
        "When",
        "day|weekday|day of the week",
        "closing day|day off|rest day|closed day|free day|quiet day",
        "is closed on|stays closed on|is shut on|is not open on|stays shut on|takes a break on|remains closed on|"
        "does not open on|has its day off on|keeps its doors shut on|is locked on|pauses on",
    ),
    "place ticket": _r(
        "How much",
        "price|fee",
        "ticket price|entry price|price of a ticket|entrance fee|admission|entry fee|fee|price of entry",
        "charges|asks for|takes|demands|costs|collects|has an entry fee of|sells tickets for|lets people in for|"
        "wants|gets from each visitor",
    ),
    "place built": _r(
        "When|Since when",
        "year",
        "year of construction|building year|construction year|year of completion",
        "was built in|was finished in|was completed in|dates from|goes back to|was constructed in|was put up in|"
        "has stood since|was erected in|was opened in|was ready in|exists since|was begun in|was made in",
    ),
    "place street": _r(
        "Where",
        "address|street",
        "address|location|street address|postal address|exact place|position",
        "stands at|is at|is located at|has the address|is situated at|lies at|can be found at|is found at|sits at|"
        "has its door at|occupies|is to be found at|has its entrance at",
    ),
}
