"""Bad input gets one clear line, and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import errors

CASES = [
    ("usres", errors.UsageError, "Did you mean 'users'"),
    ("users --colums a", errors.UsageError, "--columns"),
    ("users --emial a", errors.UsageError, "Did you mean '--email'?"),
    ("users --zzz a", errors.UsageError, "See `%zenpro users --help`"),
    ("zzz", errors.UsageError, "in '%zenpro'. See `%zenpro --help`."),
    ("users list", errors.UsageError, "To list, use the noun alone: `%zenpro users`"),
    ("ls", errors.UsageError, "To list, use the noun alone: `%zenpro users`"),
    ("users | head", errors.UsageError, "`%zenpro users --limit 10`: this line is not run by a shell"),
    ("users --columns nmae", errors.UnknownNameError, "Did you mean 'name'? Use `%zenpro users"),
    ("users --sort nmae", errors.UnknownNameError, "Did you mean 'name'? Use `%zenpro users"),
    ("users --limit -1", errors.UsageError, "not in the range"),
    ("users --limit many", errors.UsageError, "'many' is not a whole number"),
    ("users --as excel", errors.UsageError, "pandas"),
    ("users --limit 1 --out 1x", errors.UsageError, "variable"),
    ("users --limit 1 --out class", errors.UsageError, "not a valid name for a variable"),
    ("users --limit 1 --out print", errors.UsageError, "is a Python built-in"),
    ("users --limit 1 --save /nowhere/u.csv", errors.SaveError, "does not exist"),
    ("users --limit 1 --save u.docx", errors.SaveError, ".csv"),
    ("users --email a@example.com --org acme", errors.UsageError, "--email cannot be combined"),
    ("users --limit 1 get ada@example.com", errors.UsageError, "--limit is an option of the list"),
    ("users get", errors.UsageError, "Missing"),
    ('users get "ada', errors.UsageError, "never closed"),
    ("users get $nobody", errors.UsageError, "not defined"),
    ("users get {None}", errors.UsageError, "missing value"),
    ("users get nobody@example.com", errors.UnknownNameError, "The user 'nobody@example.com' does not exist"),
    ("users get 00000000-0000-4000-8000-000000000000", errors.UnknownNameError, "with the ID"),
    (
        "api-keys delete nothing --service-account ci-bot --yes",
        errors.UnknownNameError,
        "The API key 'nothing' does not exist",
    ),
    ("members --org acem", errors.UnknownNameError, "Did you mean 'acme'"),
    ("teams members Reliability", errors.AmbiguousNameError, "2 teams are called"),
    ("roles get Auditor", errors.AmbiguousNameError, "2 roles are called"),
    ("workspaces --status broken", errors.UsageError, "available"),
    ("api GET users/me", errors.UsageError, "Start it with a slash"),
    ("api GET /users/me -q email", errors.UsageError, "-q NAME=VALUE"),
    ("api GET /nowhere", errors.RouteNotFoundError, "404"),
    ("api GET /users/{id}", errors.UsageError, "function"),
    ("use organization nope", errors.UnknownNameError, "The organization 'nope' does not exist"),
    ("sandbox start --prot 1", errors.UsageError, "--port"),
    ("demo", errors.UsageError, "inside a notebook"),
    (r'organizations get --raw {"\ud800"}', errors.UsageError, "contains a lone surrogate"),
    ("tags get --raw {'x'} ''", errors.UsageError, "has no place for ''"),
    ("users; y = 1", errors.UsageError, "Only one command is allowed per line"),
]


@pytest.mark.parametrize(("line", "kind", "words"), CASES, ids=[case[0] for case in CASES])
def test_one_clear_line(shell: Shell, line: str, kind: type[Exception], words: str) -> None:
    error = shell.error(f"%zenpro {line}")
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
    assert "\0" not in str(error)


def test_no_credential(bare_shell: Shell) -> None:
    error = bare_shell.error("%zenpro users")
    assert type(error) is errors.CredentialError
    assert "ZENML_PRO_API_KEY" in str(error)


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("http://cloudapi.example.com", errors.CredentialError, "https"),
        ("cloudapi.zenml.io", errors.UsageError, "https://"),
        ("http://127.0.0.1:1", errors.ConnectionFailedError, "127.0.0.1"),
    ],
)
def test_wrong_addresses(
    bare_shell: Shell, monkeypatch: pytest.MonkeyPatch, url: str, kind: type[Exception], words: str
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_nothing")
    monkeypatch.setattr("zenpro_nb.limits.RETRY_ATTEMPTS", 1)
    error = bare_shell.error("%zenpro users")
    assert type(error) is kind
    assert words in str(error)


def test_a_failed_save_leaves_the_frame_and_no_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = shell.error(f"%zenpro users --limit 1 --save {tmp_path}/file/u.csv")
    assert type(error) is errors.SaveError
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
