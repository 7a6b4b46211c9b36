"""A comparison in a terminal: whole names, and both values of each change at any width."""

from __future__ import annotations

import pandas as pd
import pytest

from zenpro_nb import frames, inventory
from zenpro_nb.inventory.tables import DIFF

LONG = "christina.budkiewicz@example.com: Workspace Developer in fraud-detection"
ROWS = [
    {"list": "users", "change": "changed", "name": "mary@example.com", "column": "is_active", "before": "true"}
    | {"after": "false"},
    {"list": "invitations", "change": "changed", "name": "new@example.com", "column": "expires"}
    | {"before": "2026-12-08T10:13:00+00:00", "after": "2026-12-22T10:13:22.000001+00:00"},
    {"list": "assignments", "change": "added", "name": LONG, "column": None, "before": None, "after": None},
]


def comparison() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS)
    frame.attrs["zenpro"] = {"noun": "rows", "view": inventory.DIFF_VIEW, "deciding": list(DIFF.deciding)}
    return frame


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_name_and_no_value_is_cut_in_a_terminal(width: int) -> None:
    lines = frames.whole_text(comparison(), width)[0].splitlines()
    words = " ".join(" ".join(lines).split())
    assert {"users", "invitations", "assignments"} <= {line.split()[0] for line in lines if line[0] != " "}
    assert "…" not in words
    assert all(len(line) <= width for line in lines)
    assert ("is_active: true →" in words) is (width < 120)
    assert ("is_active true false" in words) is (width >= 120)
    assert "false" in words
    assert "fraud-detection" in words
    assert "+ added" in words


def test_times_are_shown_like_other_times_and_stay_exact() -> None:
    frame = comparison()
    assert "2026-12-08 10:13  2026-12-22 10:13" in frames.whole_text(frame, 200)[0]
    assert 'title="2026-12-22 10:13:22.000001+00:00"' in (frames.html(frame) or "")
    assert frame["after"][1] == "2026-12-22T10:13:22.000001+00:00"
    frame.loc[1, "after"] = "2026-12-08T10:13:22+00:00"
    assert "2026-12-08 10:13:00  2026-12-08 10:13:22" in frames.whole_text(frame, 200)[0]


def test_a_pipe_keeps_the_columns() -> None:
    text, hidden = frames.whole_text(comparison(), None)
    assert text.splitlines()[0].split() == ["list", "change", "name", "column", "before", "after"]
    assert hidden == []


def test_a_part_of_a_comparison_is_an_ordinary_table() -> None:
    assert "before → after" in frames.whole_text(comparison(), 60)[0].splitlines()[0]
    assert "before → after" not in frames.whole_text(comparison()[["name", "after"]], 60)[0]
