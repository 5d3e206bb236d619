"""Pulling from a hub: what arrives, what is resumed, what is refused, and what a cut leaves behind."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from groundfog import catalog, errors
from groundfog.catalog import Model
from groundfog.weights import Weights
from groundfog.weights.hub import ATTEMPTS, Hub, RemoteFile, Repository
from groundfog.weights.manifest import Manifest, Manifests
from groundfog.weights.progress import Step
from groundfog.weights.pull import Puller
from tests.support.fake_hub import FakeHub, describe
from tests.weights.conftest import MAIN, REPO


def key(caught: pytest.ExceptionInfo[errors.GroundfogError]) -> str:
    return caught.value.kind.key


def parts(weights: Weights) -> list[Path]:
    return sorted((weights.manifests.root / "parts").glob("*.part"))


def test_a_pulled_model_is_located_with_its_engine(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content, "README.md": b"hello"})
    assert weights.locate(chat) is None
    manifest = weights.pull(chat, hub=client)
    located = weights.locate(chat)
    assert located is not None
    assert (located.engine, located.files.format) == ("llama.cpp", "gguf")
    assert Path(located.files.main).read_bytes() == content
    assert (manifest.repo, manifest.revision, manifest.precision) == (REPO, "c" * 40, "Q4_K_M")
    assert [file.path for file in manifest.files] == [MAIN]
    assert weights.pulled() == [manifest]
    assert parts(weights) == []


def test_the_revision_is_the_commit_of_the_moment(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content}, commit="a" * 40)
    weights.pull(chat, hub=client)
    assert any(f"/resolve/{'a' * 40}/" in path for _, path, _ in hub.requests)


def test_what_is_here_is_not_asked_for_again(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    first = weights.pull(chat, hub=client)
    hub.requests.clear()
    assert weights.pull(chat, hub=client) == first
    assert hub.requests == []


def test_update_takes_the_newer_commit_and_deletes_the_old_files(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content}, commit="a" * 40)
    old = weights.pull(chat, hub=client)
    hub.add(REPO, {MAIN: content + b"newer"}, commit="b" * 40)
    new = weights.pull(chat, update=True, hub=client)
    assert new.revision == "b" * 40
    assert not weights.manifests.folder(old).exists()
    located = weights.locate(chat)
    assert located is not None
    assert Path(located.files.main).read_bytes().endswith(b"newer")


def test_a_cut_connection_is_resumed_where_it_stopped(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, waits: list[float]
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.cut(MAIN, after=300_000)
    weights.pull(chat, hub=client)
    first, second = hub.downloads(MAIN)
    assert first is None
    assert second == "bytes=300000-"
    assert len(waits) == 1


def test_a_pull_that_gave_up_goes_on_next_time(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.cut(MAIN, after=100_000)
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=Hub(hub.url, wait=_then_fail(hub)))
    assert key(caught) == "HUB_UNREACHABLE"
    assert weights.locate(chat) is None
    assert [part.stat().st_size for part in parts(weights)] == [100_000]
    hub.faults.clear()
    weights.pull(chat, hub=client)
    assert hub.downloads(MAIN)[-1] == "bytes=100000-"
    assert weights.locate(chat) is not None


def _then_fail(hub: FakeHub) -> Callable[[float], None]:
    """After the first pause the hub answers 503 for good."""

    def wait(_: float) -> None:
        hub.fail(MAIN, times=100)

    return wait


def test_a_hub_that_keeps_failing_is_given_up(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, waits: list[float]
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.fail(MAIN, times=100)
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "HUB_UNREACHABLE"
    assert len(hub.downloads(MAIN)) == ATTEMPTS
    assert len(waits) == ATTEMPTS - 1


def test_a_server_that_ignores_ranges_starts_the_file_again(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.ignore_range = True
    hub.cut(MAIN, after=200_000)
    weights.pull(chat, hub=client)
    located = weights.locate(chat)
    assert located is not None
    assert Path(located.files.main).read_bytes() == content


def test_wrong_bytes_are_deleted_and_said(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.damage(MAIN)
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "WRONG_DIGEST"
    assert MAIN in str(caught.value)
    assert parts(weights) == []
    assert weights.locate(chat) is None
    weights.pull(chat, hub=client)
    assert weights.locate(chat) is not None


def test_small_files_are_checked_by_their_git_digest(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/baai/bge-small-en-v1.5")
    files = {"onnx/model.onnx": b"\x08onnx" * 999, "tokenizer.json": b"{}", "config.json": b'{"a": 1}'}
    hub.add("Xenova/bge-small-en-v1.5", files)
    hub.damage("config.json")
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(model, hub=client)
    assert key(caught) == "WRONG_DIGEST"
    assert "git-sha1" in str(caught.value)
    manifest = weights.pull(model, hub=client)
    located = weights.locate(model)
    assert located is not None
    assert located.engine == "onnx-embeddings"
    assert located.files.main == str(Path(located.files.folder) / "onnx/model.onnx")
    assert (Path(located.files.folder) / "tokenizer.json").is_file()
    assert located.facts["pooling"] == "cls"
    assert {file.digest.partition(":")[0] for file in manifest.files} == {"sha256", "git-sha1"}


def test_external_data_and_optional_files_come_along(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/baai/bge-m3")
    names = ["onnx/model.onnx", "onnx/model.onnx_data", "tokenizer.json", "config.json", "tokenizer_config.json"]
    hub.add("BAAI/bge-m3", {name: name.encode() * 300 for name in [*names, "pytorch_model.bin"]})
    assert sorted(file.path for file in weights.pull(model, hub=client).files) == sorted(names)


def test_a_missing_companion_is_refused_before_anything_is_downloaded(
    weights: Weights, hub: FakeHub, client: Hub
) -> None:
    model = catalog.default().find("@cf/baai/bge-m3")
    hub.add("BAAI/bge-m3", {"onnx/model.onnx": b"x" * 2000, "config.json": b"{}"})
    with pytest.raises(errors.GroundfogError, match=r"tokenizer\.json") as caught:
        weights.pull(model, hub=client)
    assert key(caught) == "HUB_NOT_FOUND"
    assert hub.downloads("onnx/model.onnx") == []


def test_all_parts_and_the_projector_of_a_split_model_are_pulled(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/meta/llama-4-scout-17b-16e-instruct")
    stem = "Q4_K_M/Llama-4-Scout-17B-16E-Instruct-Q4_K_M"
    files = {f"{stem}-0000{part}-of-00002.gguf": b"GGUF" + bytes([part]) * 5000 for part in (2, 1)}
    repo = "unsloth/Llama-4-Scout-17B-16E-Instruct-GGUF"
    hub.add(repo, {**files, "mmproj-F16.gguf": b"GGUF" * 500, "Q8_0/other.gguf": b"GGUF"})
    manifest = weights.pull(model, hub=client)
    assert [(file.path, file.role) for file in manifest.files] == [
        (f"{stem}-00001-of-00002.gguf", "main"),
        (f"{stem}-00002-of-00002.gguf", "part"),
        ("mmproj-F16.gguf", "mmproj"),
    ]
    located = weights.locate(model)
    assert located is not None
    assert located.files.main.endswith("-00001-of-00002.gguf")
    assert located.files.extra["mmproj"].endswith("mmproj-F16.gguf")


def test_an_incomplete_set_of_parts_is_refused(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/meta/llama-4-scout-17b-16e-instruct")
    name = "Q4_K_M/Llama-4-Scout-17B-16E-Instruct-Q4_K_M-00001-of-00002.gguf"
    hub.add("unsloth/Llama-4-Scout-17B-16E-Instruct-GGUF", {name: b"GGUF" * 500, "mmproj-F16.gguf": b"GGUF"})
    with pytest.raises(errors.GroundfogError, match="complete set of 2 parts"):
        weights.pull(model, hub=client)


def test_another_precision_replaces_the_first(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    larger = MAIN.replace("Q4_K_M", "Q8_0")
    hub.add(REPO, {MAIN: content, larger: content * 2})
    weights.pull(chat, hub=client)
    manifest = weights.pull(chat, "q8_0", hub=client)
    assert manifest.precision == "Q8_0"
    assert {path.name for path in weights.manifests.folder(manifest).iterdir()} == {larger}


def test_a_precision_that_is_not_listed_is_refused_with_the_list(weights: Weights, chat: Model, client: Hub) -> None:
    with pytest.raises(errors.GroundfogError, match="Q4_K_M, Q5_K_M") as caught:
        weights.pull(chat, "Q1", hub=client)
    assert key(caught) == "HUB_NOT_FOUND"


def test_ids_that_share_weights_share_the_files(weights: Weights, hub: FakeHub, client: Hub, content: bytes) -> None:
    name = "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf"
    hub.add("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", {name: content})
    models = [catalog.default().find(f"@cf/meta/llama-3.1-8b-instruct-{kind}") for kind in ("fp8", "fast")]
    first, second = (weights.pull(model, hub=client) for model in models)
    assert len(hub.downloads(name)) == 1
    assert weights.puller().remove(first) == 0
    assert weights.locate(models[1]) is not None
    assert weights.puller().remove(second) == len(content)
    assert list((weights.manifests.root / "files").iterdir()) == []


def test_an_alias_answers_from_the_files_of_its_model(
    weights: Weights, hub: FakeHub, client: Hub, content: bytes
) -> None:
    hub.add("bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", {"Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf": content})
    model, alias = (catalog.default().find(f"@cf/meta/llama-3.1-8b-instruct-{kind}") for kind in ("fast", "fp8-fast"))
    assert weights.locate(alias) is None
    weights.pull(model, hub=client)
    assert weights.locate(alias) == weights.locate(model) is not None


@pytest.mark.parametrize("token", [None, "hf_wrong"])
def test_a_gated_repository_says_what_to_do(
    weights: Weights,
    hub: FakeHub,
    client: Hub,
    chat: Model,
    content: bytes,
    token: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add(REPO, {MAIN: content}, token="hf_right")
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(errors.GroundfogError, match=REPO) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "HUB_GATED"
    assert "HF_TOKEN" in caught.value.kind.next


def test_hf_token_opens_a_gated_repository(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, {MAIN: content}, token="hf_right")
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    weights.pull(chat, hub=client)
    assert weights.locate(chat) is not None
    assert hub.cdn_keys == [None], "the token is for the hub, not for where its files are kept"


def test_a_repository_that_does_not_exist_is_said_to(weights: Weights, client: Hub, chat: Model) -> None:
    with pytest.raises(errors.GroundfogError, match=REPO) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "HUB_NOT_FOUND"


def test_empty_and_equal_files_are_pulled_too(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/baai/bge-base-en-v1.5")
    files = {
        "onnx/model.onnx": b"x" * 2000,
        "tokenizer.json": b"{}",
        "config.json": b"{}",
        "tokenizer_config.json": b"",
    }
    hub.add("Xenova/bge-base-en-v1.5", files)
    manifest = weights.pull(model, hub=client)
    for name, content in files.items():
        assert (weights.manifests.folder(manifest) / name).read_bytes() == content


def test_names_that_leave_the_folder_are_not_taken(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {f"../../../{MAIN}": content, f"/tmp/{MAIN}": content})
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "HUB_NOT_FOUND"


def test_something_that_is_no_hub_is_said_to_be_none(weights: Weights, hub: FakeHub, chat: Model) -> None:
    with pytest.raises(errors.GroundfogError, match="does not answer like a hub") as caught:
        weights.pull(chat, hub=Hub(hub.url + "/html"))
    assert key(caught) == "HUB_UNREACHABLE"


def test_a_hub_that_is_not_there_is_unreachable(weights: Weights, chat: Model) -> None:
    with pytest.raises(errors.GroundfogError, match=r"127\.0\.0\.1:9") as caught:
        weights.pull(chat, hub=Hub("http://127.0.0.1:9"))
    assert key(caught) == "HUB_UNREACHABLE"


def test_offline_uses_what_is_here_and_asks_for_nothing(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, {MAIN: content})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=client)
    assert key(caught) == "HUB_OFFLINE"
    monkeypatch.delenv("HF_HUB_OFFLINE")
    pulled = weights.pull(chat, hub=client)
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert weights.pull(chat, hub=client) == pulled
    assert weights.locate(chat) is not None
    assert hub.requests == []


def test_hf_endpoint_names_the_hub(monkeypatch: pytest.MonkeyPatch, hub: FakeHub) -> None:
    assert Hub().endpoint == "https://huggingface.co"
    monkeypatch.setenv("HF_ENDPOINT", hub.url + "/")
    hub.add("a/b", {"x": b"1"})
    assert Hub().resolve("a/b").files["x"] == RemoteFile("x", 1, f"git-sha1:{describe('x', b'1')['blobId']}")


def test_too_little_disk_is_refused_before_the_download(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    puller = Puller(weights.manifests, lambda _: None, client, free=lambda _: 1_000_000)
    row = weights.table.row(chat)
    with pytest.raises(errors.GroundfogError, match="1 MB free") as caught:
        puller.from_hub(chat.id, row, "Q4_K_M")
    assert key(caught) == "DISK_FULL"
    assert hub.downloads(MAIN) == []


def test_a_disk_that_fills_up_during_the_download_is_the_same_error(
    weights: Weights, hub: FakeHub, chat: Model, content: bytes
) -> None:
    class FullDiskHub(Hub):
        def download(self, repository: Repository, file: RemoteFile, *_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    hub.add(REPO, {MAIN: content})
    with pytest.raises(errors.GroundfogError) as caught:
        weights.pull(chat, hub=FullDiskHub(hub.url))
    assert key(caught) == "DISK_FULL"


def test_without_its_manifest_a_pull_does_not_count_and_is_finished_without_a_download(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, {MAIN: content})

    def killed(self: Manifests, manifest: Manifest) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Manifests, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            weights.pull(chat, hub=client)
    assert weights.locate(chat) is None
    hub.requests.clear()
    weights.pull(chat, hub=client)
    assert weights.locate(chat) is not None
    assert hub.downloads(MAIN) == []


def test_a_manifest_is_replaced_as_a_whole(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(REPO, {MAIN: content})
    manifest = weights.pull(chat, hub=client)
    path = weights.manifests.path(chat.id)
    before = path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", broken)
        with pytest.raises(OSError, match="Input/output"):
            weights.manifests.write(manifest)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    assert json.loads(before)["files"][0]["path"] == MAIN


def test_two_pulls_of_one_repository_do_not_collide(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.stall(MAIN, after=1000)
    waiting = threading.Event()
    results: list[Manifest] = []

    def second_progress(step: Step) -> None:
        if step.stage == "wait":
            waiting.set()
            hub.released.set()

    first = threading.Thread(target=lambda: results.append(weights.pull(chat, hub=client)))
    first.start()
    assert hub.stalled.wait(10)
    results.append(weights.pull(chat, progress=second_progress, hub=client))
    first.join(10)
    assert waiting.is_set()
    assert len(results) == 2
    assert results[0].files == results[1].files
    assert len(hub.downloads(MAIN)) == 1


def test_progress_counts_every_byte_once(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    hub.cut(MAIN, after=5000)
    steps: list[Step] = []
    weights.pull(chat, progress=steps.append, hub=client)
    downloads = [step for step in steps if step.stage == "download"]
    assert downloads[-1].done == downloads[-1].total == len(content)
    assert steps[0].stage == "resolve"
    assert steps[-1].stage == "done"


def test_verify_finds_and_deletes_a_changed_file(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    manifest = weights.pull(chat, hub=client)
    weights.puller().verify(manifest)
    path = weights.manifests.folder(manifest) / MAIN
    changed = bytearray(content)
    changed[500] ^= 1
    path.write_bytes(bytes(changed))
    assert weights.locate(chat) is not None, "the quick check looks at sizes only"
    with pytest.raises(errors.GroundfogError) as caught:
        weights.puller().verify(manifest)
    assert key(caught) == "WRONG_DIGEST"
    assert not path.exists()
    weights.pull(chat, hub=client)
    assert path.read_bytes() == content


def test_damaged_weights_are_an_error_and_not_a_missing_model(
    weights: Weights, hub: FakeHub, client: Hub, chat: Model, content: bytes
) -> None:
    hub.add(REPO, {MAIN: content})
    manifest = weights.pull(chat, hub=client)
    (weights.manifests.folder(manifest) / MAIN).write_bytes(content[:-1])
    with pytest.raises(errors.GroundfogError, match="bytes instead of") as caught:
        weights.locate(chat)
    assert key(caught) == "BAD_MODEL_FILE"
    weights.pull(chat, hub=client)
    assert weights.locate(chat) is not None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda _: "{", "manifest is damaged"),
        (lambda text: text.replace('"main"', '"part"'), "names no files"),
        (lambda text: text.replace(f'"{MAIN}"', f'"../../../{MAIN}"'), "outside of its folder"),
        (lambda text: text.replace('"files/', '"/files/'), "outside of its folder"),
    ],
    ids=["cut", "without a main file", "a file outside", "a folder outside"],
)
def test_a_manifest_that_is_damaged_is_an_error_and_a_pull_mends_it(
    weights: Weights,
    hub: FakeHub,
    client: Hub,
    chat: Model,
    content: bytes,
    damage: Callable[[str], str],
    words: str,
) -> None:
    hub.add(REPO, {MAIN: content})
    weights.pull(chat, hub=client)
    path = weights.manifests.path(chat.id)
    path.write_text(damage(path.read_text()))
    with pytest.raises(errors.GroundfogError, match=words):
        weights.locate(chat)
    weights.pull(chat, hub=client)
    assert weights.locate(chat) is not None


def test_another_repository_may_be_named(weights: Weights, hub: FakeHub, client: Hub, content: bytes) -> None:
    model = catalog.default().find("@cf/meta/llama-3.2-11b-vision-instruct")
    names = [
        "Q4/Own-Q4_K_M-00001-of-00002.gguf",
        "Q4/Own-Q4_K_M-00002-of-00002.gguf",
        "Own-Q8_0.gguf",
        "mmproj-Q8_0.gguf",
    ]
    hub.add("me/own", {name: content + name.encode() for name in names})
    assert [file.path for file in weights.pull(model, repo="me/own", hub=client).files] == names[:2]
    manifest = weights.pull(model, "q8_0", repo="me/own", hub=client)
    assert [file.path for file in manifest.files] == ["Own-Q8_0.gguf"]
    assert weights.locate(model) is not None
    with pytest.raises(errors.GroundfogError, match="precision Q6_K"):
        weights.pull(model, "Q6_K", repo="me/own", hub=client)


def test_an_onnx_repository_may_be_named_too(weights: Weights, hub: FakeHub, client: Hub) -> None:
    model = catalog.default().find("@cf/baai/bge-small-en-v1.5")
    hub.add("BAAI/bge-small-en-v1.5", {"onnx/model.onnx": b"x" * 2000, "tokenizer.json": b"{}", "config.json": b"{}"})
    assert weights.pull(model, repo="BAAI/bge-small-en-v1.5", hub=client).repo == "BAAI/bge-small-en-v1.5"


def test_a_model_without_open_weights_says_why(weights: Weights, client: Hub) -> None:
    model = catalog.default().find("@cf/meta/llama-3.2-11b-vision-instruct")
    with pytest.raises(errors.GroundfogError, match="mllama") as caught:
        weights.pull(model, hub=client)
    assert key(caught) == "NO_OPEN_WEIGHTS"
