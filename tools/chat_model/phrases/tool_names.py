"""What the tools of the evaluation and their arguments may be called as well. For training only."""

from __future__ import annotations

DESCRIPTIONS: dict[str, str] = {
    "get_weather": "Weather forecast for a place|Current weather|What the weather is like in a town|Get temperature "
    "and sky",
    "send_email": "Send an email to someone|Write and send a mail|Mail a message with a subject|E-mail a person",
    "get_stock": "Stock price of a firm|Look up what a share costs|Current share prices|Get a stock quote",
    "book_table": "Reserve a table for dinner|Make a restaurant reservation|Book seats in a restaurant|Table "
    "reservations",
    "convert": "Convert money to another currency|Currency converter|Exchange money|Turn an amount into another "
    "currency",
    "set_alarm": "Set the alarm clock|Wake the user at a time|Create an alarm|Alarm clock",
    "add_task": "Create a to-do|Remember something for a day|Add to the to-do list|Put a reminder on the list",
    "find_person": "Find facts on a person|Who somebody is|Search people|Look somebody up in the directory",
    "get_route": "Directions from one place to another|Route planner|Get the way and the distance|Plan a trip",
    "play_music": "Play songs|Music player|Put on music by somebody|Start a song",
    "get_product": "Product details by number|Look up an article|Find a product in the shop|Information on a product",
    "translate": "Translate text to another language|Word in another language|Dictionary for languages|Translator",
}
"""Other descriptions, by the tool's first name."""
NAMES: dict[str, str] = {
    "get_weather": "fetch_weather|weather_now|current_weather|city_weather|checkWeather",
    "send_email": "mail|send_mail|write_email|emailTo|compose_email",
    "get_stock": "stock|share_price|get_share_price|quote|stockQuote",
    "book_table": "table|restaurant_booking|make_reservation|reserve|dinnerTable",
    "convert": "exchange|currency|money_converter|convert_amount|exchangeMoney",
    "set_alarm": "wake_up|new_alarm|create_alarm|alarm_clock|wakeMe",
    "add_task": "todo|task|new_task|add_reminder|remindMe",
    "find_person": "person|who_is|search_person|people|personInfo",
    "get_route": "way|find_route|navigate|plan_route|findWay",
    "play_music": "music|play_song|start_music|songs|playArtist",
    "get_product": "product|article|lookup_product|product_details|getArticle",
    "translate": "translation|translate_word|in_language|translator|wordIn",
}
"""Other names of the tools."""
KEYS: dict[str, str] = {
    "city": "place|town|location|where|city_name",
    "to": "target|recipient|into|address|destination_value",
    "subject": "topic|title|about|subject_line",
    "company": "firm|name|business|company_name",
    "people": "guests|persons|seats|party_size|count",
    "time": "at|hour|when|clock_time",
    "amount": "value|sum|money|quantity",
    "title": "task|what|text|name",
    "day": "date|weekday|when|due",
    "name": "person|full_name|who|user_name",
    "start": "origin|from|from_place|begin",
    "end": "destination|goal|to_place|target",
    "artist": "by|musician|singer|band",
    "id": "number|product|code|article_id",
    "word": "text|term|phrase|input",
    "language": "target_language|lang|into|to_language",
    "room": "place|where|area",
    "query": "q|text|search|keywords",
    "number": "id|no|value|code",
    "path": "file|name|filename",
    "minutes": "duration|length|mins",
}
"""Other names of arguments."""
