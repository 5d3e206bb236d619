"""More ways to say and to ask the facts of `facts.py`, for training only: by kind and key, statements and questions."""

from __future__ import annotations

MORE: dict[str, tuple[str, str]] = {
    "person town": (
        "{e} comes from {v}.|{v} is the home town of {e}.|Today {e} lives in {v}.|"
        "{e}, who lives in {v}, is well known.|"
        "{e} has a house in {v}.|{p} is at home in {v}.|Last year {e} left for {v}.|{e} rents a flat near {v}.",
        "Where is {e} from?|What is the home town of {e}?|Tell me where {e} lives.|Where does {e} have a home?|"
        "Which town is the home of {e}?|{e} lives where?|In which town is {e} at home?|What town does {e} come from?",
    ),
    "person job": (
        "{e} earns money as a {v}.|The job of {e} is {v}.|{e} trained as a {v}.|{e} makes a living as a {v}.|"
        "{p} is a {v} by trade.|{e} started work as a {v}.|Since school, {e} wanted to be a {v}.|"
        "{p} found a job as a {v}.",
        "What is the work of {e}?|Tell me the job of {e}.|What kind of work does {e} do?|"
        "How does {e} earn a living?|Which work does {e} do?|What job does {e} do?|As what does {e} work?",
    ),
    "person employer": (
        "{e} has worked at {v} for years.|{v} employs {e}.|{p} is paid by {v}.|{v} hired {e} last year.|"
        "The company of {e} is {v}.|{p} belongs to the staff of {v}.|{e} found a job with {v}.|"
        "{v} is the employer of {e}.",
        "Which company does {e} work for?|Where does {e} work?|Who employs {e}?|Tell me who {e} works for.|"
        "Which employer does {e} have?|What is the company of {e}?|"
        "At which company does {e} work?|By whom is {e} employed?",
    ),
    "person email": (
        "Write to {e} at {v}.|{e} uses the address {v}.|Send mail for {e} to {v}.|{v} is the e-mail address of {e}.|"
        "You reach {e} by mail at {v}.|E-mail {e}: {v}.",
        "Tell me the e-mail address of {e}.|Which address do I write to for {e}?|How do I reach {e} by mail?|"
        "At which address can {e} be reached?|What e-mail does {e} use?|Which email is the one of {e}?",
    ),
    "person phone": (
        "{e} can be called on {v}.|The number of {e} is {v}.|{v} is the phone number of {e}.|Ring {e} under {v}.|"
        "{p} can be reached by phone on {v}.|Phone of {e}: {v}.",
        "Which phone number does {e} have?|Tell me the phone number of {e}.|On which number do I call {e}?|"
        "How do I reach {e} by phone?|What number does {e} have?|Under which number can I ring {e}?",
    ),
    "person age": (
        "{e} has reached the age of {v}.|The age of {e} is {v}.|{e}, aged {v}, is in good health.|{p} is now {v}.|"
        "{p} had a birthday and is {v}.|On the last birthday {e} became {v}.",
        "Tell me how old {e} is.|What is {e}'s age?|How many years is {e}?|Which age has {e} reached?|"
        "At what age is {e}?|Do you know the age of {e}?",
    ),
    "person language": (
        "{e} grew up with {v}.|The language of {e} is {v}.|{e} talks in {v}.|{p} knows {v}.|{e} understands {v}.|"
        "{e} speaks {v} at home.|{v} is the mother tongue of {e}.",
        "What language does {e} know?|Tell me which language {e} speaks.|In what language does {e} speak?|"
        "What is the mother tongue of {e}?|Which language does {e} understand?|Which language does {e} talk in?",
    ),
    "person hobby": (
        "{e} enjoys {v}.|{e} loves {v}.|{p} does {v} in free time.|For fun, {e} does {v}.|{e} is fond of {v}.|"
        "On weekends {e} enjoys {v}.|{v} is the hobby of {e}.",
        "What does {e} do on weekends?|Tell me the hobby of {e}.|What is {e} fond of?|What does {e} love?|"
        "Which hobby is the one of {e}?|What does {e} do in free time?",
    ),
    "person pet": (
        "The pet of {e} is a {v}.|{e} feeds a {v}.|{p} owns a {v}.|{e} walks with a {v}.|{e} lives with a {v}.|"
        "At home {e} keeps a {v}.",
        "What is the pet of {e}?|Tell me which pet {e} has.|Which animal does {e} own?|What animal does {e} have?|"
        "Which animal belongs to {e}?|With what animal does {e} live?",
    ),
    "company founded": (
        "{e} goes back to {v}.|{e} began in {v}.|{p} was started in {v}.|In {v}, {e} was founded.|"
        "{e} has been there since {v}.|"
        "The founding year of {e} is {v}.",
        "Which year was {e} started?|Tell me when {e} was founded.|What is the founding year of {e}?|"
        "From which year is {e}?|Since which year does {e} exist?|When was {e} set up?",
    ),
    "company boss": (
        "{v} leads {e}.|{v} is the head of {e}.|The boss of {e} is {v}.|{v} manages {e}.|{p} is run by {v}.|"
        "In charge of {e} is {v}.|{v} has led {e} for years.",
        "Who is the boss of {e}?|Tell me who leads {e}.|By whom is {e} led?|Who is at the head of {e}?|"
        "Which person runs {e}?|Who has the charge of {e}?",
    ),
    "company town": (
        "{e} has its home in {v}.|The office of {e} is in {v}.|{e} works from {v}.|{p} is based in {v}.|"
        "The town of {e} is {v}.|{e} has its head office in {v}.|You can find {e} in {v}.",
        "In which town is {e} based?|Where can I find {e}?|What town is {e} in?|Tell me where {e} is based.|"
        "Where is the office of {e}?|Which town is the seat of {e}?",
    ),
    "company staff": (
        "{v} people are employed at {e}.|{e} employs {v} people.|{p} has a staff of {v}.|There are {v} people at {e}.|"
        "The number of employees of {e} is {v}.|{e} pays {v} people.",
        "How large is the staff of {e}?|How many people are at {e}?|Tell me how many people work at {e}.|"
        "What is the number of people at {e}?|How many workers does {e} have?|To how many people does {e} give work?",
    ),
    "company product": (
        "{e} produces {v}.|{e} builds {v}.|{p} sells {v}.|You can buy {v} from {e}.|{e} is known for {v}.|"
        "{e} delivers {v}.|The product of {e} is {v}.",
        "Which product does {e} make?|Tell me what {e} sells.|What does {e} build?|What can I buy from {e}?|"
        "What is the product of {e}?|What does {e} deliver?",
    ),
    "product price": (
        "{E} is sold for {v}.|{E} is priced at {v}.|{p} costs {v}.|For {e} they ask {v}.|{v} is the price of {e}.|"
        "You can buy {e} for {v}.|{E} is on sale at {v}.",
        "Tell me the price of {e}.|For how much is {e} sold?|At what price is {e} sold?|What is {e} priced at?|"
        "How much do I pay for {e}?|What is the cost of {e}?",
    ),
    "product colour": (
        "{E} has the colour {v}.|{E} is painted {v}.|{p} is {v}.|They sell {e} in {v}.|{E} was made in {v}.|"
        "{v} is the colour of {e}.",
        "Tell me the colour of {e}.|Which colour is {e}?|What colour does {e} have?|In what colour is {e} sold?|"
        "Which colour is {e} painted?|Of which colour is {e}?",
    ),
    "product weight": (
        "{E} comes to {v}.|{E} has {v}.|{p} is {v} heavy.|The scale shows {v} for {e}.|The weight is {v} for {e}.|"
        "{v} is the weight of {e}.",
        "Tell me the weight of {e}.|Which weight is the one of {e}?|How many kilograms is {e}?|"
        "What weight does {e} have?|How much is the weight of {e}?|Of what weight is {e}?",
    ),
    "product material": (
        "{E} is built of {v}.|They make {e} from {v}.|{p} consists of {v}.|{v} is the material of {e}.|"
        "{E} is all {v}.|For {e} they use {v}.",
        "Tell me what {e} is made of.|From what is {e} made?|What material is {e} built from?|Of what is {e} made?|"
        "What do they use for {e}?|Of which material does {e} consist?",
    ),
    "product warranty": (
        "You get {v} of warranty on {e}.|{E} comes with a warranty of {v}.|{p} is under warranty for {v}.|"
        "The warranty covers {e} for {v}.|{v} is the warranty of {e}.",
        "Tell me the warranty of {e}.|How many years of warranty does {e} have?|"
        "For how long does the warranty cover {e}?|"
        "Which warranty does {e} come with?|How long am I covered for {e}?",
    ),
    "event date": (
        "{E} happens on {v}.|{E} was planned for {v}.|{p} takes place on {v}.|"
        "On {v} there is {e}.|The day of {e} is {v}.|"
        "{E} will be on {v}.|Come to {e} on {v}.",
        "Which day is {e}?|Tell me when {e} is.|On what date is {e}?|For when is {e} planned?|"
        "What day does {e} take place?|On what day does {e} happen?",
    ),
    "event time": (
        "{E} opens at {v}.|At {v}, {e} begins.|{p} begins at {v}.|The doors open at {v} for {e}.|"
        "{E} gets going at {v}.|"
        "The starting time of {e} is {v}.",
        "When does {e} begin?|Tell me at what time {e} starts.|From what time is {e}?|At which time does {e} open?|"
        "When is the start of {e}?|What time is the start of {e}?",
    ),
    "event place": (
        "{E} takes place in {v}.|{E} is in {v}.|{p} is held in {v}.|You find {e} in {v}.|They hold {e} in {v}.|"
        "Go to {v} for {e}.|For {e}, come to {v}.",
        "In which place is {e}?|Tell me where {e} is held.|Where do they hold {e}?|Where can I find {e}?|"
        "Where does {e} take place?|Where do I have to go for {e}?",
    ),
    "event host": (
        "{v} hosts {e}.|{v} is the host of {e}.|{p} is organised by {v}.|{E} is hosted by {v}.|{v} invites you to {e}.|"
        "{v} planned {e}.|The care for {e} is with {v}.",
        "Who hosts {e}?|Tell me who organises {e}.|By whom is {e} hosted?|Who invites to {e}?|Who planned {e}?|"
        "Which person organises {e}?|Who cares for {e}?",
    ),
    "event guests": (
        "{v} guests will come to {e}.|{E} has {v} guests.|{p} expects {v} people.|They expect {v} people at {e}.|"
        "{E} has {v} tickets.|They sold {v} tickets for {e}.",
        "How many people come to {e}?|Tell me how many guests {e} has.|How many guests will come to {e}?|"
        "What number of guests does {e} have?|How many tickets does {e} have?|How many people does {e} expect?",
    ),
    "place opens": (
        "{E} is open from {v}.|Doors of {e} open at {v}.|{p} opens at {v}.|At {v}, {e} opens.|"
        "Visitors can enter {e} from {v}.|"
        "You can visit {e} from {v} on.",
        "At which hour does {e} open?|Tell me when {e} opens.|From what time is {e} open?|When can visitors enter {e}?|"
        "At what hour is {e} open?|When do the doors of {e} open?",
    ),
    "place closed": (
        "{E} is not open on {v}.|{E} stays shut on {v}.|{p} is closed on {v}.|Every {v} {e} is closed.|"
        "The day of rest of {e} is {v}.|You cannot visit {e} on {v}.",
        "Which day is {e} closed?|Tell me when {e} is closed.|On what day is {e} shut?|When is {e} not open?|"
        "On which day can I not visit {e}?|Which is the day of rest of {e}?",
    ),
    "place ticket": (
        "You pay {v} at {e}.|The ticket for {e} is {v}.|{p} costs {v}.|Visitors of {e} pay {v}.|{E} asks for {v}.|"
        "The entry price of {e} is {v}.",
        "How much does {e} charge?|Tell me the price of a ticket for {e}.|What is the price of entry to {e}?|"
        "How much do I pay at {e}?|What does a ticket for {e} cost?|How much is entry to {e}?",
    ),
    "place built": (
        "{E} is from {v}.|{E} was completed in {v}.|{p} was built in {v}.|They built {e} in {v}.|"
        "{E} has stood since {v}.|"
        "The year of {e} is {v}.",
        "Which year was {e} built?|Tell me when {e} was built.|When did they build {e}?|In what year was {e} finished?|"
        "How far back does {e} go?|Since when has {e} stood?",
    ),
    "place street": (
        "{E} is in {v}.|{E} has the address {v}.|{p} stands at {v}.|Go to {v} for {e}.|The place of {e} is {v}.|"
        "Visit {e} at {v}.|{v} is the address of {e}.",
        "Which address does {e} have?|Tell me where {e} is.|Where do I find {e}?|In which street is {e}?|"
        "What street is {e} in?|What is the place of {e}?",
    ),
}
