"""Datasets (saved filters over the log) and evaluations of them (spec ai-gateway §3.14, §5.5–§5.7)."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn

import msgspec

from groundfog import errors
from groundfog.clock import Clock, rfc3339
from groundfog.store import Store

Kind = Literal["cost", "speed", "feedback"]
_SINCE = "2026-10-10T00:00:00.000Z"


class EvaluationType(msgspec.Struct, frozen=True):
    """What an evaluation measures; `kind` is what the log is asked for."""

    id: str
    kind: Kind
    name: str
    description: str

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "type": self.kind,
            "description": self.description,
            "enable": True,
            "mandatory": False,
            "created_at": _SINCE,
            "modified_at": _SINCE,
        }


def _made(kind: Kind, name: str, description: str) -> EvaluationType:
    # The same id on every server, so that scripts may keep it.
    return EvaluationType(
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"groundfog:evaluation-type:{kind}")), kind, name, description
    )


TYPES: tuple[EvaluationType, ...] = (
    _made("cost", "Cost", "Average cost of a request in US dollars, over those with a known cost"),
    _made("speed", "Speed", "Average duration of a request in milliseconds"),
    _made("feedback", "Human feedback", "Share of thumbs up among the requests with feedback, in per cent"),
)


class Measured(msgspec.Struct, frozen=True):
    """One result: the number, None where no row has the field, and over how many rows."""

    type: EvaluationType
    value: float | None
    logs: int


class Evaluations:
    """The rows of both tables. Every method waits for the store; an event loop calls them in a thread."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def datasets(self, account: str, gateway: str) -> Sequence[dict[str, Any]]:
        """Newest first, in the API's form."""

        def work(db: sqlite3.Connection) -> list[dict[str, Any]]:
            rows = db.execute(
                "SELECT * FROM gateway_datasets WHERE account = ? AND gateway = ? ORDER BY created_at DESC, rowid DESC",
                (account, gateway),
            )
            return [_dataset(row) for row in rows]

        return self._store.read(work)

    def dataset(self, account: str, gateway: str, dataset_id: str) -> dict[str, Any]:
        """Raises GATEWAY_NOT_FOUND."""
        return self._store.read(lambda db: _dataset(_dataset_row(db, account, gateway, dataset_id)))

    def save_dataset(
        self, account: str, gateway: str, given: Mapping[str, Any], dataset_id: str | None = None
    ) -> dict[str, Any]:
        """A new dataset of `name`, `enable` and `filters`, or another one's new contents.

        Raises GATEWAY_EXISTS for a name that is taken, GATEWAY_NOT_FOUND.
        """
        now = self._clock.time()
        new_id = dataset_id or str(uuid.uuid4())
        contents = (given["name"], int(given["enable"]), json.dumps(given["filters"]))

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            if dataset_id is None:
                db.execute(
                    "INSERT INTO gateway_datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (new_id, account, gateway, *contents, now, now),
                )
            else:
                _dataset_row(db, account, gateway, dataset_id)
                db.execute(
                    "UPDATE gateway_datasets SET name = ?, enable = ?, filters = ?, modified_at = ? WHERE id = ?",
                    (*contents, now, dataset_id),
                )
            return _dataset(_dataset_row(db, account, gateway, new_id))

        try:
            return self._store.write(work).result()
        except sqlite3.IntegrityError:
            raise errors.GATEWAY_EXISTS(what=f"dataset {given['name']}", path=("name",)) from None

    def delete_dataset(self, account: str, gateway: str, dataset_id: str) -> dict[str, Any]:
        """What it was. Raises GATEWAY_NOT_FOUND."""

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            gone = _dataset(_dataset_row(db, account, gateway, dataset_id))
            db.execute("DELETE FROM gateway_datasets WHERE id = ?", (dataset_id,))
            return gone

        return self._store.write(work).result()

    def evaluations(self, account: str, gateway: str) -> Sequence[dict[str, Any]]:
        """Newest first, in the API's form."""

        def work(db: sqlite3.Connection) -> list[dict[str, Any]]:
            rows = db.execute(
                "SELECT * FROM gateway_evaluations WHERE account = ? AND gateway = ?"
                " ORDER BY created_at DESC, rowid DESC",
                (account, gateway),
            )
            return [_evaluation(row) for row in rows]

        return self._store.read(work)

    def evaluation(self, account: str, gateway: str, evaluation_id: str) -> dict[str, Any]:
        """Raises GATEWAY_NOT_FOUND."""
        return self._store.read(lambda db: _evaluation(_evaluation_row(db, account, gateway, evaluation_id)))

    def save_evaluation(
        self,
        account: str,
        gateway: str,
        name: str,
        datasets: Sequence[Mapping[str, Any]],
        measured: Sequence[Measured],
        total_logs: int,
    ) -> dict[str, Any]:
        """What was measured, with the datasets as they were then."""
        now = self._clock.time()
        evaluation_id = str(uuid.uuid4())
        kept = [{**dataset, "account_id": account, "account_tag": account} for dataset in datasets]
        results = [_result(each, evaluation_id, now) for each in measured]
        row = (
            evaluation_id,
            account,
            gateway,
            name,
            1,
            total_logs,
            json.dumps(kept),
            json.dumps(results),
            now,
            now,
        )
        self._store.write(
            lambda db: db.execute("INSERT INTO gateway_evaluations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        ).result()
        return _evaluation(row)

    def delete_evaluation(self, account: str, gateway: str, evaluation_id: str) -> dict[str, Any]:
        """What it was. Raises GATEWAY_NOT_FOUND."""

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            gone = _evaluation(_evaluation_row(db, account, gateway, evaluation_id))
            db.execute("DELETE FROM gateway_evaluations WHERE id = ?", (evaluation_id,))
            return gone

        return self._store.write(work).result()


def _result(measured: Measured, evaluation_id: str, now: float) -> dict[str, Any]:
    """`status` 1: measured; 0: no row had the field."""
    if measured.value is None:
        text, status, about = "", 0, "no logs with this field"
    else:
        text, status, about = f"{measured.value:.10g}", 1, "processed"
    return {
        "id": str(uuid.uuid4()),
        "evaluation_id": evaluation_id,
        "evaluation_type_id": measured.type.id,
        "result": text,
        "status": status,
        "status_description": about,
        "total_logs": measured.logs,
        "created_at": rfc3339(now),
        "modified_at": rfc3339(now),
    }


def _dataset(row: tuple[Any, ...]) -> dict[str, Any]:
    dataset_id, _, gateway, name, enable, filters, created_at, modified_at = row
    return {
        "id": dataset_id,
        "name": name,
        "enable": bool(enable),
        "filters": json.loads(filters),
        "gateway_id": gateway,
        "created_at": rfc3339(created_at),
        "modified_at": rfc3339(modified_at),
    }


def _evaluation(row: tuple[Any, ...]) -> dict[str, Any]:
    evaluation_id, _, gateway, name, processed, total_logs, datasets, results, created_at, modified_at = row
    return {
        "id": evaluation_id,
        "name": name,
        "gateway_id": gateway,
        "processed": bool(processed),
        "total_logs": total_logs,
        "datasets": json.loads(datasets),
        "results": json.loads(results),
        "created_at": rfc3339(created_at),
        "modified_at": rfc3339(modified_at),
    }


def _dataset_row(db: sqlite3.Connection, account: str, gateway: str, dataset_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = db.execute(
        "SELECT * FROM gateway_datasets WHERE account = ? AND gateway = ? AND id = ?", (account, gateway, dataset_id)
    ).fetchone()
    if row is None:
        _no_such(f"dataset {dataset_id}")
    return row


def _evaluation_row(db: sqlite3.Connection, account: str, gateway: str, evaluation_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = db.execute(
        "SELECT * FROM gateway_evaluations WHERE account = ? AND gateway = ? AND id = ?",
        (account, gateway, evaluation_id),
    ).fetchone()
    if row is None:
        _no_such(f"evaluation {evaluation_id}")
    return row


def _no_such(what: str) -> NoReturn:
    raise errors.GATEWAY_NOT_FOUND(what=what)
