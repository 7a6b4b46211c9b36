"""Secrets enter a session in every supported way, and must not appear in any output."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.security.conftest import KEY, NEW_PASSWORD, PASSWORD, USER, Canaries, Session, held_in_the_open, leaks
from tests.support.keyring import memory_keyring
from zenpro_nb.frontends.notebook import NotebookUI

CELLS = (
    "%zenpro",
    "%zenpro me",
    "%zenpro users --limit 3 --raw",
    "%zenpro workspaces --raw",
    "%zenpro api-keys",
    "%zenpro devices",
    "%zenpro assignments --limit 3",
    "%zenpro profiles",
    "%zenpro api GET /users/me --json",
    "%zenpro doctor --save {folder}/report.json",
    "%zenpro users --limit 3 --save {folder}/users.parquet",
    "%zenpro roles assign 'Organization Viewer' --user grace@example.com --dry-run",
    "%zenpro users create somebody --dry-run",
    "%zenpro users create somebody-{number}",
    "%zenpro teams create canary-team-{number}",
    "%zenpro api-keys create mine-{number} --to env:CANARY_KEPT",
    "%zenpro captures create canary-{number} --with workspaces",
    "%zenpro diff canary-{number} --all-columns",
    "%zenpro history ada@example.com",
    "%zenpro users --at canary-{number} --limit 3 --save {folder}/kept.csv",
    "%zenpro journal",
    "%zenpro usres",
    "%zenpro teams get nothing",
    "%zenpro api GET /nowhere",
    "%zenpro organizations get 00000000-0000-4000-8000-000000000000",
)
# One cell that reads, one that writes a file, one that changes something, one that fails.
FEW_CELLS = tuple(
    cell
    for cell in CELLS
    if cell in ("%zenpro", "%zenpro api GET /nowhere") or "/users.parquet" in cell or "canary-team" in cell
)
CREDENTIALS = ("key", "token", "device token", "password", "file", "typed", "kept", "stored")
_NUMBERS = iter(range(1000))


@pytest.fixture
def credential(
    request: pytest.FixtureRequest, folder: Path, canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Each way to pass a secret to a session, with the command that starts it."""
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", NEW_PASSWORD)
    line = "%zenpro"
    outside = folder.parent / f"{folder.name}-outside"
    outside.mkdir()
    if request.param == "key":
        monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)
    elif request.param == "token":
        monkeypatch.setenv("ZENML_PRO_API_TOKEN", canaries.token)
    elif request.param == "password":
        monkeypatch.setenv("ZENML_PRO_USERNAME", USER)
        monkeypatch.setenv("ZENML_PRO_PASSWORD", PASSWORD)
    elif request.param == "file":
        (outside / "secret").write_text(KEY)
        (outside / "secret").chmod(0o600)
        (folder / "profiles.toml").write_text(
            f'[profiles.x]\nurl = "{canaries.sandbox.url}"\ncredential = "file:{outside}/secret"\n'
        )
    elif request.param in ("device token", "stored"):
        url = canaries.sandbox.url
        stored = {"api_key": KEY} if request.param == "stored" else {"api_token": {"access_token": canaries.device}}
        monkeypatch.setenv("ZENML_CONFIG_PATH", str(outside))
        (outside / "credentials.yaml").write_text(json.dumps({url: {**stored, "url": url, "pro_api_url": url}}))
    else:
        monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
        monkeypatch.setattr(getpass, "getpass", lambda prompt: PASSWORD if "Password" in prompt else KEY)
        line = "%zenpro login --keyring" if request.param == "kept" else f"%zenpro login --username {USER}"
    with memory_keyring():
        yield line
    os.environ.pop("CANARY_KEPT", None)


def _run(session: Session, cells: tuple[str, ...]) -> None:
    number = str(next(_NUMBERS))
    for cell in cells:
        session.run(cell.replace("{folder}", str(session.folder)).replace("{number}", number))


@pytest.mark.parametrize(
    "credential",
    [pytest.param(name, marks=[] if name == "key" else pytest.mark.slow) for name in CREDENTIALS],
    indirect=True,
)
def test_no_output_file_log_or_history_contains_a_secret(session: Session, credential: str, canaries: Canaries) -> None:
    session.run(credential)
    _run(session, CELLS)
    assert "somebody-" in (session.folder / "journal.jsonl").read_text()
    assert list(session.folder.rglob("manifest.json")), "no capture was created"
    made = os.environ["CANARY_KEPT"]
    assert [where for where, text in session.everything() if made in str(text)] == []
    assert held_in_the_open(session, canaries) == []
    assert leaks(session, canaries) == []


