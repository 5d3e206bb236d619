"""`groundfog keys`, and what a key opens on a running server."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run


def test_the_secret_is_the_only_line_on_standard_output(groundfog: Run) -> None:
    done = groundfog("keys", "create", "ci", "--scope", "run", "--account", "acct", "--expires", "12h")
    assert done.returncode == 0
    secret = done.stdout.strip()
    assert secret.startswith("gf_")
    assert "\n" not in secret
    assert "may run for account acct" in done.stderr
    [row] = json.loads(groundfog("keys", "list", "--json").stdout)
    assert (row["name"], row["scopes"], row["accounts"]) == ("ci", ["run"], ["acct"])
    assert row["expires_at"] - row["created_at"] == pytest.approx(12 * 3600, abs=60)
    assert secret not in groundfog("keys", "list").stdout


def test_a_revoked_key_is_shown_as_revoked(groundfog: Run) -> None:
    secret = groundfog("keys", "create", "old").stdout.strip()
    assert "valid" in groundfog("keys", "list").stdout
    done = groundfog("keys", "revoke", secret)
    assert done.stdout.startswith("Revoked ")
    assert "revoked" in groundfog("keys", "list").stdout


def test_revoking_nothing_is_an_error(groundfog: Run) -> None:
    done = groundfog("keys", "revoke", "gf_none")
    assert done.returncode == 1
    assert "There is no key gf_none" in done.stderr


def test_without_keys_the_list_says_what_that_means(groundfog: Run) -> None:
    assert "this machine only" in groundfog("keys", "list").stdout


def test_a_duration_in_words_is_refused(groundfog: Run) -> None:
    done = groundfog("keys", "create", "--expires", "tomorrow")
    assert done.returncode == 2
    assert "write 90m, 12h or 30d" in done.stderr
