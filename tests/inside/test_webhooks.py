"""`webhooks rotate-secret`: the secret reaches its destination, and nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.support.cutting import Cutter
from zenpro_nb.errors import ConfirmationError, OutcomeUnknownError, SaveError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

PROD = ("--workspace", "ml-prod")
WORDS = ("webhooks", "rotate-secret", "churn-pushes", *PROD)


def test_the_secret_is_written_to_a_file_of_its_owner(
    acme: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "secret"
    before = acme.run("webhooks", "get", "churn-pushes", *PROD, "--project", "churn").updated[0]
    with pytest.raises(ConfirmationError, match=r"The old secret stops working immediately\. This cannot"):
        acme.run(*WORDS, "--to", f"file:{file}")
    assert not file.exists()
    frame = acme.run(*WORDS, "--to", f"file:{file}", "--yes")
    secret = file.read_text()
    assert len(secret) > 30
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert frame.outcome[0] == "done"
    assert acme.run("webhooks", "get", "churn-pushes", *PROD, "--project", "churn").updated[0] > before
    printed = "".join(capsys.readouterr())
    for place in (frame.to_csv(), repr(frame.attrs), printed, Journal().path.read_text()):
        assert secret not in place


def test_without_a_destination_nothing_is_sent(acme: Connection) -> None:
    with pytest.raises(UsageError, match=r"`--to` is required: the new secret of the webhook churn-pushes"):
        acme.run(*WORDS, "--yes")
    assert Journal().entries() == []


def test_a_lost_response_loses_the_secret_and_says_how_to_get_another(
    far: Connection, cutter: Cutter, tmp_path: Path
) -> None:
    to = ("--to", f"file:{tmp_path / 'secret'}", "--yes")
    cutter.lose("PUT", "/secret", mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run(*WORDS, *to)
    cutter.lose("PUT", "/secret")
    with pytest.raises(SaveError, match="is lost") as lost:
        far.run(*WORDS, *to)
    assert (
        "`zenpro webhooks rotate-secret churn-pushes --workspace ml-prod --to …`" in str(lost.value) + lost.value.hint
    )
    assert [entry["outcome"] for entry in Journal().entries()] == ["not done", "not kept"]
    assert far.run(*WORDS, *to).outcome[0] == "done"
