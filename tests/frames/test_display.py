"""How frames are displayed: the same rules for frames derived from them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.frames.shown_frames import KEY, workspaces
from zenpro_nb import frames
from zenpro_nb.resources import RESOURCES
from zenpro_nb.ui.cards import Card


def page(frame: pd.DataFrame, **more: Any) -> str:
    """The HTML after the stylesheet."""
    return str(frames.html(frame, **more)).partition("</style>")[2]


def foot(frame: pd.DataFrame, **more: Any) -> str:
    """The words below the table on a wide page."""
    shown = re.sub("<span[^>]* hidden>.*?</span>", "", page(frame, **more).partition('class="zp-foot">')[2])
    return re.sub("<[^>]*>", "", shown)


def cells(frame: pd.DataFrame, row: int = 0, **more: Any) -> list[str]:
    """The cells of a row, without the index."""
    rows = page(frame, **more).partition("<tbody>")[2].split("</tr>")
    return [re.sub("<[^>]*>", "", item) for item in re.findall("<td.*?</td>", rows[row])]


def test_each_kind_of_value_has_one_format() -> None:
    frame = workspaces()[["name", "status", "version", "storage_size", "is_managed", "created", "id"]]
    assert cells(frame) == ["ml-prod", "available", "0.98.0", "48.0 GB", "✓", "2026-11-25 08:14", "6c187095…"]
    assert cells(frame, 1) == ["edge", "failed", "·", "·", "–", "·", "ade7fc14…"]
    shown = page(frame)
    assert 'class="zp-state zp-good">available' in shown
    assert 'class="zp-state zp-bad">failed' in shown
    assert f'title="{KEY}"' in shown
    assert 'title="2026-11-25 08:14:59+00:00"' in shown
    assert 'title="48000000000 bytes"' in shown
    lines = frames.text(frame, 120).splitlines()
    assert lines[1].split() == ["0", "ml-prod", "available", "0.98.0", "48.0", "GB", "✓", "2026-11-25", "08:14", KEY]


def head(frame: pd.DataFrame, **more: Any) -> list[str]:
    """The names of the columns."""
    return re.findall("<th[^>]*>([a-z_]+)</th>", page(frame, **more))


def test_a_wide_frame_folds_columns_and_names_them() -> None:
    frame = workspaces()
    assert set(head(frame)) == set(frame.columns)
    assert head(frame, width=90) == ["name", "display_name", "status", "version", "storage_size", "is_managed"]
    assert "13 more columns: server_url, organization, desired_state" in foot(frame, width=90)
    assert len(head(frame, width=0)) == len(frame.columns)
    assert "@container" not in page(frame, width=0)
    with pd.option_context("display.max_columns", None):
        assert "more column" not in page(frame)
    with pd.option_context("display.max_columns", 3):
        assert head(frame) == ["name", "display_name", "status"]
        assert foot(frame).count("16 more columns") == 1


def test_the_page_folds_columns_in_the_same_order_as_a_terminal_except_those_that_decide() -> None:
    frame = workspaces()[["id", "name", "status", "version", "organization_id", "created", "display_name"]]
    rules = re.findall(
        r"@container zp-page \(max-width:([\d.]+)ch\)[^{]*{[^{]*:nth-child\((\d+)\){display:none}}",
        str(frames.html(frame)),
    )
    # Narrow columns come back where a wide one is folded: the first time counts.
    first = {place: width for width, place in sorted(rules, key=lambda rule: float(rule[0]))}
    rules = sorted(((width, place) for place, width in first.items()), key=lambda rule: -float(rule[0]))
    names = head(frame)
    assert names == ["name", "status", "version", "created", "display_name", "id", "organization_id"]
    folded = [names[int(place) - 2] for _, place in rules]
    assert folded == ["organization_id", "id", "display_name", "created", "version"]
    widths = [float(width) for width, _ in rules]
    assert widths == sorted(widths, reverse=True)
    notes = re.findall(r'<span class="zp-m\d+" hidden>(.*?)</span>', page(frame))
    assert [note.removeprefix(" · ") for note in notes][:2] == [
        "1 more column: organization_id",
        "2 more columns: id, organization_id",
    ]


def test_names_of_columns_that_decide_are_whole() -> None:
    frame = workspaces().assign(name="x" * 90, display_name="y" * 90)[["name", "display_name"]]
    assert cells(frame) == ["x" * 90, "y" * 49 + "…"]


def test_pandas_options_are_respected() -> None:
    frame = workspaces(50)
    assert "10 of 100 workspaces shown" in foot(frame)
    assert page(frame).count("<tr>") == 12
    with pd.option_context("display.max_rows", 100):
        assert foot(frame).startswith("100 workspaces")
    with pd.option_context("display.max_rows", 10, "display.min_rows", 4):
        assert "4 of 100" in foot(frame)
        assert "[4 of 100" in frames.text(frame, 120)
    long = frame.assign(version="x" * 90)[["version"]]
    assert cells(long)[0] == "x" * 49 + "…"
    assert 'title="' + "x" * 90 in page(long)
    with pd.option_context("display.max_colwidth", None):
        assert cells(long)[0] == "x" * 90
    with pd.option_context("display.notebook_repr_html", False):
        assert frames.html(frame) is None


def test_the_footer_describes_the_read() -> None:
    read = "read 2026-11-26 09:00 UTC from pro.example.com"
    assert foot(workspaces()[["name"]]) == f"2 workspaces · {read} · complete"
    assert foot(workspaces()[["name"]].head(1)) == f"1 row of 2 workspaces · {read} · complete"
    assert foot(workspaces(complete=False)[["name"]]) == f"2 workspaces · {read} · there may be more"
    some = workspaces(filters={"status": "failed", "sort_by": "name"}, changed=True, sandbox=True, organization="acme")
    assert foot(some[["name"]]) == (
        "2 workspaces · read 2026-11-26 09:00 UTC from acme · sandbox · only status=failed · "
        "changed while it was read · complete"
    )
    where = workspaces(complete=False, where=["name~prod"], workspaces=["a", "b"], failed=[{"workspace": "c"}])
    assert foot(where[["name"]]) == (
        "2 workspaces · read 2026-11-26 09:00 UTC from 2 workspaces · only name~prod · 1 workspace not read: c"
    )
    since = workspaces(filters={"created": "gte:2026-11-01 00:00:00", "name": "x"}, where=["created>=2026-11-01"])
    assert "only name=x, created&gt;=2026-11-01 ·" in f"{foot(since[['name']])} ·"
    same = workspaces(filters={"name": "x"}, where=["name=x"])
    assert "· only name=x · complete" in f"{foot(same[['name']])} · complete"
    assert "read" not in foot(workspaces(dry_run=True))


DERIVED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "columns": lambda df: df[["name", "status"]],
    "index": lambda df: df.set_index(["name", "id"]),
    "filtered": lambda df: df[df["status"] == "failed"],
    "sorted": lambda df: df.sort_values("name"),
    "none": lambda df: df.head(0),
    "no columns": lambda df: df[[]],
    "renamed": lambda df: df.rename(columns={"status": 7}),
    "twice the same": lambda df: df[["name", "name", "status"]],
    "columns with levels": lambda df: df.set_axis(pd.MultiIndex.from_product([["a"], df.columns]), axis=1),
    "turned": lambda df: df.T,
    "numbers": lambda df: df.assign(x=[1.5, float("inf")], y=pd.to_timedelta([90, None], "s"), z=1 + 2j)[list("xyz")],
    "things": lambda df: df.assign(status=[{"a": [1, None]}, [KEY, {"b"}]], id=[b"x", object]),
    "state that is none": lambda df: df.assign(status=[3, ["x"]], storage_size=["a", None], created="yesterday"),
    "naive times": lambda df: df.assign(created=df["created"].dt.tz_localize(None)),
    "grouped": lambda df: df.groupby("status", observed=True).agg({"name": "count"}).pipe(_with_attrs, df),
}


def _with_attrs(frame: pd.DataFrame, source: pd.DataFrame) -> pd.DataFrame:
    frame.attrs = source.attrs
    return frame


@pytest.mark.parametrize("name", DERIVED)
def test_derived_frames_look_alike(name: str) -> None:
    frame = DERIVED[name](workspaces())
    before = frame.copy(deep=True)
    assert 'class="zp-foot">' in page(frame)
    assert frames.text(frame, 100).count("\n") >= len(frame)
    assert frames.whole_text(frame, 100)
    pd.testing.assert_frame_equal(frame, before)
    assert frame.attrs == before.attrs


def test_unexpected_metadata_does_no_harm() -> None:
    for facts in ({}, "text", {"time": "now", "server": "s"}, {"rows": 9, "view": "nobody registered it"}):
        frame = pd.DataFrame({"a": [1]})
        frame.attrs["zenpro"] = facts
        assert "<td" in page(frame)
        assert frames.text(frame, 80)


def test_text_from_others_is_escaped() -> None:
    for shown in (
        page(workspaces()),
        page(workspaces().rename(columns={"name": "<i>"})),
        foot(workspaces(1, where=["<i>"])),
    ):
        assert "<b>" not in shown
        assert "<i>" not in shown
        assert "\x1b" not in shown
    assert "&lt;b&gt;ML&lt;/b&gt; &amp; \\x1b[31mco" in page(workspaces())


def test_prose_is_wrapped_and_never_truncated() -> None:
    advice = "set the clock of this machine, " * 10
    frame = pd.DataFrame({"next_step": [advice]})
    frame.attrs["zenpro"] = {"styles": {"next_step": "prose"}}
    assert cells(frame) == [advice.strip()]
    assert 'class="zp-p"' in page(frame)


def test_an_option_in_a_command_is_not_broken_after_its_hyphens() -> None:
    frame = pd.DataFrame({"fix": ["workspaces update ml-dev --owner COLLEAGUE"], "name": ["a--b"]})
    frame.attrs["zenpro"] = {"styles": {"fix": "prose"}}
    shown = page(frame)
    assert '>workspaces update ml-dev <span class="zp-w">--owner</span> COLLEAGUE</td>' in shown
    assert "a--b</td>" in shown


def test_sentences_of_many_columns_are_also_wrapped_in_a_terminal() -> None:
    names = [f"column_{number}" for number in range(8)]
    frame = pd.DataFrame({"line": ["roles assign " * 8], **{name: ["x" * 8] for name in names}})
    frame.attrs["zenpro"] = {"styles": {"line": "prose"}}
    shown = frames.whole_text(frame, 110)[0]
    assert shown.count("assign") == 8
    assert max(map(len, shown.splitlines())) <= 110


def test_a_command_with_options_is_code_in_a_card() -> None:
    body = Card("no", [("to grant it", "`%zenpro teams add Platform --user ada@x.io`")]).html()
    assert '<code>%zenpro teams add Platform <span class="zp-w">--user</span> ada@x.io</code>' in body
    assert "`" not in body


def test_no_column_of_a_dry_run_is_cut() -> None:
    record = {
        "target": "x" * 50,
        "method": "POST",
        "route": "/r/" + KEY,
        "parameters": {"a": KEY},
        "body": {"b": "y" * 90},
    }
    resource = importlib.import_module("zenpro_nb.framework.writes.results").REQUESTS
    frame = frames.from_records(resource, [record])
    frames.describe(frame, server="s", route="/r", time="now", dry_run=True)
    assert "more column" not in foot(frame)
    assert cells(frame)[-1] == "{&quot;b&quot;: &quot;" + "y" * 90 + "&quot;}"


def test_a_filter_by_id_is_described_by_the_name_in_the_rows() -> None:
    frame = pd.DataFrame({"workspace": ["ml-prod"] * 2, "team": ["ops", "ml"], "organization": ["acme"] * 2})
    filters = {"workspace_id": KEY, "team_id": KEY, "organization_id": KEY}
    frames.describe(frame, server="https://x.io", route="/r", time="2026-11-26T09:00:00+00:00", filters=filters)
    assert "only workspace=ml-prod, team_id=6c187095…" in foot(frame)
    assert "organization=" not in foot(frame)
    assert "only workspace_id=6c187095…, team_id" in foot(frame.assign(workspace=["a", "b"]))


def test_members_have_their_roles_in_a_narrow_table_and_their_ids_last() -> None:
    user = {"id": KEY, "email": "ada@example.com", "username": "ada@example.com", "name": "Ada Lovelace"}
    records = [
        {"user": {**user, "email": f"{name}@example.com", "username": f"{name}@example.com"}, "roles": [role]}
        for name, role in (("ada", {"name": "Organization Admin", "role_id": KEY}), ("bo", {"name": "Billing Admin"}))
    ]
    frame = frames.from_records(RESOURCES["members"], records)
    names = frames.whole_text(frame, 50)[0].splitlines()[0].split()
    assert {"principal", "roles"} <= set(names)
    assert {"email", "username"}.isdisjoint(names)
    assert frames.whole_text(frame, 120)[0].splitlines()[0].split()[-1] == "role_ids"


def test_sentences_without_a_declaration_are_wrapped_on_a_page() -> None:
    frame = workspaces().assign(note="Reads the organization and connects to every workspace.", code="x" * 49)
    assert re.search('class="zp-p"[^>]*>Reads the organization', page(frame))
    assert re.search(f"<td>{'x' * 49}<", page(frame))


def test_projects_are_shown_by_name() -> None:
    frame = pd.DataFrame(
        {
            "project_id": [KEY, "0" * 8 + KEY[8:]],
            "path": [f"ada → project {KEY}", "x"],
            "scope": ["project 6c187095…", "y"],
        }
    )
    frame.attrs["zenpro"] = {"styles": {"project_id": "id", "path": "prose"}}
    names = {KEY: "<churn>"}
    assert cells(frame, names=names) == ["&lt;churn&gt;", "ada → project &lt;churn&gt;", "project &lt;churn&gt;"]
    assert cells(frame, 1, names=names) == ["00000000…", "x", "y"]
    assert f'title="{KEY}"' in page(frame, names=names)
    for shown in (frames.text(frame, 120, names=names), frames.whole_text(frame, 120, names=names)[0]):
        assert KEY not in shown
        assert shown.count("<churn>") == 3
    # Two projects whose ids begin alike stay as they are.
    assert "project 6c187095…" in cells(frame, names={**names, KEY[:8] + KEY[8:][::-1]: "b"})[2]


def test_columns_are_folded_at_any_width_unless_some_were_selected() -> None:
    frame = frames.with_folded(workspaces(), ["version", "id"])
    for shown in (head(frame), head(frame, width=0)):
        assert set(shown) == {*frame.columns} - {"version", "id"}
    assert "2 more columns: version, id" in foot(frame)
    text = frames.text(frame, 1000)
    assert "version" not in text.splitlines()[0]
    assert "2 more columns: version, id" in text.splitlines()[-1]
    assert "version" in head(frame[["name", "version"]])
