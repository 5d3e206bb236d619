"""More than 200 texts of varied length, language, script and emptiness, the same on every machine."""

from __future__ import annotations

import random

SENTENCES = [
    "The quick brown fox jumps over the lazy dog.",
    "Cyberpunk pizza delivery is a story about the last courier in a flooded city.",
    "How do I reset the password of my router?",
    "A vector database stores embeddings and finds the nearest ones.",
    "The central bank raised interest rates by 25 basis points on Thursday.",
    "Photosynthesis turns carbon dioxide and water into glucose and oxygen.",
    "She sells sea shells by the sea shore, and the shells she sells are sea shells for sure.",
    "In 1969, Neil Armstrong became the first person to walk on the Moon.",
    "Patients with atrial fibrillation should be assessed for stroke risk before anticoagulation.",
    "My cat refuses to eat anything except tuna; what should I do?",
    "The tenant shall give the landlord not less than thirty (30) days' written notice.",
    "Whisk the eggs, fold in the flour, and bake at 180 °C for twenty-five minutes.",
    "Error: connection refused (os error 111) while connecting to 127.0.0.1:5432",
    "def fibonacci(n): return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)",
    "SELECT id, name FROM users WHERE created_at > '2024-01-01' ORDER BY id DESC LIMIT 10;",
    '{"model": "@cf/baai/bge-small-en-v1.5", "text": ["hello", "world"], "pooling": "cls"}',
    "https://example.com/path/to/page?query=string&lang=en#fragment",
    "I absolutely loved this film, the acting was superb!!! 😀🎬🍿",
    "worst. service. ever. never coming back >:(",
    "Transformers process tokens in parallel by means of self-attention, unlike recurrent networks.",
    "Der schnelle braune Fuchs springt über den faulen Hund.",
    "Die Bundesregierung hat gestern ein neues Gesetz zur Förderung erneuerbarer Energien beschlossen.",
    "Le renard brun rapide saute par-dessus le chien paresseux.",
    "Où se trouve la bibliothèque la plus proche, s'il vous plaît ?",
    "El veloz zorro marrón salta sobre el perro perezoso.",
    "¿Cuánto cuesta un billete de tren de Madrid a Barcelona?",
    "A rápida raposa marrom pula sobre o cachorro preguiçoso.",
    "La volpe marrone veloce salta sopra il cane pigro.",
    "De snelle bruine vos springt over de luie hond.",
    "Den snabba bruna räven hoppar över den lata hunden.",
    "Nopea ruskea kettu hyppää laiskan koiran yli.",
    "Szybki brązowy lis przeskakuje nad leniwym psem.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Hızlı kahverengi tilki tembel köpeğin üzerinden atlar.",
    "Con cáo nâu nhanh nhẹn nhảy qua con chó lười biếng.",
    "Быстрая коричневая лиса перепрыгивает через ленивую собаку.",
    "Швидка коричнева лисиця стрибає через ледачого пса.",
    "Η γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί.",
    "الثعلب البني السريع يقفز فوق الكلب الكسول.",
    "השועל החום המהיר קופץ מעל הכלב העצלן.",
    "तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर से कूदती है।",
    "দ্রুত বাদামী শিয়াল অলস কুকুরের উপর দিয়ে লাফ দেয়।",
    "สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ",
    "敏捷的棕色狐狸跳过了懒狗。",
    "人工智能正在改变我们的生活方式。",
    "素早い茶色の狐がのろまな犬を飛び越える。",
    "東京は日本の首都です。",
    "빠른 갈색 여우가 게으른 개를 뛰어넘는다.",
    "ⴰⵣⵓⵍ ⴰⵎⴰⴹⴰⵍ",
    "ꙮ 𓀀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁ ½ Ⅷ ①",
]
EMPTY = ["", " ", "\n\t\n", "\u00a0", "\u200b"]
SHORT = ["a", "I", "?", "...", "42", "3.14159", "ok", "😀", "é", "猫", "NaN", "C++", "e-mail", "don't", "HELLO WORLD"]
ODD = ["word " * 120, "x" * 90, "0123456789" * 12, "!?" * 60, "a b c d e f g h i j k l m n o p " * 8, "日本" * 80]


def texts() -> list[str]:
    """Empty, short, odd, one sentence, and seeded mixtures up to about 480 tokens."""
    seeded = random.Random(20)
    mixed = [" ".join(seeded.choices(SENTENCES[:20], k=seeded.randint(2, 12))) for _ in range(90)]
    tongues = [" ".join(seeded.choices(SENTENCES, k=seeded.randint(2, 6))) for _ in range(60)]
    return EMPTY + SHORT + ODD + SENTENCES + mixed + tongues
