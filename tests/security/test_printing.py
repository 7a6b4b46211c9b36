"""Names chosen by other people are escaped in every terminal output. Data does not change."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import zenpro_nb
from tests.support.command_line import as_process, in_process, in_terminal
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.forms.adapters import FormUI
from zenpro_nb.forms.messages import Message, Tone
from zenpro_nb.forms.widgets import html
from zenpro_nb.pictures.dag import Dag
from zenpro_nb.security.log import LOGGER
from zenpro_nb.session.login import SignInPrompt
from zenpro_nb.ui import console
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.protocol import TerminalUI

# The title of the terminal, a color by a C1 control, the order of letters, a separate line.
EVIL = "ops\x1b]0;owned\x07\x9b31m\u202eevil\u2066\u061c\u200e\u200f\u2028x"
SHOWN = r"ops\x1b]0;owned\x07\x9b31m\u202eevil\u2066"
# Control characters of terminals except line ends.
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Environment = dict[str, str]


@pytest.fixture(scope="module")
def evil(sandboxes: SandboxPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """An organization and a team with such names. The journal contains a write of the team."""
    folder = str(tmp_path_factory.mktemp("evil"))
    folders = dict.fromkeys(("ZENPRO_STATE_DIR", "ZENPRO_CONFIG_DIR", "ZENML_CONFIG_PATH"), folder)
    with sandboxes.lend("evil") as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENPRO_STATE_DIR", folder)
        with zenpro_nb.connect(url=running.url, api_key=running.key) as zen:
            key = zen.run("organizations")["id"][0]
            for name in (EVIL, "plain"):
                zen.run("teams", "create", name, "--org", key)
            zen.run("organizations", "update", key, "--name", EVIL)
        running.keep()
        server = {"ZENML_PRO_API_URL": running.url, "ZENML_PRO_API_KEY": running.key, "ZENPRO_ORGANIZATION": key}
        yield {**os.environ, **folders, **server, "TERM": "dumb", "PYTHONUTF8": "1"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["teams"], ""),
        (["form", "teams", "delete"], "nobody\nplain\nn\nno\n"),
    ],
)
def test_a_terminal_gets_no_control_characters(evil: Environment, words: list[str], typed: str) -> None:
    shown = in_terminal(words, evil, typed)
    assert OBEYED.findall(shown) == []
    assert SHOWN in as_in_text(shown)
    assert "Traceback" not in shown


def as_in_text(shown: str) -> str:
    """The text with the escapes of JSON and of Python's repr as those of plain text."""
    return shown.replace("\\\\", "\\").replace("\\u001b", "\\x1b").replace("\\u0007", "\\x07")


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ([], ""),
        (["teams"], ""),
        (["teams", "--format", "csv"], ""),
        (["organizations", "--format", "json"], ""),
        (["api", "GET", "/organizations", "--json"], ""),
        (["teams", "get", EVIL], ""),
        (["teams", "get", f"{EVIL} and more"], ""),
        (["teams", "create", EVIL], ""),
        (["teams", "create", f"{EVIL} and more", "--dry-run"], ""),
        (["journal", "--columns", "target,command"], ""),
        (["doctor"], ""),
        (["use", "organization", EVIL], ""),
        (["teams", "delete", EVIL], "n\n"),
        (["form", "teams", "delete"], "nobody\nplain\nn\nno\n"),
    ],
)
def test_no_command_prints_control_characters_to_a_terminal(evil: Environment, words: list[str], typed: str) -> None:
    done = in_process(words, evil | {"COLUMNS": "200"}, typed=typed, terminal=True)
    shown = (done.stdout + done.stderr).decode()
    assert OBEYED.findall(shown) == []
    assert SHOWN in as_in_text(shown)
    assert "Traceback" not in shown


def test_a_pipe_gets_unchanged_data(evil: Environment) -> None:
    def pipe(*words: str) -> bytes:
        done = in_process(words, evil)
        assert done.returncode == 0, done.stderr
        return done.stdout

    raw = as_process(["teams", "--format", "csv"], evil).stdout
    assert EVIL in set(pd.read_csv(io.BytesIO(raw))["name"])
    assert EVIL in {team["name"] for team in json.loads(pipe("teams", "--format", "json"))}
    assert EVIL in {
        record["name"] for record in json.loads(pipe("api", "GET", "/organizations", "--json", "--format", "json"))
    }
    assert OBEYED.search(pipe("teams").decode()) is None


