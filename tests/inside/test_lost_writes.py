"""Writes inside a workspace whose response is lost: zenpro checks the object itself."""

from __future__ import annotations

import pytest

from tests.support.cutting import Cutter
from zenpro_nb.errors import OutcomeUnknownError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

PROD = ("--workspace", "ml-prod")
# The words of a command, and its method.
CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "projects create": (("returns",), "POST"),
    "projects update": (("churn", "--description", "other"), "PUT"),
    "projects delete": (("pricing",), "DELETE"),
    "schedules pause": (("churn_batch_scoring_schedule",), "PUT"),
    "schedules update": (("churn_batch_scoring_schedule", "--cron", "0 3 * * *"), "PUT"),
    "schedules delete": (("churn_batch_scoring_schedule",), "DELETE"),
    "triggers pause": (("churn_drift_report_daily",), "PUT"),
    "triggers delete": (("churn_drift_report_daily",), "DELETE"),
}


# One for each kind of check; the others are tried by `pytest --all`.
SAMPLE = ("projects create", "projects update", "projects delete", "triggers delete")


@pytest.mark.parametrize(
    "command", [command if command in SAMPLE else pytest.param(command, marks=pytest.mark.slow) for command in CASES]
)
def test_a_lost_response_is_found_out(far: Connection, cutter: Cutter, command: str) -> None:
    words, method = CASES[command]
    line = (*command.split(), *words, *PROD, "--yes")
    ending = "/projects" if method == "POST" else ""  # not the login
    cutter.lose(method, ending, mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run(*line)
    cutter.lose(method, ending)
    far.run(*line)
    assert len(cutter.cut) == 2
    lost, found = Journal().entries()
    assert (lost["outcome"], found["outcome"]) == ("not done", "done")
    assert found["detail"].startswith("the response was lost; a check shows that it is done")
