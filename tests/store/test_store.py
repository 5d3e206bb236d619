"""The database: writes in groups, failures alone, migrations once, and STORE_DOWN for what cannot be read."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from groundfog.errors import STORE_DOWN, GroundfogError
from groundfog.store import Store, migrations
from groundfog.store.database import _commit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    store.write(lambda db: db.execute("CREATE TABLE items (name TEXT PRIMARY KEY)")).result(10)
    yield store
    store.close()


def names(store: Store) -> list[str]:
    return store.read(lambda db: [name for (name,) in db.execute("SELECT name FROM items ORDER BY name")])


def test_nothing_is_created_before_the_first_use(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    assert not (tmp_path / "state").exists()
    store.open()
    assert (tmp_path / "state" / "groundfog.db").is_file()
    store.close()


def test_the_database_is_private_and_in_wal_mode(store: Store) -> None:
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert store.read(lambda db: db.execute("PRAGMA journal_mode").fetchone()) == ("wal",)


def test_what_was_written_is_read_after_its_future_is_set(store: Store) -> None:
    store.write(lambda db: db.execute("INSERT INTO items VALUES ('a')")).result(10)
    assert names(store) == ["a"]


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(GroundfogError) as caught:
        store.read(lambda db: db.execute("INSERT INTO items VALUES ('a')"))
    assert caught.value.kind is STORE_DOWN
    assert names(store) == []


def test_writes_that_wait_share_one_commit(store: Store) -> None:
    entered, go_on = threading.Event(), threading.Event()
    statements: list[str] = []

    def hold(db: sqlite3.Connection) -> None:
        db.set_trace_callback(statements.append)
        entered.set()
        go_on.wait(10)

    first = store.write(hold)
    assert entered.wait(10)
    many = [store.write(lambda db, n=n: db.execute("INSERT INTO items VALUES (?)", (f"{n:03}",))) for n in range(100)]
    go_on.set()
    wait([first, *many], timeout=10)
    assert len(names(store)) == 100
    assert statements.count("COMMIT") == 2  # the held one, and all that waited meanwhile


def test_a_write_that_fails_is_rolled_back_alone() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE items (name TEXT PRIMARY KEY)")

    def fails(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO items VALUES ('half')")
        raise ValueError("not this one")

    good: Future[object] = Future()
    bad: Future[object] = Future()
    late: Future[object] = Future()
    committed: list[bool] = []
    _commit(
        connection,
        [
            (lambda db: db.execute("INSERT INTO items VALUES ('one')"), good),
            (fails, bad),
            (lambda db: db.execute("INSERT INTO items VALUES ('two')"), late),
        ],
        lambda: committed.append(good.done()),
    )
    assert committed == [False]  # told before anybody who waits is
    assert good.exception() is None
    assert late.exception() is None
    with pytest.raises(ValueError, match="not this one"):
        bad.result()
    assert connection.execute("SELECT name FROM items ORDER BY name").fetchall() == [("one",), ("two",)]
    connection.close()


def test_closing_finishes_the_queue(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(lambda db: db.execute("CREATE TABLE items (name TEXT)"))
    futures = [store.write(lambda db: db.execute("INSERT INTO items VALUES ('x')")) for _ in range(50)]
    store.close()
    assert all(future.done() for future in futures)
    again = Store(tmp_path)
    assert again.read(lambda db: db.execute("SELECT count(*) FROM items").fetchone()) == (50,)
    again.close()


def test_a_closed_store_is_down(store: Store) -> None:
    store.close()
    for use in (store.open, store.version, lambda: store.read(lambda db: None)):
        with pytest.raises(GroundfogError) as caught:
            use()
        assert caught.value.kind is STORE_DOWN


def test_a_file_that_is_no_database_is_down(tmp_path: Path) -> None:
    (tmp_path / "groundfog.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    store = Store(tmp_path)
    with pytest.raises(GroundfogError) as caught:
        store.version()
    assert caught.value.kind is STORE_DOWN
    store.close()


def test_the_version_changes_when_another_process_writes(store: Store) -> None:
    before = store.version()
    assert store.version() == before
    other = Store(store.path.parent)
    other.write(lambda db: db.execute("INSERT INTO items VALUES ('other')")).result(10)
    other.close()
    assert store.version() != before


def test_each_migration_runs_once_and_its_name_is_kept() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    expected = [function.__name__ for function in migrations.MIGRATIONS]
    assert migrations.migrate(connection, migrations.MIGRATIONS) == expected
    assert migrations.migrate(connection, migrations.MIGRATIONS) == []
    assert [name for (name,) in connection.execute("SELECT name FROM migrations ORDER BY rowid")] == expected
    connection.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (name TEXT)")
        raise RuntimeError("no")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(RuntimeError):
        migrations.migrate(connection, migrations.MIGRATIONS)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


def test_two_stores_may_open_a_new_directory_at_once(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)
    failures: list[BaseException] = []

    def open_one() -> None:
        store = Store(tmp_path / "new")
        barrier.wait(10)
        try:
            store.open()
        except BaseException as error:
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []


def test_a_writer_that_cannot_open_the_database_refuses_and_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    connect = store._connect
    broken = [True]

    def sometimes(*, read_only: bool = False) -> sqlite3.Connection:
        if broken and threading.current_thread().name == "groundfog-store":
            broken.pop()
            raise sqlite3.OperationalError("unable to open database file")
        return connect(read_only=read_only)

    monkeypatch.setattr(store, "_connect", sometimes)
    with pytest.raises(GroundfogError) as caught:
        store.write(lambda db: db.execute("CREATE TABLE first (name TEXT)")).result(10)
    assert caught.value.kind is STORE_DOWN
    store.write(lambda db: db.execute("CREATE TABLE second (name TEXT)")).result(10)
    found = store.read(
        lambda db: db.execute("SELECT name FROM sqlite_master WHERE name IN ('first', 'second')").fetchall()
    )
    assert found == [("second",)]
    store.close()
