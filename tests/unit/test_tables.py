"""DataFrames as tables in a terminal: the content of columns, and their fit."""

from __future__ import annotations

import re
from uuid import UUID

import pandas as pd
import pytest

from zenpro_nb.frames import whole_text as table
from zenpro_nb.inventory import DIFF_VIEW
from zenpro_nb.inventory.tables import DIFF
from zenpro_nb.ui.cells import text_width

CHECKS = pd.DataFrame(
    {
        "check": ["Server", "Clock"],
        "verdict": ["ok", "failed"],
        "detail": ["https://cloudapi.zenml.io answers in 120 ms and knows every route", "five minutes behind"],
        "next_step": [None, "set the clock of this machine, and then log in again with a key that has not expired"],
    }
)


def test_text_is_left_aligned_and_numbers_right_aligned() -> None:
    frame = pd.DataFrame({"name": ["ops", "research"], "members": pd.array([120, None], "Int64"), "on": [True, False]})
    assert table(frame, 80)[0].splitlines() == [
        "name      members  on",
        "ops           120  ✓",
        "research        ·  –",
    ]


def test_few_columns_are_wrapped_and_none_is_left_out() -> None:
    text, left = table(CHECKS, 60)
    assert left == []
    assert all(text_width(line) <= 60 for line in text.splitlines())
    words = " ".join(text.split())
    for word in ["next_step", "120", "route", "behind", "expired"]:
        assert word in words


def test_a_fitting_table_has_one_line_per_row() -> None:
    assert len(table(CHECKS, 300)[0].splitlines()) == 3


def test_of_many_columns_the_last_are_left_out_and_long_cells_cut() -> None:
    frame = pd.DataFrame({f"column_{number}": ["x" * 200] for number in range(9)})
    text, left = table(frame, 130)
    assert left == [f"column_{number}" for number in range(2, 9)]
    assert text.splitlines()[1].split() == ["x" * 59 + "…"] * 2


def test_a_pipe_gets_every_character() -> None:
    frame = pd.DataFrame({f"column_{number}": ["x" * 200] for number in range(9)})
    assert table(frame, None)[0].splitlines()[1].split() == ["x" * 200] * 9


def test_characters_that_take_two_places() -> None:
    lines = table(pd.DataFrame({"name": ["李雷", "Ada"], "team": ["ops", "ml"]}), 80)[0].splitlines()
    assert [text_width(line.rpartition(" ")[0]) for line in lines] == [5, 5, 5]


def test_one_row_is_one_line_whatever_its_cells_contain() -> None:
    assert len(table(pd.DataFrame({"a": ["one\ntwo"], "b": [["x", None]]}), 80)[0].splitlines()) == 2


def test_control_characters_are_escaped_and_counted() -> None:
    frame = pd.DataFrame({"na\x1bme": ["a\x1b[31m\u202eb", "Ada"], "team": ["ops", "ml"]})
    lines = table(frame, 80)[0].splitlines()
    assert lines[1] == r"a\x1b[31m\u202eb  ops"
    assert [line.rpartition(" ")[2] for line in lines] == ["team", "ops", "ml"]
    assert {len(line) - len(line.rpartition(" ")[2]) for line in lines} == {18}


def test_long_wide_names_are_cut_where_they_end() -> None:
    frame = pd.DataFrame({f"column_{number}": ["李" * 200] for number in range(9)})
    (line,) = table(frame, 130)[0].splitlines()[1:]
    assert line.split() == ["李" * 29 + "…"] * 2


def test_ids_are_shortened_last_and_the_first_to_go() -> None:
    frame = pd.DataFrame({"id": [str(UUID(int=number)) for number in range(2)]})
    for number in range(6):
        frame[f"column_{number}"] = ["x" * 15, None]
    frame.attrs["zenpro"] = {"styles": {"id": "id"}}
    assert "00000000-0000-0000-0000-000000000001" in table(frame, 200)[0]
    assert table(frame, 200)[0].split()[0] == "id"
    shown, left = table(frame, 111)
    assert "0000…" in shown
    assert shown.split()[6:8] == ["id", "x" * 15]
    assert left == []
    assert table(frame, 110)[1] == ["id"]
    assert table(frame, 83)[1] == ["id", "column_5"]


