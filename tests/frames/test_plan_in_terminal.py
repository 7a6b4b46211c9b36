"""A plan in a terminal: who gets what, and where, is whole at any width."""

from __future__ import annotations

import importlib
import sys

import pandas as pd
import pytest

from zenpro_nb import frames
from zenpro_nb.access.plans import formats
from zenpro_nb.access.plans.formats.frame import PLAN, VIEW
from zenpro_nb.access.plans.model import Plan
from zenpro_nb.commands.plans.plan_input import frame_of_steps
from zenpro_nb.frames.display import views

importlib.import_module("zenpro_nb.access.plans.formats.render")  # registers the view
DECIDING = list(PLAN.deciding)
PERSON, TEAM = "christina.budkiewicz@example.com", "team Data Engineering of the Berlin Site"
ROWS = [
    {"action": "add", "type": "team", "principal": None, "role": None, "scope": TEAM},
    {"action": "add", "type": "team-member", "principal": PERSON, "role": None, "scope": TEAM},
    {"action": "remove", "type": "role", "principal": PERSON, "role": "Workspace Developer"}
    | {"scope": "workspace fraud-detection"},
]


@pytest.mark.parametrize("width", [60, 80, 120, 200, None])
def test_a_step_is_whole(width: int | None) -> None:
    frame = pd.DataFrame(ROWS)
    frame.insert(0, "step", [1, 2, 3])
    frame["reason"] = "access.yaml, line 15"
    frame.attrs["zenpro"] = {"noun": "steps", "view": VIEW, "deciding": DECIDING}
    lines = frames.whole_text(frame, width)[0].splitlines()
    assert all(len(line) <= (width or 1000) for line in lines)
    words = " ".join(" ".join(lines).split())
    assert "…" not in words
    if width in (60, 80, 120):
        start = lines[0].index("target")
        end = lines[0].find("reason") if "reason" in lines[0] else None
        target = "".join("".join(line[start:end] for line in lines[1:]).split())  # an address can be torn at 60
        assert "".join(f"{PERSON} in {TEAM}".split()) in target
        assert "".join(f"{PERSON} as Workspace Developer in workspace fraud-detection".split()) in target
    else:
        assert lines[0].split()[:6] == ["step", "action", "type", "principal", "role", "scope"]


def test_the_rows_that_are_left_out_have_no_target() -> None:
    frame = pd.DataFrame(ROWS * 40)
    frame.attrs["zenpro"] = {"noun": "steps", "view": VIEW, "deciding": DECIDING}
    with pd.option_context("display.width", 80):
        lines = str(frames.text(frame, 80)).splitlines()
    (gap,) = [line for line in lines if not line.strip("… ")]
    assert gap.split()


def test_the_guard_that_blocks_every_step_is_shown() -> None:
    blocked = {"action": "blocked", "guard": "removals", "override": "--max-removals 195"}
    people = [f"{number}.budkiewicz@example.com" for number in range(3)]
    frame = pd.DataFrame([{**ROWS[2], "principal": person, **blocked} for person in people])
    frame["reason"] = "access.yaml, line 15, and a sentence that is longer"
    frame.attrs["zenpro"] = {"noun": "steps", "view": VIEW, "deciding": DECIDING}
    for width in (60, 80):
        assert "override" in frames.whole_text(frame, width)[0].splitlines()[0].split()


def test_every_command_that_makes_a_plan_registers_its_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """`reviews apply` does not import what `plan` does."""
    monkeypatch.delitem(views._VIEWS, VIEW, raising=False)
    monkeypatch.delattr(formats, "render", raising=False)
    monkeypatch.delitem(sys.modules, "zenpro_nb.access.plans.formats.render", raising=False)
    frame_of_steps(Plan())
    assert VIEW in views._VIEWS