@pytest.mark.parametrize("credential", sorted({*CREDENTIALS} - {"key"}), indirect=True)
def test_no_way_to_sign_in_leaves_a_secret_in_output(session: Session, credential: str, canaries: Canaries) -> None:
    session.run(credential)
    _run(session, FEW_CELLS)
    assert "canary-team-" in (session.folder / "journal.jsonl").read_text()
    assert (session.folder / "users.parquet").is_file()
    assert "NotFoundError" in "".join(session.texts)
    assert held_in_the_open(session, canaries) == []
    assert leaks(session, canaries) == []


WRONG = (
    ("ZENML_PRO_API_KEY", KEY + "-wrong"),
    ("ZENML_PRO_API_KEY", KEY + " broken"),
    ("ZENML_PRO_API_KEY", KEY.replace("ZENPROKEY", "ZENKEY")),
    ("ZENML_PRO_API_TOKEN", "short"),
    ("ZENML_PRO_API_TOKEN", "eyJjYW5hcnki.canary-password-77f2.canary-password-77f2"),
    ("ZENML_PRO_PASSWORD", PASSWORD + "-wrong"),
)
# The server itself, and three that cannot be reached.
ADDRESSES = ("", "http://127.0.0.1:9", "http://pro.example.invalid", "https://127.0.0.1:9")


@pytest.mark.parametrize(
    ("variable", "value", "url"),
    [
        # By default each credential meets the server, and each address one credential.
        pytest.param(*wrong, url, marks=[] if url == "" or wrong is WRONG[0] else pytest.mark.slow)
        for wrong in WRONG
        for url in ADDRESSES
    ],
)
def test_no_error_contains_a_secret(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, url: str
) -> None:
    monkeypatch.setattr("zenpro_nb.client._cancellation.SystemClock.sleep", lambda clock, seconds, cancel=None: None)
    monkeypatch.setenv("ZENML_PRO_USERNAME", USER)
    if value == "short":
        canaries.wait_until_short_token_expires()
        value = canaries.short
    monkeypatch.setenv(variable, value)
    if url:
        monkeypatch.setenv("ZENML_PRO_API_URL", url)
    for cell in ("%zenpro", "%zenpro users", "%zenpro teams create x", "%zenpro profiles"):
        session.run(cell)
    assert "Error" in "".join(session.texts)
    assert held_in_the_open(session, canaries) == []
    assert leaks(session, canaries) == []


# One per layer; with all tests, also one per part of a layer.
MISTAKES = (
    "zenpro_nb.profiles.sources.accepts",
    "zenpro_nb.commands.tool.status.name_of",
    "zenpro_nb.frames.decode.decoder.Decoder.__call__",
    "zenpro_nb.client._credentials._token_from",
    "zenpro_nb.client._connections.Connections._acquire",  # all frames of the client are above it
    *(
        pytest.param(place, marks=pytest.mark.slow)
        for place in (
            "zenpro_nb.client._request_pipeline.RequestPipeline._attempt",
            "zenpro_nb.client._tokens._IssuedToken.seconds_left",
            "zenpro_nb.client._request._urls.query",
            "zenpro_nb.client._connections.decompress",
        )
    ),
)


