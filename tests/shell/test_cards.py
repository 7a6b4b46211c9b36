"""One object as a card; its value stays a one-row DataFrame."""

from __future__ import annotations

import importlib
from typing import Any

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from zenpro_nb.errors import ConnectionFailedError
from zenpro_nb.frames.display.views import view_text

CARD = '<div class="zp-card">'
CARDS = {
    "users get ada@example.com": ["Ada Lovelace", "superuser"],
    "workspaces get ml-prod": ["server url", 'href="http', "available"],
    "roles get 'Workspace Developer'": ["permissions", "<th>read</th>", "<td>pipeline</td>", "✓"],
    "teams get MLOps": ["members (", "@example.com"],
}


def display_data(shell: Shell, value: object) -> dict[str, Any]:
    data: dict[str, Any] = shell.ip.display_formatter.format(value)[0]  # type: ignore[union-attr]
    return data


@pytest.mark.parametrize("line", CARDS)
def test_a_get_is_shown_as_a_card(shell: Shell, line: str) -> None:
    frame = shell.run(f"thing = %zenpro {line}\nthing")
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 1
    data = display_data(shell, frame)
    assert CARD in data["text/html"]
    for word in CARDS[line]:
        assert word in data["text/html"]
    assert frame["id"].iloc[0] in data["text/plain"]
    assert "[sandbox]" in data["text/plain"].splitlines()[0]
    twice = pd.concat([frame, frame])
    assert CARD not in display_data(shell, twice)["text/html"]


def test_a_role_is_shown_as_a_table_of_its_permissions(shell: Shell) -> None:
    text = display_data(shell, shell.run("%zenpro roles get 'Workspace Viewer'"))["text/plain"]
    head = next(line for line in text.splitlines() if line.split()[:1] == ["resource"])
    assert "read" in head
    assert "delete" not in head


def test_a_card_is_still_one_where_the_members_cannot_be_read(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ConnectionFailedError("no")

    monkeypatch.setattr(importlib.import_module("zenpro_nb.query.get"), "_members", fails)
    html = display_data(shell, shell.run("%zenpro teams get MLOps"))["text/html"]
    assert CARD in html
    assert "members (" not in html


def test_the_status_card_shows_names_for_ids(shell: Shell) -> None:
    shell.run("%zenpro use organization acme")
    shell.run("%zenpro use workspace ml-prod")
    card = shell.run("%zenpro")
    rows = dict(card.rows)
    assert (rows["organization"], rows["workspace"]) == ("acme", "ml-prod")
    assert '<span class="zp-pill">made-up data</span>' in card._repr_html_()
    assert "zenpro: sandbox, not ZenML Pro  [made-up data]" in repr(card)


def test_the_workspace_in_use_is_one_of_the_organization(shell: Shell) -> None:
    error = str(shell.error("%zenpro use workspace ml-prod --org acme-labs"))
    assert "The workspace 'ml-prod' does not exist in the organization acme-labs" in error
    shell.run("%zenpro use workspace ml-prod --org acme")
    assert dict(shell.run("%zenpro").rows)["workspace"] == "ml-prod"
    # A hint about an option names the organization in use, too.
    assert "For example: `%zenpro users --org acme`." in str(shell.error("%zenpro users --org"))


def test_commands_in_an_answer_are_shown_as_code(shell: Shell) -> None:
    html = display_data(shell, shell.run("%zenpro reviews"))["text/html"]
    assert "create one with <code>%zenpro reviews create NAME</code>." in html


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_lines_of_an_access_tree_fit_the_terminal(shell: Shell, width: int) -> None:
    frame = shell.run("%zenpro access ada@example.com")
    shown = view_text(frame, width)
    assert shown is not None
    tree = shown.rpartition("\n[")[0]
    assert max(map(len, tree.splitlines())) <= width
    assert "which includes" in " ".join(tree.replace("│", " ").split())