def _runs(rows: int = 3) -> pd.DataFrame:
    """A list whose columns each have another reason to be folded."""
    frame = pd.DataFrame(
        {
            "workspace": ["ml-prod"] * rows,
            "name": [f"churn_batch_scoring-2026_12_01-06_{number:02}" for number in range(rows)],
            "status": ["failed", "completed", "running"][:rows],
            "pipeline": ["churn_batch_scoring", "price_drift", "churn_training"][:rows],
            "level": ["workspace"] * rows,
            "copy": ["failed", "completed", "running"][:rows],
            "created": pd.to_datetime(["2026-11-30T05:00Z", "2026-11-26T05:00Z", "2026-12-03T12:00Z"][:rows]),
            "id": [str(UUID(int=number)) for number in range(rows)],
        }
    )
    frame.attrs["zenpro"] = {
        "styles": {"id": "id", "status": "state"},
        "deciding": ["name", "status", "created", "workspace"],
        "time": "2026-12-01T06:00:00+00:00",
    }
    return frame


def test_columns_that_decide_are_left_out_last() -> None:
    left = {width: table(_runs(), width)[1] for width in range(20, 170)}
    steps = list(dict.fromkeys(map(tuple, reversed(left.values()))))
    assert steps == [
        (),
        ("id",),
        ("copy", "id"),
        ("level", "copy", "id"),
        ("pipeline", "copy", "id"),  # where the wide `pipeline` is, `level` fits again
        ("pipeline", "level", "copy", "id"),
        ("workspace", "pipeline", "level", "copy", "id"),
        ("workspace", "pipeline", "level", "copy", "created", "id"),
        ("workspace", "status", "pipeline", "level", "copy", "created", "id"),
    ]


def test_a_state_that_all_rows_share_stays_and_a_name_that_is_repeated_goes() -> None:
    frame = _runs().assign(status="completed")
    assert _folded_columns(frame, 50) == ["workspace", "pipeline", "level", "copy", "id"]
    frame = pd.DataFrame({"email": ["ada@x.io", "bo@x.io"], "username": ["ada@x.io", "bo@x.io"], "name": ["Ada", "Bo"]})
    frame = frame.assign(a=["x" * 30, "y"], b=["x" * 30, "y"], c=["x" * 30, "z"], d=["w" * 30, "z"])
    frame.attrs["zenpro"] = {"deciding": ["email", "username", "name"]}
    assert _folded_columns(frame, 20)[0] == "username"
    assert "name" not in _folded_columns(frame, 20)


def test_both_values_of_a_change_fit_into_60_columns() -> None:
    change = {
        "list": "teams",
        "change": "~ changed",
        "name": "sofia.kovalevskaya@example.com in Infrastructure",
        "column": "description",
        "before": "The Research team",
        "after": "A new text",
        "taken_before": pd.Timestamp("2026-11-01T05:00Z"),
        "key": str(UUID(int=1)),
    }
    frame = pd.DataFrame(
        [change, {**change, "list": "members", "change": "− removed", "name": "Ada", "before": "B", "after": ""}]
    )
    frame.attrs["zenpro"] = {"deciding": DIFF.deciding, "styles": {"key": "id"}, "view": DIFF_VIEW}
    text = table(frame, 60)[0]
    assert text.split("\n")[0].split() == ["list", "change", "name,", "before", "→", "after"]
    assert "description: The" in text
    assert "text" in text


def test_sentences_are_wrapped_before_names_are_cut() -> None:
    email = "anastasie.vaillant@example.com"
    finding = {"principal": email, "reason": "Deactivated, but still has 2 roles in it", "severity": "high"}
    fix = {"fix": f"users offboard {email}", "check": "inactive-with-roles", "scope": "organization", "evidence": "x"}
    frame = pd.DataFrame([{**finding, **fix}, {name: value[1:] for name, value in (finding | fix).items()}])
    frame.attrs["zenpro"] = {
        "deciding": ["principal", "reason", "severity", "fix"],
        "styles": {"reason": "prose", "fix": "prose"},
    }
    text, left = table(frame, 80)
    assert "fix" not in left
    assert email in text.split("\n")[1]


