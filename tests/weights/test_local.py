"""Files and folders that a person gives: recognised, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundfog import catalog, errors
from groundfog.settings import ModelSettings, Settings
from groundfog.weights import Weights, local
from groundfog.weights.progress import Step

GGUF = b"GGUF" + bytes(2000)


def write(folder: Path, *names: str, content: bytes = GGUF) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return paths


ONNX = b"\x08onnx location:model.onnx_data"


def onnx_folder(folder: Path, *models: str) -> None:
    write(folder, *models, content=ONNX)
    write(folder, "tokenizer.json", "config.json", content=b"{}")


def test_a_gguf_file_is_a_model(tmp_path: Path) -> None:
    [path] = write(tmp_path, "Some-Model-Q5_K_M.gguf")
    found = local.recognise(path)
    assert (found.files.format, found.precision, local.members(found.files)) == ("gguf", "Q5_K_M", [path])
    assert found.files.main == str(path)


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("llama-2-7b-chat.Q4_K_M.gguf", "Q4_K_M"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("model-BF16-00001-of-00002.gguf", "BF16"),
        ("Qwen3.8-27B-UD-Q4_K_XL.gguf", "Q4_K_XL"),
        ("DeepSeek-V4-IQ1_S.gguf", "IQ1_S"),
        ("tiny.gguf", "unknown"),
    ],
)
def test_the_precision_is_read_from_the_name(name: str, precision: str) -> None:
    assert local.gguf_precision(name) == precision


def test_any_part_of_a_split_model_names_the_whole(tmp_path: Path) -> None:
    first, second = write(tmp_path, "m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf")
    for given in (first, second, tmp_path):
        found = local.recognise(given)
        assert local.members(found.files) == [first, second]
        assert found.files.main == str(first)


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    write(tmp_path, "m-00001-of-00003.gguf", "m-00003-of-00003.gguf")
    with pytest.raises(errors.GroundfogError, match=r"m-00002-of-00003\.gguf.*missing"):
        local.recognise(tmp_path)


def test_a_projector_beside_the_model_comes_along(tmp_path: Path) -> None:
    write(tmp_path, "vision-Q4_K_M.gguf", "mmproj-F16.gguf")
    found = local.recognise(tmp_path)
    assert Path(found.files.main).name == "vision-Q4_K_M.gguf"
    assert Path(found.files.extra["mmproj"]).name == "mmproj-F16.gguf"


def test_one_of_several_models_is_chosen_by_precision(tmp_path: Path) -> None:
    write(tmp_path, "m-Q4_K_M.gguf", "m-Q8_0.gguf")
    with pytest.raises(errors.GroundfogError, match="several models"):
        local.recognise(tmp_path)
    assert Path(local.recognise(tmp_path, "q8_0").files.main).name == "m-Q8_0.gguf"
    with pytest.raises(errors.GroundfogError, match="precision Q2_K"):
        local.recognise(tmp_path, "Q2_K")


def test_an_onnx_folder_has_its_tokenizer_at_the_root(tmp_path: Path) -> None:
    onnx_folder(tmp_path, "onnx/model.onnx", "onnx/model_fp16.onnx", "onnx/model.onnx_data")
    found = local.recognise(tmp_path)
    assert (found.files.folder, found.precision) == (str(tmp_path), "fp32")
    assert Path(found.files.main).name == "model.onnx"
    assert tmp_path / "onnx/model.onnx_data" in local.members(found.files)
    half = local.recognise(tmp_path, "fp16")
    assert Path(half.files.main).name == "model_fp16.onnx"


def test_weights_outside_of_an_onnx_file_are_found_by_the_name_that_it_gives(tmp_path: Path) -> None:
    onnx_folder(tmp_path, "model.onnx")
    write(tmp_path, "model.onnx", content=b"\x08onnx location:weights.bin")
    write(tmp_path, "weights.bin", "notes.txt", "1_Pooling/config.json")
    members = {path.relative_to(tmp_path).as_posix() for path in local.members(local.recognise(tmp_path).files)}
    assert members == {"model.onnx", "weights.bin", "tokenizer.json", "config.json", "1_Pooling/config.json"}


@pytest.mark.parametrize(
    ("names", "content", "reason"),
    [
        (["notes.txt"], b"hello", "neither a .gguf nor an .onnx file"),
        (["m.gguf"], b"not one", "not a GGUF file"),
        (["model.onnx"], b"\x08", "no tokenizer.json"),
    ],
)
def test_what_is_no_model_is_refused_with_the_reason(
    tmp_path: Path, names: list[str], content: bytes, reason: str
) -> None:
    write(tmp_path, *names, content=content)
    with pytest.raises(errors.GroundfogError, match=reason) as caught:
        local.recognise(tmp_path)
    assert caught.value.kind.key == "BAD_MODEL_FILE"


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.GroundfogError, match="no such file"):
        local.recognise(tmp_path / "nothing.gguf")


def test_the_path_of_the_settings_wins_and_brings_its_extras(tmp_path: Path) -> None:
    [path, adapter, draft] = write(tmp_path, "own.gguf", "adapter.gguf.bin", "draft.gguf.bin")
    chosen = ModelSettings(path=path, lora={"mine": adapter}, draft=draft, engine="special")
    settings = Settings(state=tmp_path / "state", models={"@CF/Meta/Llama-3.2-1b-instruct": chosen})
    located = Weights(settings).locate(catalog.default().find("@cf/meta/llama-3.2-1b-instruct"))
    assert located is not None
    assert located.files.main == str(path)
    assert located.files.extra == {"lora:mine": str(adapter), "draft": str(draft)}
    assert located.engine == "special"


def test_a_path_of_the_settings_that_is_gone_is_an_error(tmp_path: Path) -> None:
    model = "@cf/meta/llama-3.2-1b-instruct"
    settings = Settings(state=tmp_path / "s", models={model: ModelSettings(path=tmp_path / "gone.gguf")})
    with pytest.raises(errors.GroundfogError, match=r"gone\.gguf"):
        Weights(settings).locate(catalog.default().find(model))


def test_pull_from_a_path_copies_and_digests(tmp_path: Path, weights: Weights) -> None:
    source = tmp_path / "given"
    onnx_folder(source, "onnx/model.onnx", "onnx/model.onnx_data")
    model = catalog.default().find("@cf/baai/bge-base-en-v1.5")
    steps: list[Step] = []
    manifest = weights.take(model, source, progress=steps.append)
    assert (manifest.origin, manifest.repo, manifest.precision) == (str(source), None, "fp32")
    for path in source.rglob("*.onnx*"):
        path.unlink()
    located = weights.locate(model)
    assert located is not None
    assert located.engine is None, "any engine that reads ONNX for the task"
    assert located.facts["pooling"] == "cls"
    assert Path(located.files.main).read_bytes() == ONNX
    weights.puller().verify(manifest)
    assert {"verify", "copy", "done"} <= {step.stage for step in steps}
    assert weights.puller().remove(manifest) == manifest.size
    assert weights.locate(model) is None


def test_a_split_model_is_copied_whole(tmp_path: Path, weights: Weights) -> None:
    first, _ = write(tmp_path, "m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf")
    model = catalog.default().find("@cf/meta/llama-3.2-1b-instruct")
    manifest = weights.take(model, first)
    assert [file.role for file in manifest.files] == ["main", "part"]
    located = weights.locate(model)
    assert located is not None
    assert located.files.main.endswith("00001-of-00002.gguf")


def test_fits_compares_the_need_with_the_limit_of_the_settings(tmp_path: Path) -> None:
    model = catalog.default().find("@cf/meta/llama-3.1-8b-instruct")
    for limit, fits in ((4_000_000_000, False), (8_000_000_000, True)):
        weights = Weights(Settings(state=tmp_path, memory_limit_bytes=limit))
        assert weights.fits(model, weights.table.row(model)) is fits
