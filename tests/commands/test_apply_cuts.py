"""An apply of 60 steps, cut off at any of its requests: running the same command again ends in the same state.

A few by default, seeded; `ZENPRO_CUTS=all` cuts at every request in every way, `ZENPRO_CUTS=200` at so many.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zenpro_nb
from tests.commands.conftest import journal
from tests.support.nth import CUTS, Counter, counting
from tests.support.roomy import Roomy, roomy
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.errors import ZenProError
from zenpro_nb.frontends.connection import Connection

SIGNALS = {"kill": "SIGKILL", "Ctrl-C": "SIGINT"}
WAYS = [*CUTS, *(item for item in SIGNALS if sys.platform != "win32")]
STEPS, REQUESTS = 60, 150  # an apply sometimes has more requests than this; a number after its end cuts nothing off
NEW, GONE, GUESTS = 4, 3, 6


def cuts() -> list[tuple[str, int]]:
    """The ways and the numbers of the requests that are tried."""
    wanted = os.environ.get("ZENPRO_CUTS", "")
    if wanted == "all":
        return [(way, number) for way in WAYS for number in range(1, REQUESTS + 1)]
    found = random.Random(60)
    ways = WAYS if wanted else [found.choice(list(CUTS)), *WAYS[len(CUTS) :]]
    # Each kind of cut equally often, and every part of an apply gets its share.
    share = max(int(wanted or 1) // len(ways), 1)
    return [
        (way, found.randrange(part * REQUESTS // share, (part + 1) * REQUESTS // share) + 1)
        for way in ways
        for part in range(share)
    ]


@pytest.fixture(scope="module")
def room(sandboxes: SandboxPool) -> Iterator[Roomy]:
    with roomy(sandboxes) as running:
        yield running


@pytest.fixture(scope="module")
def counter(room: Roomy) -> Iterator[Counter]:
    with counting(room.sandbox.url) as proxy:
        yield proxy


def desired_file(name: str) -> str:
    """A file of 60 steps for an organization that `settled` made: teams, guests, members, roles, and removals."""
    guests = [f"guest{number}-{name}@x.io" for number in range(GUESTS)]
    bots = [f"bot:{number}-{name}" for number in range(8)]
    teams = "".join(f"  new{number}: {{members: {[*bots, guests[number]]}}}\n" for number in range(NEW))
    roles = "".join(f"    Workspace {role}: [team:new{at}]\n" for at, role in enumerate(("Viewer", "Developer")))
    return (
        f"zenpro: 1\norganization: {name}\nmanage: {{teams: exact}}\nprotect: {{max_removals: 100%}}\n"
        f"teams:\n{teams}  old: {{members: {bots[:3]}, description: smaller}}\n"
        f"organization_roles: {{Organization Viewer: [team:new0, team:new1, team:new2]}}\n"
        f"workspace_roles:\n  {name}:\n{roles}    Workspace Contributor: {[*bots, guests[0]]}\n"
    )


def create_starting_state(zen: Connection, name: str) -> None:
    """Create the starting state of the file: a workspace, eight service accounts, and a team with all of them."""
    zen.run("workspaces", "create", name)
    bots = [f"{number}-{name}" for number in range(8)]
    for bot in bots:
        zen.run("service-accounts", "create", bot)
    guests = [word for number in range(GUESTS) for word in ("--email", f"guest{number}-{name}@x.io")]
    zen.run("invitations", "create", *guests, "--role", "Organization Member")
    zen.run("teams", "create", "old")
    zen.run("teams", "add", "old", *(word for bot in bots for word in ("--service-account", bot)))


def texts(frame: pd.DataFrame, *columns: str) -> list[list[str]]:
    """Return the rows of these columns, with missing values as empty text."""
    rows: list[list[str]] = frame[list(columns)].astype(object).fillna("").values.tolist()
    return rows


def state(zen: Connection) -> dict[str, Any]:
    """Return the current state by names, each row with its number of occurrences."""
    assignments = zen.run("assignments")
    teams = zen.run("teams")
    return {
        "teams": sorted(texts(teams, "name", "description")),
        "members": {
            row.name: sorted(texts(zen.run("teams", "members", row.id), "username", "invited_email"))
            for row in teams.sort_values("name").itertuples(index=False)
        },
        "roles": sorted(texts(assignments, "principal", "role", "workspace")),
        "invitations": sorted(zen.run("invitations", "--only-pending")["email"]),
    }


def normal(found: dict[str, Any], name: str) -> str:
    """Return the state as text, without the name of the organization."""
    return repr(found).replace(name, "NAME")


def cut_off(way: str, number: int, counter: Counter, room: Roomy, file: str, name: str) -> None:
    """Apply the file, and cut it off at this request."""
    line = ["apply", file, "--yes"]
    if way in CUTS:
        counter.arm(number, way)
        with (
            zenpro_nb.connect(url=counter.url, api_key=room.sandbox.key, organization=name) as zen,
            contextlib.suppress(ZenProError),
        ):
            zen.run(*line)
        return
    settings = {"ZENML_PRO_API_URL": counter.url, "ZENML_PRO_API_KEY": room.sandbox.key, "ZENPRO_ORGANIZATION": name}
    child = subprocess.Popen(
        [sys.executable, "-m", "zenpro_nb", *line],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    counter.arm(number, trap=lambda: child.send_signal(getattr(signal, SIGNALS[way])))
    _, output = child.communicate(timeout=300)
    counter.rest()
    assert b"Traceback" not in output, output.decode()


@pytest.fixture(scope="module")
def uncut(room: Roomy, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the state after an apply that is not cut off."""
    folder = tmp_path_factory.mktemp("uncut")
    name = "t-uncut"
    (folder / "access.yaml").write_text(desired_file(name), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENPRO_STATE_DIR", str(folder))
        with room.organization(name) as zen:
            create_starting_state(zen, name)
            done = zen.run("apply", str(folder / "access.yaml"), "--yes")
            assert len(done) == STEPS
            assert set(done["outcome"]) == {"done"}
            return normal(state(zen), name)


@pytest.mark.parametrize(
    ("way", "number"),
    # `test_waves` tries every kind of cut at each step of a small plan.
    [pytest.param(*cut, marks=[] if cut[0] == "kill" else [pytest.mark.slow]) for cut in cuts()],
)
def test_running_it_again_ends_in_the_same_state(
    way: str, number: int, room: Roomy, counter: Counter, uncut: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(desired_file(name), encoding="utf-8")
    with room.organization(name) as zen:
        create_starting_state(zen, name)
        before = len(journal())
        cut_off(way, number, counter, room, str(file), name)
        counter.rest()
        # The journal contains each write that was begun, with its outcome or as unknown.
        entries = journal()[before:]
        assert len({item["id"] for item in entries}) == len(entries)
        assert {item["outcome"] for item in entries} <= {"done", "already", "unknown", "not done", "refused"}
        done = {item["target"] for item in entries if item["outcome"] == "done"}
        remaining = zen.run("plan", str(file), "--all")
        so = set(zen.run("apply", str(file), "--dry-run")["target"])
        assert not done & so  # writes that are done in the journal are no longer steps
        missing = STEPS - (remaining["action"] != "noop").sum()
        # Everything that was created is in the journal.
        assert missing <= len([item for item in entries if item["outcome"] in ("done", "already", "unknown")])
        with contextlib.suppress(ZenProError):
            zen.run("apply", str(file), "--yes")
        assert zen.run("plan", str(file)).empty
        assert normal(state(zen), name) == uncut