@pytest.mark.parametrize(
    "deciding", [["email", "roles", "workspace", "last_login"], ["email", "workspace", "reason", "roles"]]
)
def test_no_address_and_no_name_is_cut_at_any_width(deciding: list[str]) -> None:
    short, long = "ada@example.com", "christina.budkiewicz@subsidiary.example.com"
    row = {"roles": "Organization Member, Workspace Developer", "workspace": "fraud-detection"}
    row |= {"reason": f"invited by {long}, and never signed in since", "level": "workspace", "kind": "user"}
    other = {"email": long, "workspace": "ml-prod", "level": "project", "roles": "Organization Member"}
    frame = pd.DataFrame([{"email": short, **row}, {**row, **other}])
    frame = frame.assign(last_login=pd.Timestamp("2026-12-01T06:00Z"), inviter="x" * 40)
    frame.attrs["zenpro"] = {"deciding": deciding, "styles": {"reason": "prose"}, "time": "2026-12-02T06:00:00Z"}
    for width in range(50, 141):
        text, left = table(frame, width)
        lines = text.splitlines()
        assert max(map(text_width, lines)) <= width
        assert "…" not in text.replace("x…", "")
        assert short in text
        assert "christina.budkiewicz" in text
        assert "@subsidiary.example.com" in text
        assert "workspace" in left or {"fraud-detection", "ml-prod"} <= set(text.split())
        assert not {*deciding[:2]} & set(left)


def test_a_day_stays_a_date_in_a_narrow_terminal() -> None:
    days = pd.to_datetime(["2026-11-30", "2026-11-23"])
    frame = pd.DataFrame({"week": days, "since": days, **{f"column_{number}": ["x" * 20] * 2 for number in range(6)}})
    frame.attrs["zenpro"] = {"styles": {"week": "day"}, "deciding": ["week", "since"], "time": "2026-12-01T00:00:00Z"}
    assert table(frame, 60)[0].split("\n")[1].split()[:4] == ["2026-11-30", "1", "d", "ago"]


def test_a_terminal_of_60_columns_shows_name_state_and_age() -> None:
    shown = table(_runs(), 60)[0].splitlines()
    assert shown[0].split() == ["name", "status", "created"]
    assert [line.split()[1:] for line in shown[1:]] == [
        ["failed", "1", "d", "ago"],
        ["completed", "5", "d", "ago"],
        ["running", "in", "2", "d"],
    ]
    assert all(line.startswith("churn_batch_scoring-2026") for line in shown[1:])
    assert max(map(len, shown)) <= 60
    assert "2026-11-30 05:00" in table(_runs(), 100)[0]


def test_the_time_of_runs_that_started_together_stays() -> None:
    frame = _runs().assign(created=pd.Timestamp("2026-12-02T02:00:00Z"))
    frame["workspace"] = ["ml-prod", "forecasting", "ml-dev"]
    assert "created" in table(frame, 60)[0].split("\n")[0].split()


def test_ids_and_parts_of_requests_leave_space_to_sentences() -> None:
    text = "keeps its owner until you name another: `workspaces update ml-dev`"
    row = {"step": 1, "target": "workspace ml-dev", "reason": text, "route": f"/users/{UUID(int=1)}/x", "id": "a" * 36}
    frame = pd.DataFrame([row, {**row, "step": 2, "route": f"/users/{UUID(int=2)}", "id": "b" * 36}])
    frame = frame.assign(more=["x" * 40, "y"], rest=["x" * 40, "y"])
    styles = {"reason": "prose", "route": "request", "id": "id"}
    frame.attrs["zenpro"] = {"styles": styles, "deciding": ["target", "reason", "step"]}
    shown = table(frame, 92)[0].split("\n")
    assert shown[0].split() == ["step", "target", "reason"]
    assert len(shown) == 3


def test_decimal_points_are_below_each_other() -> None:
    lines = table(pd.DataFrame({"share": [0.5, 12.25, None, 3]}), 80)[0].splitlines()
    assert [line.strip() for line in lines] == ["share", "0.50", "12.25", "·", "3.00"]
    assert [line.find(".") for line in lines if "." in line] == [2, 2, 2]


def test_colors_change_nothing_but_the_color() -> None:
    for width in (50, 80, 200):
        plain, painted = table(_runs(), width)[0], table(_runs(), width, color=True)[0]
        assert re.sub("\x1b\\[[0-9]+m", "", painted) == plain
        assert "\x1b[31mfailed" in painted
        assert "\x1b" not in plain


