"""A cache hit's bodies are in its journal file once, and every hit's row has them all the same."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.log_query import LogQuery
from groundfog.gateway.record import Record
from groundfog.gateway.records import frames, journal, repeats
from groundfog.gateway.records.journal import Journal
from tests.support.records import ACCOUNT, GATEWAY, open_records, record

ASKED, ANSWERED = b'{"model":"m","prompt":"' + b"a" * 600 + b'"}', b'{"answer":"' + b"b" * 900 + b'"}'


def hit(asked: bytes = ASKED, answered: bytes | None = ANSWERED) -> Record:
    return record(cached=True, request_body=asked, response_body=answered)


def read(path: Path) -> list[Record]:
    """What a file says to a process that never saw its records."""
    fd = os.open(path, os.O_RDONLY)
    try:
        found, _ = frames.read(path.read_bytes()[len(frames.MARK) :], 1000)
        repeats.restore(found, fd)
    finally:
        os.close(fd)
    return found


async def written(directory: Path, *records: Record) -> Path:
    kept = Journal(directory, "p", "process", 1 << 30, lambda records: None)
    kept.open()
    await asyncio.gather(*map(kept.append, records))
    (segment,) = kept.segments
    kept.close()
    os.close(segment.fd)
    return segment.path


async def test_bodies_are_written_once_and_read_back_for_each(tmp_path: Path) -> None:
    path = await written(tmp_path, hit(), hit(), hit(b"c" * 400), hit(), hit(answered=None), hit(b"c" * 400))
    data = path.read_bytes()
    assert (data.count(ASKED), data.count(ANSWERED), data.count(b"c" * 400)) == (2, 2, 1)
    assert [(one.request_body, one.response_body) for one in read(path)] == [
        (ASKED, ANSWERED),
        (ASKED, ANSWERED),
        (b"c" * 400, ANSWERED),
        (ASKED, ANSWERED),
        (ASKED, None),
        (b"c" * 400, ANSWERED),
    ]


async def test_only_hits_are_shortened_and_small_ones_are_not(tmp_path: Path) -> None:
    fresh = [record(request_body=ASKED, response_body=ANSWERED) for _ in range(2)]
    path = await written(tmp_path, *fresh, hit(b"small", b"too"), hit(b"small", b"too"), hit(b"", None), hit(b"", None))
    assert path.read_bytes().count(ASKED) == 2
    assert [one.bodies_at for one in read(path)] == [None] * 6


async def test_the_record_in_memory_keeps_its_bodies(tmp_path: Path) -> None:
    one, two, broken = hit(), hit(), hit()
    broken.user_agent = "\ud800"
    path = await written(tmp_path, one, two, broken)
    assert (two.request_body, two.response_body) == (ASKED, ANSWERED)
    assert two.response_body is one.response_body
    assert [(row.user_agent, row.response_body) for row in read(path)][2] == ("?", ANSWERED)


async def test_each_file_has_what_its_records_point_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 2000)
    kept = Journal(tmp_path, "p", "process", 1 << 30, lambda records: None)
    kept.open()
    for _ in range(6):
        await kept.append(hit())
    paths = [segment.path for segment in kept.segments]
    kept.close()
    assert len(paths) > 1
    for path in paths:
        assert {(one.request_body, one.response_body) for one in read(path)} == {(ASKED, ANSWERED)}


async def test_after_a_failed_write_bodies_are_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Journal(tmp_path, "p", "process", 1 << 30, lambda records: None)
    kept.open()

    def full(fd: int, data: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr(frames, "write_all", full)
        with pytest.raises(GroundfogError):
            await kept.append(hit())
    await asyncio.gather(kept.append(hit()), kept.append(hit()))
    (segment,) = kept.segments
    kept.close()
    assert [one.response_body for one in read(segment.path)] == [ANSWERED, ANSWERED]


async def test_a_pointer_to_nothing_costs_the_bodies_only(tmp_path: Path) -> None:
    path = await written(tmp_path, hit(), hit())
    second = read(path)[1]
    for nowhere in (3, 1 << 40):
        second.bodies_at, second.request_body, second.response_body = nowhere, None, None
        fd = os.open(path, os.O_RDONLY)
        repeats.restore([second], fd)
        os.close(fd)
        assert (second.request_body, second.response_body) == (None, None)


@pytest.mark.parametrize("in_memory", [True, False])
async def test_rows_of_hits_have_their_bodies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool) -> None:
    if not in_memory:
        monkeypatch.setattr(journal, "IN_MEMORY_BYTES", 0)
    records = open_records(tmp_path)
    await records.start()
    hits = [hit() for _ in range(5)]
    await asyncio.gather(*map(records.append, hits))
    for one in hits:
        row = await records.get(ACCOUNT, GATEWAY, one.id, bodies=True)
        assert row is not None
        assert (row.record.request_body, row.record.response_body) == (ASKED, ANSWERED)
    await records.stop()


async def test_a_dead_process_s_hits_have_their_bodies(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    hits = [hit() for _ in range(7)]
    path = await written(folder, *hits)
    path.rename(folder / "dead-000001.journal")
    records = open_records(tmp_path)
    await records.start()
    page = await records.list(ACCOUNT, GATEWAY, LogQuery())
    assert {row.record.id for row in page.rows} == {one.id for one in hits}
    for one in hits:
        row = await records.get(ACCOUNT, GATEWAY, one.id, bodies=True)
        assert row is not None
        assert (row.record.request_body, row.record.response_body) == (ASKED, ANSWERED)
    await records.stop()
