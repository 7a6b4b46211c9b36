"""Ctrl-C while a change still looks up names: the error states that nothing was sent."""

from __future__ import annotations

import pytest

from zenpro_nb import query
from zenpro_nb.errors import InterruptedReadError
from zenpro_nb.frontends.connection import Connection


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["write", "dry run"])
def test_ctrl_c_during_look_ups_reports_that_nothing_was_sent(
    zen: Connection, monkeypatch: pytest.MonkeyPatch, requests: list[tuple[str, str]], dry_run: tuple[str, ...]
) -> None:
    def interrupt(*args: object, **options: object) -> None:
        raise InterruptedReadError("stopped after 45 of 150 requests", hint="Partial results were discarded.", rows=45)

    monkeypatch.setattr(query, "find", interrupt)
    with pytest.raises(InterruptedReadError) as caught:
        zen.run("teams", "delete", "Platform", "--yes", *dry_run)
    assert caught.value.hint == "Nothing was sent: names were still being looked up."
    assert caught.value.outcome == "not sent"
    assert [method for method, _ in requests if method not in ("GET", "HEAD")] == []