def test_empty_columns_are_dropped_first_then_addresses() -> None:
    frame = pd.DataFrame(
        {"name": ["x" * 30], "none": [None], "list": [[]], "where": ["https://x.io"], "last": ["y" * 20]}
    )
    frame = frame.assign(a=1, b=2)
    assert _folded_columns(frame, 84) == []
    assert _folded_columns(frame, 83) == ["list"]
    assert _folded_columns(frame, 77) == ["none", "list"]
    assert _folded_columns(frame, 71) == ["none", "list", "where"]
    assert _folded_columns(frame, 57) == ["none", "list", "where", "b"]


def _folded_columns(frame: pd.DataFrame, width: int) -> list[str]:
    return table(frame, width)[1]


def test_rows_that_differ_in_a_column_are_not_shown_alike() -> None:
    row = {"principal": "hire001@example.com", "reason": "Accepting it grants Workspace Admin."}
    row |= {f"more_{number}": f"a text of a column that decides less {number}" for number in range(4)}
    frame = pd.DataFrame([row, row, {key: f"2{value}" for key, value in row.items()}])
    frame["scope"] = ["vision-lab", "nlp-research", "vision-lab"]
    frame.attrs["zenpro"] = {"deciding": ["principal", "reason"], "styles": {"reason": "prose"}}
    text, left = table(frame, 60)
    assert left == [f"more_{number}" for number in range(4)]
    assert text.count("vision-lab") == 2
    assert "scope" in table(frame.tail(2), 45)[1]  # these differ without it


def test_few_rows_that_differ_in_one_column_do_not_change_what_decides() -> None:
    frame = pd.DataFrame({"principal": [f"user{number:02}@example.com" for number in range(30)]})
    frame["severity"], frame["scope"] = "high", [f"a-workspace-with-a-long-name-{number}" for number in range(30)]
    frame["reason"] = frame["principal"].map("The account {} has a role that nobody needs.".format)
    frame.loc[1, ["principal", "reason"]] = frame.loc[0, ["principal", "reason"]]
    frame.attrs["zenpro"] = {"deciding": ["principal", "severity", "reason"], "styles": {"severity": "state"}}
    assert table(frame, 60)[0].split("\n")[0].split() == ["principal", "severity", "reason"]
    frame.loc[:9, ["principal", "reason"]] = ["user@example.com", "The same."]
    assert "scope" in table(frame, 60)[0].split("\n")[0].split()


def test_an_id_does_not_take_the_space_of_another_column() -> None:
    names = [f"a name of a team {number}" for number in range(2)]
    frame = pd.DataFrame({"name": names, "owner": [f"{name} and its owner" for name in names]})
    frame["status"] = ["on", "off"]
    frame["id"] = [str(UUID(int=number)) for number in range(2)]
    frame = frame.assign(**{f"more_{number}": ["x" * 50] * 2 for number in range(4)})
    frame.attrs["zenpro"] = {"styles": {"id": "id"}, "deciding": ["name", "status"]}
    assert _folded_columns(frame, 55)[:2] == ["owner", "id"]
    assert _folded_columns(frame, 65)[:2] == ["id", "more_0"]


def test_a_commit_is_short_where_columns_do_not_fit() -> None:
    commit = "0edf5f35" + "ab" * 16
    frame = pd.DataFrame({"name": ["train"], "commit": [commit], **{f"tags_{at}": ["a tag " * 8] for at in range(5)}})
    assert "0edf5f35…" in table(frame, 150)[0]
    assert commit in table(frame, None)[0]


def test_a_column_with_few_values_is_left_out_before_others() -> None:
    frame = pd.DataFrame({"name": [f"team {number}" for number in range(20)]})
    frame["note"], frame["owner"] = ["x" * 20, *[None] * 19], [f"{number}@example.com" for number in range(20)]
    frame = frame.assign(**{f"more_{at}": [f"{at}{number}" * 6 for number in range(20)] for at in range(4)})
    frame.attrs["zenpro"] = {"deciding": ["name"]}
    assert _folded_columns(frame, 105) == ["note"]
    frame.attrs["zenpro"] = {"deciding": ["name", "note"]}
    assert "note" not in _folded_columns(frame, 105)
