"""Echo's pictures and sounds are real files that other people's decoders read."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from groundfog import errors
from groundfog.engines.echo import media, sound
from groundfog.errors import GroundfogError
from groundfog.tasks import (
    decision,
    image_classification,
    image_to_text,
    object_detection,
    rerank,
    speech_recognition,
    summarization,
    text_classification,
    text_to_image,
    text_to_speech,
    translation,
    visual_query,
    voice_activity_detection,
)
from tests.support.echo import answer, deltas, echo
from tests.support.examples import png, wav


def picture(**fields: Any) -> bytes:
    content: bytes = answer(echo(), "text-to-image", text_to_image.Inputs(prompt="fog", **fields)).image
    return content


def pixels(content: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


class TestPictures:
    @pytest.mark.parametrize(("width", "height"), [(1024, 768), (257, 301), (8, 8), (1, 1)])
    @pytest.mark.parametrize("format", ["png", "jpeg"])
    def test_a_picture_has_the_asked_format_and_size(self, width: int, height: int, format: Any) -> None:
        content = picture(width=width, height=height, format=format)
        image = Image.open(io.BytesIO(content))
        image.load()
        assert (image.format, image.size) == (format.upper(), (width, height))
        assert media.image_size(content) == (width, height)
        assert media.image_format(content) == format.upper()

    def test_both_formats_show_the_same_picture(self) -> None:
        loss = np.abs(pixels(picture(format="png")) - pixels(picture(format="jpeg")))
        assert loss.max() <= 3

    def test_the_picture_follows_from_what_was_asked(self) -> None:
        assert picture(seed=1) == picture(seed=1)
        different = {picture(), picture(seed=1), picture(seed=2), picture(negative_prompt="x"), picture(image=png())}
        assert len(different) == 5

    def test_it_shows_something(self) -> None:
        assert len(np.unique(pixels(picture()).reshape(-1, 3), axis=0)) > 50


def spoken(**fields: Any) -> text_to_speech.Output:
    inputs = text_to_speech.Inputs(text="Fog over the harbour this morning", **fields)
    output: text_to_speech.Output = answer(echo(), "text-to-speech", inputs)
    return output


class TestSpeech:
    @pytest.mark.parametrize(
        ("encoding", "kind", "subtype"),
        [("linear16", "WAV", "PCM_16"), ("mulaw", "WAV", "ULAW"), ("alaw", "WAV", "ALAW"), ("flac", "FLAC", "PCM_16")],
    )
    def test_sounds_are_read_by_others(self, encoding: Any, kind: str, subtype: str) -> None:
        output = spoken(encoding=encoding, sample_rate=16_000)
        info = soundfile.info(io.BytesIO(output.audio))
        assert (info.format, info.subtype, info.samplerate) == (kind, subtype, 16_000)
        samples, _ = soundfile.read(io.BytesIO(output.audio))
        assert 0.1 < np.abs(samples).max() < 1
        assert len(samples) / 16_000 == pytest.approx(output.seconds)
        assert sound.seconds(output.audio) == pytest.approx(output.seconds, abs=0.001)

    def test_all_encodings_carry_the_same_samples(self) -> None:
        fine = soundfile.read(io.BytesIO(spoken(encoding="linear16", sample_rate=8000).audio))[0]
        for encoding in ("mulaw", "alaw", "flac"):
            coded = soundfile.read(io.BytesIO(spoken(encoding=encoding, sample_rate=8000).audio))[0]
            assert np.abs(fine - coded).max() < 0.02

    @pytest.mark.parametrize(("encoding", "kind"), [("mp3", "MP3"), ("opus", "OGG")])
    def test_silent_files_are_read_by_others_and_as_long_as_the_speech(self, encoding: Any, kind: str) -> None:
        output = spoken(encoding=encoding)
        samples, rate = soundfile.read(io.BytesIO(output.audio))
        assert soundfile.info(io.BytesIO(output.audio)).format in (kind, "MPEG")
        assert len(samples) / rate == pytest.approx(output.seconds, abs=0.05)
        assert sound.seconds(output.audio) == pytest.approx(output.seconds, abs=0.05)

    def test_aac_is_a_row_of_adts_frames(self) -> None:
        output = spoken(encoding="aac")
        place = frames = 0
        while place < len(output.audio):
            head = output.audio[place : place + 7]
            assert head[:2] == b"\xff\xf1"
            place += (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
            frames += 1
        assert place == len(output.audio)
        assert frames * 1024 / 24_000 == pytest.approx(output.seconds, abs=0.05)

    def test_container_none_is_bare_samples(self) -> None:
        bare, wrapped = spoken(encoding="linear16", container="none"), spoken(encoding="linear16")
        with wave.open(io.BytesIO(wrapped.audio)) as file:
            assert file.readframes(file.getnframes()) == bare.audio
        assert (bare.content_type, wrapped.content_type) == ("audio/l16", "audio/wav")

    def test_an_encoding_that_does_not_go_into_the_container_is_refused(self) -> None:
        with pytest.raises(GroundfogError) as caught:
            spoken(encoding="mp3", container="ogg")
        assert caught.value.kind is errors.BAD_INPUT

    def test_speakers_differ_and_speed_shortens(self) -> None:
        assert spoken(encoding="linear16", speaker="luna").audio != spoken(encoding="linear16", speaker="zeus").audio
        assert spoken(speed=2.0).seconds == pytest.approx(spoken().seconds / 2)


class TestRecognition:
    def heard(self, audio: bytes, **fields: Any) -> speech_recognition.Output:
        output: speech_recognition.Output = answer(
            echo(), "speech-recognition", speech_recognition.Inputs(audio=audio, **fields)
        )
        return output

    def test_the_words_are_spread_over_the_recording(self) -> None:
        output = self.heard(wav(2.0))
        assert output.duration == 2.0
        assert "2 seconds" in output.text
        assert " ".join(word.word for word in output.words) == output.text
        assert output.words[0].start == 0
        assert output.words[-1].end == pytest.approx(2.0, abs=0.01)
        ends = [word.end for word in output.words]
        assert ends == sorted(ends)
        assert [segment.start for segment in output.segments[1:]] == [s.end for s in output.segments[:-1]]

    def test_raw_samples_are_as_long_as_the_caller_says(self) -> None:
        assert self.heard(b"\x00" * 16_000, encoding="linear16", sample_rate=8000).duration == 1.0
        assert self.heard(b"\x00" * 32_000, encoding="linear16", sample_rate=8000, channels=2).duration == 1.0

    def test_language_and_prefix_are_kept(self) -> None:
        output = self.heard(wav(), language="FR", prefix="So:")
        assert (output.language, output.language_probability) == ("fr", 1.0)
        assert output.text.startswith("So: ")

    def test_no_bytes_are_refused(self) -> None:
        with pytest.raises(GroundfogError) as caught:
            self.heard(b"")
        assert caught.value.kind is errors.UPSTREAM_REFUSED

    @pytest.mark.parametrize("content", [b"RIFF", b"OggS", b"fLaC", b"ID3\x04", b"\xff\xfb", b"RIFF----WAVEfmt ", b"x"])
    def test_broken_headers_are_measured_somehow(self, content: bytes) -> None:
        assert sound.seconds(content) >= 0


def turn(audio: bytes, **fields: Any) -> voice_activity_detection.Output:
    inputs = voice_activity_detection.Inputs(audio=audio, **fields)
    output: voice_activity_detection.Output = answer(echo(), "voice-activity-detection", inputs)
    return output


def test_a_quiet_end_means_that_the_turn_is_over() -> None:
    loud = np.sin(np.arange(16_000)).astype("<f4")
    quiet = np.concatenate([loud, np.zeros(8000, "<f4")])
    assert not turn(loud.tobytes(), dtype="float32").is_complete
    ended = turn(quiet.tobytes(), dtype="float32")
    assert ended.is_complete
    assert ended.seconds == 1.5
    assert not turn(wav()).is_complete


def test_images_are_labelled_by_their_bytes() -> None:
    labels = answer(echo(), "image-classification", image_classification.Inputs(png())).labels
    assert len({label.label for label in labels}) == 5
    assert [label.score for label in labels] == sorted((label.score for label in labels), reverse=True)
    assert sum(label.score for label in labels) == pytest.approx(1, abs=0.01)
    other = answer(echo(), "image-classification", image_classification.Inputs(png(32, 8))).labels
    assert labels != other


def test_boxes_lie_within_the_image() -> None:
    for side in range(10, 60, 7):
        found = answer(echo(), "object-detection", object_detection.Inputs(png(side, 2 * side))).objects
        for one in found:
            assert 0 <= one.box.xmin < one.box.xmax <= side
            assert 0 <= one.box.ymin < one.box.ymax <= 2 * side
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("task", ["image-classification", "object-detection", "image-to-text"])
def test_an_image_without_bytes_is_refused(task: str) -> None:
    inputs = image_to_text.Inputs(image=b"") if task == "image-to-text" else image_classification.Inputs(b"")
    with pytest.raises(GroundfogError) as caught:
        echo().answer(task, inputs)
    assert caught.value.kind is errors.UPSTREAM_REFUSED


def test_a_description_names_the_image_and_the_question() -> None:
    inputs = image_to_text.Inputs(image=png(), prompt="What is it?")
    text = answer(echo(), "image-to-text", inputs).description
    assert "a PNG image of 16×16 pixels" in text
    assert '"What is it?"' in text
    cut = answer(echo(), "image-to-text", image_to_text.Inputs(image=png(), max_tokens=4))
    assert cut.completion_tokens == 4


class TestVisualQuery:
    def test_a_question_is_repeated_after_reasoning(self) -> None:
        inputs = visual_query.Inputs(image=png(), question="Is there fog?")
        output = answer(echo(), "visual-query", inputs)
        assert '"Is there fog?"' in output.text
        assert "3 words" in output.reasoning
        parts = deltas(echo(), "visual-query", inputs)
        assert "".join(part.text for part in parts) == output.text
        assert "".join(part.reasoning for part in parts) == output.reasoning
        assert (parts[-1].finish_reason, parts[-1].metrics) == (output.finish_reason, output.metrics)

    def test_captions_grow_with_the_asked_length(self) -> None:
        lengths = [
            len(answer(echo(), "visual-query", visual_query.Inputs(task="caption", image=png(), caption_length=c)).text)
            for c in ("short", "normal", "long")
        ]
        assert lengths == sorted(set(lengths))

    def test_points_and_boxes_are_fractions_and_at_most_max_objects(self) -> None:
        for target in ("person", "dog", "fog", "pier", "boat"):
            for task in ("point", "detect"):
                inputs = visual_query.Inputs(task=task, image=png(), target=target, max_objects=2)
                output = answer(echo(), "visual-query", inputs)
                found = output.points if task == "point" else output.objects
                assert 1 <= len(found) <= 2
                for one in output.points or ():
                    assert 0 <= one.x <= 1
                    assert 0 <= one.y <= 1
                for one in output.objects or ():
                    assert 0 <= one.x_min < one.x_max <= 1
                    assert 0 <= one.y_min < one.y_max <= 1

    def test_max_tokens_holds_for_reasoning_and_answer_together(self) -> None:
        output = answer(echo(), "visual-query", visual_query.Inputs(image=png(), max_tokens=5))
        assert output.metrics.output_tokens == 5
        assert output.finish_reason == "length"


class TestWords:
    def test_a_context_in_the_querys_words_is_first(self) -> None:
        contexts = ["Trains run on rails", "Fog forms over cold water", "Water is wet"]
        scores = answer(echo(), "rerank", rerank.Inputs(query="how does fog form over water", contexts=contexts)).scores
        assert max(range(3), key=scores.__getitem__) == 1
        assert scores[2] > scores[0]

    @pytest.mark.parametrize(("text", "mood"), [("I love this great pizza", 1), ("a terrible, boring film", 0)])
    def test_moods_are_told_by_words(self, text: str, mood: int) -> None:
        labels = answer(echo(), "text-classification", text_classification.Inputs(text)).labels
        assert [label.label for label in labels] == ["NEGATIVE", "POSITIVE"]
        assert labels[mood].score > 0.9
        assert labels[0].score + labels[1].score == pytest.approx(1)

    def test_a_translation_is_the_text_behind_its_languages(self) -> None:
        inputs = translation.Inputs(texts=["Hello", "Bye"], source_lang="en", target_lang="fr")
        assert answer(echo(), "translation", inputs).translations == ["[en→fr] Hello", "[en→fr] Bye"]

    def test_a_summary_is_the_first_sentences_that_fit(self) -> None:
        text = "Fog is low cloud. It forms at night! Who likes it? Nobody knows."
        assert answer(echo(), "summarization", summarization.Inputs(text)).summary == text.removesuffix(
            " Nobody knows."
        )
        assert answer(echo(), "summarization", summarization.Inputs(text, 6)).summary == "Fog is low cloud."
        short = answer(echo(), "summarization", summarization.Inputs(text, 2))
        assert (short.summary, short.completion_tokens) == ("Fog is", 2)

    def test_decisions_lean_to_the_option_that_the_state_names(self) -> None:
        questions = {
            "mood": decision.Question("choice", "Which mood?", ["angry", "calm"], [None, None]),
            "level": decision.Question("score", "How urgent?", ["0", "1", "2"], ["low", "middle", "high"]),
        }
        output = answer(echo(), "decision", decision.Inputs(state={"text": "a calm and high sea"}, questions=questions))
        assert output.probabilities["mood"][1] > 0.8
        assert output.probabilities["level"][2] == max(output.probabilities["level"])
        for shares in output.probabilities.values():
            assert sum(shares) == pytest.approx(1)
        assert output.input_tokens > 0
