"""Numbers per day: counted, stacked, as text and as a drawing."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pandas as pd

from zenpro_nb.limits import PLOT_DAYS, PLOT_SIGNS
from zenpro_nb.pictures.timeline import Timeline


def frame(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    times = pd.to_datetime([time for time, _ in rows], utc=True, format="ISO8601").as_unit("us")
    return pd.DataFrame({"created": times, "status": pd.Categorical([state for _, state in rows])})


def timeline_of(*rows: tuple[str | None, str | None]) -> Timeline:
    return Timeline.of(frame(*rows), "runs", "created", "status")


def root_of(timeline: Timeline, *, saved: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(timeline.svg(for_file=saved))  # noqa: S314 - our own


def test_days_without_rows_are_included() -> None:
    timeline = timeline_of(
        ("2026-11-24T23:59:59Z", "completed"), ("2026-11-27T00:00", "failed"), ("2026-11-27", "completed")
    )
    assert timeline.days == [date(2026, 11, day) for day in (24, 25, 26, 27)]
    assert [dict(counts) for counts in timeline.counts] == [{"completed": 1}, {}, {}, {"failed": 1, "completed": 1}]
    assert timeline.title == "Runs per day by state, 24 Nov – 27 Nov 2026, UTC"


def test_as_text_one_line_per_day() -> None:
    timeline = timeline_of(*[("2026-11-24", "completed")] * 3, ("2026-11-24", "failed"), ("2026-11-25", "paused"))
    assert [line.split() for line in repr(timeline).splitlines()[1:]] == [
        ["Tue", "24", "Nov", "x███", "4"],
        ["Wed", "25", "Nov", "+", "1"],
        ["x", "failed", "1", "+", "paused", "1", "█", "completed", "3"],
    ]


def test_one_among_thousands_is_visible_and_bars_are_not_too_long() -> None:
    line = repr(timeline_of(*[("2026-11-24", "completed")] * 5_000, ("2026-11-24", "failed"))).splitlines()[1]
    assert "x" + "█" * PLOT_SIGNS in line
    assert line.count("█") == PLOT_SIGNS


def test_bars_fit_a_narrow_terminal() -> None:
    timeline = timeline_of(*[("2026-11-24", "completed")] * 5_000, ("2026-11-25", "completed"))
    first, second = timeline.text(50).splitlines()[1:3]
    assert (len(first), first[-6:], second[-4:]) == (50, "  5000", "   1")


def test_failures_are_at_the_bottom() -> None:
    timeline = timeline_of(("2026-11-24", "completed"), ("2026-11-24", "failed"), ("2026-11-24", "never_heard_of"))
    bars = [
        bar for bar in root_of(timeline).findall("{*}rect") if (bar.findtext("{*}title") or "").startswith("Tue 24 Nov")
    ]
    assert [bar.findtext("{*}title") for bar in sorted(bars, key=lambda bar: -float(bar.attrib["y"]))] == [
        "Tue 24 Nov: 1 failed of 3",
        "Tue 24 Nov: 1 never_heard_of of 3",
        "Tue 24 Nov: 1 completed of 3",
    ]
    assert len({bar.attrib["height"] for bar in bars}) == 1


def test_only_the_last_days_are_shown_and_rows_without_a_time_are_counted() -> None:
    timeline = timeline_of(("2026-01-01", "failed"), ("2026-11-24", "failed"), (None, "failed"))
    assert len(timeline.days) == PLOT_DAYS
    assert timeline.totals == {"failed": 1}
    assert timeline.title.endswith(f"(1 without a time are left out, the last {PLOT_DAYS} of 328 days)")


def test_no_rows_and_no_states() -> None:
    assert repr(timeline_of()) == "Runs per day: none"
    assert root_of(timeline_of()).findtext("{*}desc") == "0 in total: none."
    assert timeline_of(("2026-11-24", None)).totals == {"unknown": 1}


def test_any_states_give_valid_xml_with_a_text_alternative() -> None:
    timeline = timeline_of(("2026-11-24", "<b>\x1b[31m"), ("2026-11-25", "failed"), ("2026-11-25", "failed"))
    root = root_of(timeline)
    assert root.attrib["role"] == "img"
    assert root.findtext("{*}title") == timeline.title
    assert root.findtext("{*}desc") == "3 in total: 2 failed, 1 <b>\\x1b[31m; most on 2026-11-25: 2."
    assert "\x1b" not in repr(timeline)
    assert {text.attrib["fill"] for text in root.iter("{http://www.w3.org/2000/svg}text")} == {"currentColor"}


def test_a_file_has_its_own_background() -> None:
    assert "background:#fff" in root_of(timeline_of(("2026-11-24", "failed")), saved=True).attrib["style"]
    assert "background" not in root_of(timeline_of(("2026-11-24", "failed"))).attrib["style"]
