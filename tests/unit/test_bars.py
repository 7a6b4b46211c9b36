"""The charts of `usage`: what is drawn, and that it can be read."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pandas as pd

from zenpro_nb.pictures.bars import Bars
from zenpro_nb.usage.chart import chart_of
from zenpro_nb.usage.question import question_of

WEEKS = pd.to_datetime(["2026-11-02", "2026-11-02", "2026-11-23", None], utc=True)


def test_a_week_without_runs_has_a_place_and_runs_that_never_started_are_named() -> None:
    frame = pd.DataFrame({"week": WEEKS, "status": ["failed", "completed", "failed", "failed"], "runs": [1, 2, 4, 8]})
    chart = chart_of(frame, question_of("week,status", ["runs"]))
    assert list(chart.labels) == ["2 Nov", "9 Nov", "16 Nov", "23 Nov"]
    assert list(chart.values) == [{"failed": 1.0, "completed": 2.0}, {}, {}, {"failed": 4.0}]
    assert chart.title == "Runs by week and status, UTC (runs that never started are left out)"


def test_a_missing_number_is_not_drawn_as_zero() -> None:
    frame = pd.DataFrame({"workspace": ["a", "b"], "cost": [1.5, None]})
    assert list(chart_of(frame, question_of("workspace", ["cost=metadata:usd:sum"])).labels) == ["a"]


def test_objects_with_the_same_name_are_different_bars() -> None:
    frame = pd.DataFrame({"team": ["ops", "ops"], "runs": [3, 2], "team_id": ["1111111122", "3333333344"]})
    assert list(chart_of(frame, question_of("team", ["runs"])).labels) == ["ops (11111111)", "ops (33333333)"]


def test_many_series_become_a_few_and_others() -> None:
    frame = pd.DataFrame({"week": [WEEKS[0]] * 20, "user": [f"u{at}" for at in range(20)], "runs": range(1, 21)})
    chart = chart_of(frame, question_of("week,user", ["runs"]))
    assert chart.series == ["u19", "u18", "u17", "u16", "u15", "u14", "u13", "others"]
    assert sum(chart.values[0].values()) == 210


def test_no_two_series_have_the_same_color_and_failures_have_stripes() -> None:
    states = Bars("t", ["a"], [{"failed": 1, "running": 1, "paused": 1, "completed": 1}])
    others = Bars("t", ["a"], [{f"user {at}": 1 for at in range(8)}])
    for chart in (states, others):
        fills = re.findall(r'<rect [^>]*fill="(#\w+)"', chart.svg())
        assert len(set(fills)) == len(fills) / 2 == len(chart.values[0])  # each color in the legend and in its bar
    assert states.svg().count('stroke="#fff"') == 2


def test_labels_below_the_bars_do_not_touch() -> None:
    hours = [f"{at // 24 + 1} Nov {at % 24:02d}:00" for at in range(60)]
    root = ElementTree.fromstring(Bars("t", hours, [{"": 1}] * 60).svg())  # noqa: S314 - our own
    places = [float(text.get("x", "")) for text in root.findall("{*}text") if text.text in hours]
    assert len(places) > 3
    assert min(b - a for a, b in itertools.pairwise(places)) > 7 * len("10 Nov 10:00")