def test_a_frame_in_ipythons_terminal(
    evil: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENPRO_ORGANIZATION", "ZENPRO_STATE_DIR"):
        monkeypatch.setenv(name, evil[name])
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.run_cell("%load_ext zenpro_nb")
    for line in ("teams --columns name", "organizations --columns name", "journal --columns target", "", "teams get x"):
        shell.run_cell(f"%zenpro {line}")
    output = capsys.readouterr().out
    assert OBEYED.findall(output) == []
    assert output.count(SHOWN) >= 4
    shell.run_cell("frame = %zenpro teams")
    assert EVIL in set(shell.user_ns["frame"]["name"])
    other = pd.DataFrame({"name": [EVIL, "x"], "size": [1, 2]})
    assert _text(shell, other) == _text(InteractiveShell(config=config), other)
    shell.run_cell("%unload_ext zenpro_nb")
    assert "\x1b" in _text(shell, shell.user_ns["frame"])


def _text(shell: InteractiveShell, value: object) -> str:
    formatter = shell.display_formatter
    assert formatter is not None
    return str(formatter.format(value)[0]["text/plain"])


def test_all_other_texts() -> None:
    node = {"node_id": "1", "type": "step", "name": EVIL, "metadata": {"status": EVIL}}
    card = Card(EVIL, [(EVIL, f"acme\n  organization  {EVIL}")], [EVIL])
    things = (card, Dag.of(EVIL, {"status": EVIL, "nodes": [node]}), SignInPrompt(f"https://{EVIL}", "", EVIL))
    for thing in things:
        for text in (repr(thing), thing._repr_html_() or ""):
            assert OBEYED.findall(text) == []
            assert SHOWN in text.replace("&#x27;", "'")
    assert len(repr(card).splitlines()) == 3


def test_errors_warnings_and_progress_are_one_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PROGRESS_AFTER", 0)
    error = UsageError(f"There is no team {EVIL}\nDone.", hint=EVIL)
    with console.progress(EVIL) as advance:
        advance(1)
    output = capsys.readouterr().err
    for text in (str(error), repr(error), *error._render_traceback_(), output):
        assert OBEYED.findall(text) == []
        assert "\n" not in text
        assert SHOWN in text.replace("\\\\", "\\")


def test_forms_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    message = Message(f"There is a team {EVIL}", Tone.BAD)
    shown = pd.DataFrame({"name": [EVIL]})
    pages = [
        html.status(message),
        html.title(EVIL, EVIL, EVIL, sandbox=False),
        html.line(EVIL, EVIL),
        html.question(EVIL),
        html.frame(shown),
    ]
    ui = FormUI(TerminalUI())
    ui.say(EVIL)
    ui.warn(EVIL)
    for page in [*pages, *ui.words]:
        assert OBEYED.findall(page) == []
        assert SHOWN in page
    with caplog.at_level("DEBUG", "zenpro_nb"):
        LOGGER.debug("%s answers\nDEBUG all is well", EVIL)
    assert OBEYED.findall(caplog.text) == []
    assert len(caplog.text.splitlines()) == 1


@pytest.mark.parametrize(
    "code", ["print('x')", "import click\n\nclick.echo('x')", "import sys\n\nsys.stderr.write('x')"]
)
@pytest.mark.parametrize("place", ["frontends/magic.py", "framework/writes/write.py", "ui/protocol.py"])
def test_other_modules_must_not_print(code: str, place: str) -> None:
    checkout = Path(__file__).parents[2]
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--stdin-filename", f"zenpro_nb/{place}", "-"]
    done = subprocess.run(command, input=f"{code}\n", cwd=checkout, capture_output=True, text=True, check=False)
    assert ("T201" in done.stdout) or ("TID251" in done.stdout), done.stdout + done.stderr