@pytest.mark.parametrize("place", MISTAKES)
def test_an_internal_error_shows_no_secret_in_a_verbose_traceback(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Verbose tracebacks print the local variables of each frame, and Python's own errors are shown in full."""
    monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError("a mistake")

    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        session.run("%zenpro" if "status" in place else "%zenpro users")
    assert "ZeroDivisionError" in "".join(session.texts)
    assert leaks(session, canaries) == []


def test_a_pasted_profile_is_refused_without_being_repeated(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = session.folder.parent / f"{session.folder.name}-profiles"
    outside.mkdir()
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(outside))
    for line in (f'credential = "{KEY}"', f'password = "{PASSWORD}"', f'credential = "{PASSWORD}"'):
        (outside / "profiles.toml").write_text(f'[profiles.x]\nurl = "https://x.example.com"\n{line}\n')
        session.run("%zenpro users")
    assert "SettingsError" in "".join(session.texts)
    assert leaks(session, canaries) == []


@pytest.mark.parametrize(
    "address",
    [
        "{scheme}://{user}:{password}@{host}",
        "{scheme}://{user}:pa/ss/{password}@{host}",
        "{scheme}://{user}:{password}@{host}:port",
        "{user}:{password}@{host}",
        "ftp://{user}:{password}@{host}/?x#y",
    ],
)
def test_no_address_shows_who_signs_in(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Every address, valid or not, is reported without its username and password."""
    scheme, _, host = canaries.sandbox.url.partition("://")
    url = address.format(scheme=scheme, user="canary-user", password=PASSWORD, host=host)
    outside = session.folder.parent / f"{session.folder.name}-elsewhere"
    outside.mkdir()
    (outside / "credentials.yaml").write_text(json.dumps({url: {"api_key": KEY, "pro_api_url": url, "url": url}}))
    monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)
    monkeypatch.setenv("ZENML_CONFIG_PATH", str(outside))
    (session.folder / "logins.json").write_text(json.dumps([url]))
    for variable in ("ZENML_PRO_API_URL", "ZENML_STORE_URL"):
        monkeypatch.setenv(variable, url)
    shown = ""

    def show(*lines: str) -> None:
        nonlocal shown
        for line in lines:
            result = session.ip.run_cell(f"%zenpro {line}")
            shown += f"{result.result!r}{result.error_in_exec!s}"
            shown += result.result.to_csv() if hasattr(result.result, "to_csv") else ""

    with memory_keyring():
        show("", "users", "profiles", "doctor", "use server", "login")
        monkeypatch.setenv("ZENML_PRO_API_URL", canaries.sandbox.url)
        show("profiles", "doctor")
    (session.folder / "logins.json").unlink()
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(outside))
    (outside / "profiles.toml").write_text(f'[profiles.x]\nurl = "{url}"\n')
    show("users", "profiles", "use x")
    shown += "".join(session.capture.readouterr())
    assert "contains a user name" in shown
    assert "canary-user" not in shown
    assert canaries.seen_in(shown) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "api_key=given, token=given",
        "api_key=given, url='https://x.example.com', profile='x'",
        "api_key=given, url='nonsense'",
        "api_key=given, profile='nobody'",
        "api_key=given.replace('ZENPROKEY', 'ZENKEY')",
        "token=given + ' broken'",
    ],
)
def test_no_frame_of_a_refused_connect_contains_the_key(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    # Not in the variables of the session, which a verbose traceback also shows.
    monkeypatch.setattr("builtins.given", KEY, raising=False)
    session.run(f"import zenpro_nb\nzen = zenpro_nb.connect({arguments})")
    assert "Error" in "".join(session.texts)
    assert leaks(session, canaries) == []


def test_a_key_given_as_a_value_is_masked_in_the_journal_and_in_errors(
    session: Session, canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key pasted as a name is in the name of the team, and nowhere else."""
    monkeypatch.setenv("ZENML_PRO_API_KEY", KEY)
    monkeypatch.setattr("builtins.given", [KEY, PASSWORD], raising=False)
    session.run("import os; os.environ['ZENPRO_NEW_PASSWORD'] = given[1]")
    for words in (
        "teams create {given[0]}",
        "teams create {given[0]} --description {given[0]}",
        "teams get x{given[0]}",
    ):
        session.ip.run_cell(f"%zenpro {words}")
    session.ip.run_cell("%zenpro teams delete {given[0]} --yes --dry-run")
    output = "".join(session.capture.readouterr())
    assert "exists" in output
    assert canaries.seen_in((session.folder / "journal.jsonl").read_bytes()) == []
    entries = [json.loads(line) for line in (session.folder / "journal.jsonl").read_text().splitlines()]
    # Each is there twice: at its start, and with its outcome.
    assert {entry["command"] for entry in entries if "command" in entry} == {
        "teams create ***",
        "teams create *** --description ***",
    }
    assert {entry["body"]["name"] for entry in entries if entry.get("body")} == {"***"}
    errors = [line for line in output.splitlines() if "Error: " in line]
    assert len(errors) == 2
    assert canaries.seen_in("".join(errors)) == []


def test_an_executed_notebook_and_its_widgets(folder: Path, canaries: Canaries) -> None:
    # Forms are shown to people only; told that one sits there, this kernel keeps their widgets, and so does the file.
    person = (
        "from zenpro_nb.frontends.notebook import NotebookUI\nNotebookUI.is_interactive = property(lambda ui: True)"
    )
    lines = ("%zenpro", "%zenpro users --limit 3", "%zenpro api-keys", "%zenpro login", person)
    cells = ["%load_ext zenpro_nb", *lines, "%zenpro form roles assign", "%zenpro form users create"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source=cell) for cell in cells])
    environment = {**os.environ, "ZENML_PRO_API_KEY": KEY, "ZENPRO_NEW_PASSWORD": NEW_PASSWORD}
    client = NotebookClient(notebook, kernel_name="python3", timeout=120, store_widget_state=True, allow_errors=True)
    client.execute(env=environment, cwd=str(folder))
    assert "widgets" in notebook.metadata
    text = nbformat.writes(notebook)
    assert "ada@example.com" in text
    assert "Cannot ask for a secret" in text
    assert canaries.seen_in(text) == []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert canaries.seen_in(path.read_bytes()) == [], path
