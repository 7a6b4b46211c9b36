"""`--where`, `--since` and `--until` on lists, over HTTP, from a cell."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shell.conftest import Shell
from tests.support.completion import completions
from zenpro_nb import frames
from zenpro_nb.errors import SaveError, UnknownNameError, UsageError

RUNS = "runs --workspace all"


def ids(frame: Any) -> list[str]:
    return sorted(frame["id"])


# A list of each kind, a condition on it, and its equivalent in pandas.
CASES = {
    "users": ("is_active=no", "~df.is_active"),
    "users --org acme": ("email~ADA", "df.email.str.lower().str.contains('ada')"),
    "workspaces": ("status=available", "df.status == 'available'"),
    "organizations": ("name!=acme", "df.name != 'acme'"),
    "members": ("kind=team", "df.kind == 'team'"),
    "members --no-include-teams": ("roles='Organization Admin'", "['Organization Admin' in one for one in df.roles]"),
    "teams members Platform": ("email~a", "df.email.str.lower().str.contains('a', na=False)"),
    "workspaces members ml-prod": ("kind!=user", "df.kind != 'user'"),
    "teams": ("member_count>3", "df.member_count > 3"),
    "roles": ("level=workspace", "df.level == 'workspace'"),
    "assignments": ("workspace=", "df.workspace.isna()"),
    "service-accounts": ("is_active=true", "df.is_active"),
    "invitations": ("accepted=false", "~df.accepted"),
    "releases": ("version~0.9", "df.version.str.contains('0.9', regex=False)"),
    "me": ("email!=", "df.email.notna()"),
    "api GET /users": ("username~b", "df.username.str.contains('b')"),
    "statistics --workspace all": ("runs>100", "df.runs > 100"),
    f"{RUNS}": ("status!=completed", "df.status != 'completed'"),
    f"{RUNS} --hydrate": ("error~memory", "df.error.str.lower().str.contains('memory', na=False)"),
    f"{RUNS} --columns id,workspace": ("workspace=ml-prod", "df.workspace == 'ml-prod'"),
    "steps --workspace ml-dev": ("version>=1", "df.version >= 1"),
}


# The other conditions on runs read as many.
@pytest.mark.parametrize("line", [pytest.param(line, marks=pytest.mark.slow if line == RUNS else ()) for line in CASES])
def test_every_kind_of_list_agrees_with_pandas(shell: Shell, line: str) -> None:
    condition, by_hand = CASES[line]
    whole = shell.run(f"%zenpro {line}")
    chosen = shell.run(f"%zenpro {line} --where {condition}")
    mask = pd.Series(eval(by_hand, {"df": whole}))  # noqa: S307 - of the table above
    mask = mask.astype("boolean").fillna(False).to_numpy(dtype=bool)
    expected = whole[mask].reset_index(drop=True)
    assert len(chosen) == len(expected)
    passing = {"trial_expiry"}  # remaining seconds
    shared = [name for name in chosen.columns if name in expected.columns and name not in passing]
    left, right = (frame[shared].astype(object).astype(str) for frame in (chosen, expected))
    assert sorted(left.to_numpy().tolist()) == sorted(right.to_numpy().tolist())
    facts = chosen.attrs["zenpro"]
    assert facts["complete"] is False
    assert facts["where"] == [condition.replace("'", "")]
    assert facts["rows"] == len(chosen)
    assert "where" not in whole.attrs["zenpro"]


COLUMNS = {"email": "= != ~", "company": "= != ~", "is_active": "= !=", "oauth_provider": "= !="}


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_values_of_the_list_itself(shell: Shell, data: st.DataObject) -> None:
    if "whole" not in shell.ip.user_ns:
        shell.run("whole = %zenpro users")
    whole = shell.value("whole")
    column = data.draw(st.sampled_from(sorted(COLUMNS)))
    sign = data.draw(st.sampled_from(COLUMNS[column].split()))
    present = sorted({str(value) for value in whole[column].dropna()}) or ["x"]
    value = data.draw(st.sampled_from(present if column == "is_active" else [*present, "nobody", "a"]))
    shell.ip.user_ns["value"] = value
    chosen = shell.run(f"%zenpro users --where {column}{sign}$value")
    texts = whole[column].astype(object).map(lambda item: "" if pd.isna(item) else str(item))
    holds = texts.str.lower().str.contains(value.lower(), regex=False) if sign == "~" else texts == value
    assert ids(chosen) == ids(whole[~holds if sign == "!=" else holds])


def test_a_value_is_never_an_operator_or_an_option(shell: Shell) -> None:
    for value in ("~a", "=x", "!=", "--limit", "", "* a'b\""):
        shell.ip.user_ns["c"] = value
        chosen = shell.run("%zenpro users --where company=$c")
        assert len(chosen) == 0
        assert chosen.attrs["zenpro"]["where"] == [f"company={value or repr('')}"]
    assert isinstance(shell.error("%zenpro users --where $c"), UsageError)


def test_several_conditions_are_combined_with_and(shell: Shell) -> None:
    whole = shell.run("%zenpro users")
    both = shell.run("%zenpro users --where is_active=yes --where email~a --sort -email --columns email")
    expected = whole[whole.is_active & whole.email.str.contains("a", case=False)].email
    assert list(both.email) == sorted(expected, reverse=True)
    assert list(both.columns) == ["email"]


@pytest.mark.parametrize(
    ("line", "error", "words"),
    [
        ("users --where compny=x", UnknownNameError, "Did you mean 'company'"),
        ("users --where is_active=maybe", UsageError, "is yes or no, but 'maybe' is not"),
        ("workspaces --where created>soon", UsageError, "is a time, but 'soon' is not"),
        ("teams --where member_count=many", UsageError, "is a number, but 'many' is not"),
        ("users --where email>m", UsageError, "which > cannot compare"),
        ("users --where company=x --raw", UsageError, "cannot be combined with `--raw`"),
        ("users --inactive --raw", UsageError, "cannot be combined with `--raw`"),
        ("workspaces --since 7d --raw", UsageError, "cannot be combined with `--raw`"),
        ("workspaces --since 1d --until 7d", UsageError, "--since 1d is later than --until 7d"),
        ("workspaces --since soon", UsageError, "--since: 'soon' is not a time"),
        ("users --since 7d", UsageError, "--since"),
        ("users get ada@example.com --where email=x", UsageError, "--where"),
        ("assignments --user ada@example.com --team Platform", UsageError, "cannot be combined with"),
        ("workspaces members ml-prod --role 'workspace develper'", UnknownNameError, "Workspace Developer"),
        ("permissions --where actoin=read", UnknownNameError, "'action'"),
    ],
)
def test_one_clean_line(shell: Shell, line: str, error: type[Exception], words: str) -> None:
    raised = shell.error(f"%zenpro {line}")
    assert isinstance(raised, error)
    assert words in str(raised)
    assert "\n" not in str(raised)


def test_conditions_that_the_api_supports_are_pushed_down(shell: Shell) -> None:
    def sent_filters(line: str) -> Any:
        return shell.run(f"%zenpro {line}").attrs["zenpro"]["filters"]

    assert sent_filters("users --where email=ada@example.com") == {"email": "ada@example.com"}
    assert sent_filters("users --where email!=ada@example.com") == {}
    assert sent_filters("workspaces --where status=available")["status"] == "available"
    assert sent_filters("workspaces --where name=ml-prod --where is_managed=yes")["workspace_name"] == "ml-prod"
    assert sent_filters("roles --where level=workspace --where level!=project") == {"level": "workspace"}
    assert sent_filters(f"{RUNS} --where status=failed --where index<9") == {"status": "equals:failed", "index": "lt:9"}
    assert sent_filters(f"{RUNS} --where status~fail --where status!=failed") == {}
    assert "status" not in sent_filters(f"{RUNS} --where status=no-such-state")
    assert sent_filters(f"{RUNS} --where status=failed --logical-operator or") == {"logical_operator": "or"}
    between = sent_filters(f"{RUNS} --since 2026-01-01 --until 2026-01-31")
    assert between == {"start_time": ["gte:2026-01-01 00:00:00", "lt:2026-02-01 00:00:00"]}


def test_times(shell: Shell) -> None:
    item = "runs --workspace ml-prod"
    whole = shell.run(f"%zenpro {item} --hydrate --columns id,start_time,created")
    now = pd.Timestamp(whole.start_time.max())
    since, until = (now - pd.Timedelta(days=7)).floor("s"), (now - pd.Timedelta(days=2)).floor("s")
    shell.ip.user_ns.update(since=since.isoformat(), until=until.isoformat())
    chosen = shell.run(f"%zenpro {item} --since $since --until $until")
    within = (whole.start_time >= since) & (whole.start_time < until + pd.Timedelta(seconds=1))
    assert 0 < len(chosen) < len(whole)
    assert ids(chosen) == ids(whole[within])
    # If the server applies any of the filters, the time is compared here.
    line = f"{item} --since $since --logical-operator or --columns id"
    assert ids(shell.run(f"%zenpro {line}")) == ids(whole[whole.start_time >= since])
    places = shell.run("%zenpro workspaces")
    day = places.created.dt.date[0]
    shell.ip.user_ns["day"] = day
    of_day = shell.run("%zenpro workspaces --since $day --until $day")
    assert ids(of_day) == ids(places[places.created.dt.date == day])


def test_relative_times_use_the_sessions_clock(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("%zenpro workspaces")
    session = shell.ip.magics_manager.registry["ZenProMagics"].notebook.session

    class Later:
        def __getattr__(self, name: str) -> Any:
            return getattr(clock, name)

        def now(self) -> float:
            return 2_000_000_000.0  # 2033-05-18T03:33:20Z

    clock = session.clock
    monkeypatch.setattr(session, "clock", Later())
    chosen = shell.run("%zenpro workspaces --since 1d")
    assert chosen.attrs["zenpro"]["where"] == ["created>=2033-05-17T03:33:20+00:00"]
    assert len(chosen) == 0


def test_a_limit_counts_matching_rows_and_stops_reading(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shell.run("%zenpro users")
    monkeypatch.setattr("zenpro_nb.limits.WHERE_FIRST", 5)
    asked: list[int | None] = []
    reading = importlib.import_module("zenpro_nb.query.read")
    first = reading._read_first

    def note_limit(client: Any, query: Any, *rest: Any, **more: Any) -> Any:
        asked.append(query.limit)
        return first(client, query, *rest, **more)

    monkeypatch.setattr(reading, "_read_first", note_limit)
    for word in ("example", whole.email.iloc[len(whole) // 2], whole.email.iloc[-1], "nobody-has-this"):
        asked.clear()
        shell.ip.user_ns["word"] = word
        chosen = shell.run("%zenpro users --where email~$word --limit 2")
        expected = whole[whole.email.str.contains(word, case=False, regex=False)].head(2)
        assert list(chosen.id) == list(expected.id)
        assert asked == [5, 50, 500][: len(asked)]
        assert asked[-1] == 5 if word == "example" else len(asked) > 1
    newest = shell.run(f"%zenpro {RUNS} --where status=failed --limit 7")
    every = shell.run(f"%zenpro {RUNS} --status failed").sort_values("created", ascending=False)
    assert list(newest.created) == list(every.created.head(7))


def test_the_rows_of_a_principal_and_a_role(shell: Shell) -> None:
    every = shell.run("%zenpro assignments")
    holder = every[every.kind == "user"].principal.iloc[0]
    shell.ip.user_ns["holder"] = holder
    assert ids_of(shell.run("%zenpro assignments --user $holder")) == ids_of(every[every.principal == holder])
    teams = every[every.kind == "team"]
    shell.ip.user_ns["team"] = teams.principal.iloc[0]
    mine = shell.run("%zenpro assignments --team $team")
    assert ids_of(mine) == ids_of(teams[teams.principal == teams.principal.iloc[0]])
    assert len(shell.run("%zenpro assignments --team $team --raw")) == len(mine)
    members = shell.run("%zenpro workspaces members ml-prod")
    frame = shell.run("%zenpro workspaces members ml-prod --role 'Workspace Developer'")
    assert 0 < len(frame) < len(members)
    assert len(frame) == sum("Workspace Developer" in roles for roles in members.roles)
    users = shell.run("%zenpro users")
    assert ids(shell.run("%zenpro users --inactive")) == ids(users[~users.is_active])
    of_acme = shell.run("%zenpro users --org acme")
    assert ids(shell.run("%zenpro users --active --org acme --columns id,email")) == ids(of_acme[of_acme.is_active])


def ids_of(frame: Any) -> list[list[str]]:
    """The fields that distinguish assignments."""
    return sorted(frame[["principal", "role", "workspace_id", "project_id"]].astype(str).to_numpy().tolist())


def test_save_twice_writes_both(shell: Shell, tmp_path: Path) -> None:
    shell.ip.user_ns["folder"] = str(tmp_path)
    chosen = shell.run('%zenpro users --inactive --save "{folder}/a.csv" --save "{folder}/b.parquet"')
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(chosen)
    assert ids(pd.read_parquet(tmp_path / "b.parquet")) == ids(chosen)
    error = shell.error('%zenpro users --save "{folder}/c.csv" --save "{folder}/d.docx"')
    assert isinstance(error, SaveError)
    assert not (tmp_path / "c.csv").exists()


def test_a_folder_contains_the_matching_rows(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zenpro_nb.limits.SLICE", 50)
    shell.ip.user_ns["folder"] = str(tmp_path)
    whole = shell.run(f"%zenpro {RUNS}")
    conditions = "--where index>20 --where workspace!=ml-dev --where status!=completed"
    expected = whole[(whole["index"] > 20) & (whole.workspace != "ml-dev") & (whole.status != "completed")]
    line = f'{RUNS} {conditions} --columns name --save "{{folder}}/d/" --save "{{folder}}/all.parquet"'
    chosen = shell.run(f"%zenpro {line}")
    written = pd.read_parquet(tmp_path / "d")
    assert ids(written) == ids(expected)
    assert set(written.columns) == {"name", "id", "created", "workspace"}
    assert len(pd.read_parquet(tmp_path / "all.parquet")) == len(chosen) == len(expected)
    again = shell.run(f'%zenpro {RUNS} {conditions} --columns name --save "{{folder}}/d/"')
    assert again.new.sum() == 0
    assert again.attrs["zenpro"]["where"] == ["index>20", "workspace!=ml-dev", "status!=completed"]
    with pytest.raises(UsageError, match="other filters"):
        shell.run(f'%zenpro {RUNS} --where index>21 --columns name --save "{{folder}}/d/"')


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%zenpro users --where comp", "%zenpro users --where company="),
        ("%zenpro users --where company", "%zenpro users --where company!="),
        ("%zenpro users --where company", "%zenpro users --where company~"),
        ("%zenpro teams --where member_count", "%zenpro teams --where member_count>="),
        ("%zenpro users --where is_active=t", "%zenpro users --where is_active=true"),
        ("%zenpro workspaces --where status!=av", "%zenpro workspaces --where status!=available"),
        ("%zenpro workspaces --where=status=av", "%zenpro workspaces --where=status=available"),
        ("%zenpro runs --where created>=", "%zenpro runs --where created>=7d"),
        ("%zenpro runs --since to", "%zenpro runs --since today"),
    ],
)
def test_tab(bare_shell: Shell, typed: str, expected: str) -> None:
    assert expected in completions(bare_shell, typed)


def test_completion_offers_fetched_names(shell: Shell) -> None:
    shell.run("%zenpro roles")
    assert '%zenpro assignments --where "role=Workspace Developer"' in completions(
        shell, "%zenpro assignments --where role=Workspace"
    )


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("users", "complete"),
        ("users --limit 2", "there may be more"),
        ("users --inactive", "complete"),
        ("users --inactive --limit 1", "of"),
        ("users --where name~a", "complete"),
        ("users --where name~a --limit 2", "of"),
        ("users --where name~a --limit 500", "complete"),
        ("members --where email~a --limit 2", "of"),
        ("teams --empty", "complete"),
        ("runs --workspace ml-prod --where status=failed", "complete"),
        ("runs --workspace ml-prod --where status=failed --limit 1", "of"),
        ("usage --workspace ml-prod --where runs>0", "complete"),
        ("usage --by day --workspace ml-prod --where runs>0 --limit 1", "of"),
    ],
)
def test_the_line_below_a_list_says_whether_it_is_complete(shell: Shell, line: str, ending: str) -> None:
    """If all rows were read before `--limit` cut them, it has their number instead."""
    frame = shell.run(f"%zenpro {line}")
    count, *parts = frames.foot_line(frame).strip("[]").split(" · ")
    found = [part for part in parts if part in ("complete", "there may be more")]
    total = re.match(rf"{len(frame)} of (\d+) ", count)
    assert found == ([] if ending == "of" else [ending])
    assert (total is not None) == (ending == "of")
    if total is not None:
        assert int(total[1]) == len(shell.run(f"%zenpro {line.rpartition(' --limit')[0]}"))
