"""Translation (spec workers-ai §3.12): m2m100 between languages by code or name, indictrans2 into Indic languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask

_INDIC = (
    "asm_Beng awa_Deva ben_Beng bho_Deva brx_Deva doi_Deva eng_Latn gom_Deva gon_Deva guj_Gujr hin_Deva hne_Deva "
    "kan_Knda kas_Arab kas_Deva kha_Latn lus_Latn mag_Deva mai_Deva mal_Mlym mar_Deva mni_Beng mni_Mtei npi_Deva "
    "ory_Orya pan_Guru san_Deva sat_Olck snd_Arab snd_Deva tam_Taml tel_Telu urd_Arab unr_Deva"
)
INDIC_LANGUAGES = tuple(_INDIC.split())


class Inputs(msgspec.Struct, kw_only=True):
    """Languages as the caller wrote them: a code (`fr`, `hin_Deva`) or an English name (`french`)."""

    texts: list[str]
    source_lang: str
    target_lang: str
    single: bool = False
    """The caller gave one string, not a list."""


class Output(msgspec.Struct, kw_only=True):
    """`translations` in the order of `texts`."""

    translations: list[str]
    prompt_tokens: int = 0
    completion_tokens: int = 0


PAIR = Form(
    fields={
        "text": s.text("The text to translate", least=1),
        "source_lang": s.text("Language of the text: a code or an English name", least=1, default="en"),
        "target_lang": s.text("Language to translate into: a code or an English name", least=1),
    },
    required=("text", "target_lang"),
)
INDIC = Form(
    fields={
        "text": s.text_or_list("English text or texts to translate", most=100),
        "target_language": s.text("Language to translate into", choices=INDIC_LANGUAGES, default="hin_Deva"),
    },
    required=("text",),
)


class Translation(UnaryTask):
    name = "translation"
    cloudflare_task = "Translation"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return INDIC if _is_indic(model) else PAIR

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        text = values["text"]
        single = isinstance(text, str)
        source, target = "eng_Latn", values.get("target_language")
        if target is None:
            source, target = values["source_lang"], values["target_lang"]
        return Inputs(texts=[text] if single else text, source_lang=source, target_lang=target, single=single)

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        if _is_indic(model):
            return {"translations": output.translations}
        return {"translated_text": output.translations[0]}

    def output_schema(self, model: Model) -> dict[str, Any]:
        if _is_indic(model):
            texts = s.array(s.text(), "Translations in the order of the texts")
            return s.json_output(s.thing({"translations": texts}, ("translations",)))
        return s.json_output(s.thing({"translated_text": s.text("The translation")}, ("translated_text",)))


TASK: Task = Translation()


def _is_indic(model: Model) -> bool:
    return model.output_kind == "translations-list-json"
