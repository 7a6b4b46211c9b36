"""captures, diff, history and --at as typed, against a sandbox."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import zenpro_nb
from tests.commands.conftest import Requests
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.errors import ConfirmationError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.inventory import Captures
from zenpro_nb.resources import CONTROL_PLANE
from zenpro_nb.ui.protocol import TerminalUI


@pytest.fixture
def captures(zen: Connection, state: Path) -> Captures:
    """Give a capture called `before`."""
    zen.run("captures", "create", "before")
    return Captures(state / "captures")


def test_a_capture_is_created_listed_shown_and_deleted(
    zen: Connection, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("captures", "create", "before")
    store = Captures(state / "captures")
    assert capsys.readouterr().err == "saved acme as capture before\n"
    (row,) = zen.run("captures").to_dict("records")
    assert (row["name"], row["organization"], row["gaps"], row["sandbox"]) == ("before", "acme", [], True)
    assert row["folder"] == str(store.every()[0].path)
    frame = zen.run("captures", "get", "before").set_index("list")
    assert frame.loc["permissions", "gap"] == "not asked"
    assert frame["rows"].sum() == row["rows"]
    admins = zen.run("captures", "get", "today", "--list", "assignments", "--where", "role~admin", "--columns", "role")
    assert len(admins) > 0
    assert list(admins.columns) == ["role"]
    assert admins["role"].str.contains("Admin").all()
    with pytest.raises(
        ConfirmationError, match=r"Cannot ask for confirmation, .*: Permanently delete 1 capture: before"
    ):
        zen.run("captures", "delete", "before")
    with pytest.raises(UnknownNameError, match="no capture 'today'"):  # a date deletes nothing
        zen.run("captures", "delete", "today", "--yes")
    assert zen.run("captures", "delete", "before", "--yes")["name"].tolist() == ["before"]
    assert store.every() == []


def test_captures_of_other_servers_are_listed_on_request(
    zen: Connection, captures: Captures, capsys: pytest.CaptureFixture[str]
) -> None:
    (own,) = captures.every()
    path = own.path.parents[1].with_name("server=other") / own.path.parent.name / own.path.name
    shutil.copytree(own.path, path)
    manifest = path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(own.manifest.server, "https://other.example.com"))
    capsys.readouterr()
    assert zen.run("captures").folder.tolist() == [str(own.path)]
    assert "1 row of 1 other server. To list all rows, run `zenpro captures --server all`" in capsys.readouterr().err
    assert zen.run("captures", "--server", "other.example.com").folder.tolist() == [str(path)]
    assert len(zen.run("captures", "--server", "all")) == 2
    assert len(zenpro_nb.connect().run("captures")) == 2


def test_answering_no_deletes_nothing(zen: Connection, captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TerminalUI, "is_interactive", property(lambda ui: True))
    monkeypatch.setattr(TerminalUI, "_input", lambda ui, prompt: "n")
    with pytest.raises(ConfirmationError, match="Nothing was deleted"):
        zen.run("captures", "prune", "--keep-daily", "0", "--keep-monthly", "0")
    assert len(captures.every()) == 1
    monkeypatch.setattr(TerminalUI, "_input", lambda ui, prompt: "y")
    zen.run("captures", "prune", "--keep-daily", "0", "--keep-monthly", "0")
    assert captures.every() == []


def test_a_damaged_capture_is_a_warning_in_the_list(
    zen: Connection, captures: Captures, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("captures", "create")
    (captures.every()[0].path / "manifest.json").write_text("{")
    capsys.readouterr()
    assert len(zen.run("captures")) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: The capture's file ")


def test_diff_compares_with_now_and_shows_the_changes(zen: Connection, captures: Captures, name: str) -> None:
    assert len(zen.run("diff")) == 0
    zen.run("teams", "create", name)
    zen.run("teams", "add", name, "--user", "linus@example.com")
    frame = zen.run("diff")
    assert frame[["list", "change", "name"]].to_numpy().tolist() == [
        ["teams", "added", name],
        ["team_members", "added", f"linus@example.com in {name}"],
    ]
    assert frame.attrs["zenpro"]["organization"] == "acme"
    compared = f"compared with before, read {captures.every()[0].time:%Y-%m-%d %H:%M} UTC"
    assert frame.attrs["zenpro"]["summary"] == f"teams +1, team members +1; {compared}"
    assert frames.foot_line(frame).startswith(f"2 rows · teams +1, team members +1; {compared} · read ")
    # The key is long and rarely read, and the times are in the foot: the changes have the room.
    assert f"linus@example.com in {name}" in frames.text(frame, 110)
    assert not {"taken_before", "taken_after", "key"} & {*frames.text(frame, 300).splitlines()[0].split()}
    zen.run("captures", "create", "after")
    assert zen.run("diff", "before", "after")["key"].tolist() == frame["key"].tolist()
    assert zen.run("diff", "after", "before")["change"].tolist() == ["removed", "removed"]
    assert len(zen.run("diff", "--where", "list=teams", "--columns", "name")) == 0
    with pytest.raises(UsageError, match="with itself"):
        zen.run("diff", "after", "today")
    zen.run("teams", "delete", name, "--yes")


def test_without_a_capture_there_is_nothing_to_compare_with(zen: Connection) -> None:
    with pytest.raises(UnknownNameError, match="captures create"):
        zen.run("diff")


def test_history_shows_the_start_of_each_role(zen: Connection, captures: Captures, name: str) -> None:
    who = f"{name}@x.io"
    zen.run("users", "create", who)
    zen.run("roles", "assign", "Organization Member", "--user", who)
    zen.run("captures", "create", "second")
    zen.run("members", "remove", who, "--yes")
    first, second = (item.time for item in captures.every())
    (row,) = zen.run("history", who).to_dict("records")  # no longer a member: known from the capture
    assert (row["role"], row["via"], row["current"]) == ("Organization Member", "direct", False)
    assert (row["first_seen"], row["last_seen"]) == (second, second)
    linus = zen.run("history", "linus@example.com")
    assert (linus["first_seen"] == first).all()
    assert linus["current"].all()
    assert "in 2 captures or now; the role may be older" in frames.foot_line(linus)
    with pytest.raises(UnknownNameError, match="No principal in acme is called"):
        zen.run("history", "nobody.at.all")


@pytest.mark.parametrize("resource", [item for item in CONTROL_PLANE if item.path], ids=lambda item: item.noun)
def test_every_list_of_the_control_plane_can_be_read_from_a_capture(resource: object) -> None:
    from zenpro_nb.framework.lists.options import shape_options

    assert "at" in {option.name for option in shape_options(resource)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    ["members", "workspaces", "teams", "roles", "invitations", "service-accounts", "me", "organizations"],
)
def test_a_list_of_the_past_is_the_list(zen: Connection, captures: Captures, requests: Requests, line: str) -> None:
    now = zen.run(line)
    requests.clear()
    then = zen.run(line, "--at", "before")
    assert {path for _, path in requests} <= {"/organizations"}
    # Other fields of a schemaless list are not declared columns.
    assert list(then.columns) == list(now.columns)[: len(then.columns)]
    assert [str(dtype) for dtype in then.dtypes] == [str(now[column].dtype) for column in then.columns]
    key = "id" if "id" in then.columns else "user_id"
    own = now if line != "organizations" else now[now["name"] == "acme"]
    assert set(then[key].dropna()) == set(own[key].dropna())
    assert then.attrs["zenpro"]["capture"] == "before"


def test_options_choose_rows_of_the_past(
    zen: Connection, captures: Captures, capsys: pytest.CaptureFixture[str]
) -> None:
    assert zen.run("users", "--inactive", "--at", "today")["is_active"].eq(False).all()
    assert "only the users of the organization" in capsys.readouterr().err
    assert set(zen.run("roles", "--level", "project", "--at", "before")["level"]) == {"project"}
    now, then = (zen.run("teams", "members", "Platform", *more)["user_id"] for more in ((), ("--at", "before")))
    assert set(now) == set(then) != set()
    frame = zen.run("assignments", "--role", "workspace admin", "--workspace", "ml-prod", "--at", "before")
    assert set(frame["role"]) == {"Workspace Admin"}
    assert set(frame["workspace"]) == {"ml-prod"}
    assert len(zen.run("access", "linus@example.com", "--at", "before")) == len(zen.run("access", "linus@example.com"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("devices --at before", "does not contain devices. It contains organization, me, users"),
        ("releases --at before", "does not contain releases"),
        ("roles --action delete --at before", "`--action` cannot be combined with `--at`"),
        ("users --raw --at before", "`--raw` cannot be combined with `--at`"),
        ("teams members Nowhere --at before", "has no team 'Nowhere'"),
        ("teams --at before2", "Did you mean 'before'"),
        ("teams --at 2020-01-01", "All captures are newer than '2020-01-01'"),
    ],
)
def test_options_that_captures_do_not_support_are_refused(
    zen: Connection, captures: Captures, line: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        zen.run(*line.split())
    assert message in str(caught.value)


def test_unreadable_lists_are_stored_as_gaps(plane: SandboxProcess, zen: Connection, name: str) -> None:
    import zenpro_nb
    from tests.commands.conftest import PASSWORD

    zen.run("users", "create", f"{name}@x.io")
    zen.run("roles", "assign", "Organization Member", "--user", f"{name}@x.io")
    form = {"username": f"{name}@x.io", "password": PASSWORD}
    token = zen.client.request("POST", "/auth/login", form=form).json()["access_token"]  # type: ignore[index]
    with zenpro_nb.connect(url=plane.url, token=token, organization="acme") as theirs:
        made = theirs.run("captures", "create", "blind")
        assert "api_keys" in made["gaps"].iloc[0]
        with pytest.raises(UsageError, match=r"does not contain service-accounts: .*administrator"):
            theirs.run("service-accounts", "--at", "blind")
