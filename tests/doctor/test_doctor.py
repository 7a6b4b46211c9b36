"""`%zenpro doctor`: one DataFrame, whatever is broken."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.client.support import ReceivedRequest, Response, Server, people, plane
from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb import doctor
from zenpro_nb.client import SYSTEM
from zenpro_nb.doctor import machine, server
from zenpro_nb.doctor.model import guard
from zenpro_nb.frontends.notebook import NotebookUI
from zenpro_nb.ui.protocol import TerminalUI

HERE = ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_ORGANIZATION")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    for name in HERE:
        monkeypatch.delenv(name, raising=False)
    for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


def run_doctor(shell: Shell, line: str = "") -> pd.DataFrame:
    return shell.run(f"%zenpro doctor {line}").set_index("check")


def test_a_healthy_session(shell: Shell, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    frame = run_doctor(shell)
    assert list(frame.columns) == ["status", "detail", "fix"]
    assert str(frame.status.dtype) == "category"
    wanted = ["settings", "server", "clock", "credential", "signed in as", "organization", "roles", "python", "pandas",
              "ipywidgets", "state directory", "config directory"]  # fmt: skip
    assert dict(frame.status[wanted]) == dict.fromkeys(wanted, "ok")
    assert frame.status["TLS"] == "skipped"
    assert "responded in" in frame.detail["server"]
    assert frame.detail["signed in as"] == "ada@example.com (user, superuser)"
    assert "Organization Admin" in frame.detail["roles"]
    assert "differences" in frame.detail["API"]
    assert "failed" not in set(frame.status)


def test_the_report_contains_nothing_private(
    shell: Shell, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    # The sandbox matches the expected API; a different page size is a difference to report.
    monkeypatch.setattr("zenpro_nb.limits.PAGE_SIZE", 99)
    names = ["Lovelace", "acme", "@example", "Organization Admin"]
    private = [*names, "127.0.0.1", str(tmp_path), "ZENPROKEY", sandbox.key]
    for name in ("report.json", "report.csv", "report.parquet"):
        shell.run(f"%zenpro doctor --save {tmp_path / name}")
        text = (tmp_path / name).read_bytes().decode("utf-8", "replace")
        assert [word for word in private if word in text] == []
    assert "without names, addresses" in capsys.readouterr().err
    rows = {row["check"]: row for row in json.loads((tmp_path / "report.json").read_text())}
    assert rows["server"]["detail"].startswith("a server responded in")
    assert rows["signed in as"]["detail"].startswith("a user, superuser")
    assert rows["pandas"]["detail"] == pd.__version__
    assert any(name.startswith("drift: GET /users") for name in rows)


def test_without_a_credential_the_rest_is_checked(
    shell: Shell, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    frame = run_doctor(shell)
    assert frame.status["credential"] == "failed"
    assert "`%zenpro login`" in frame.fix["credential"]
    assert list(frame.status[["signed in as", "organization", "roles"]]) == ["skipped"] * 3
    assert frame.status["server"] == "ok"
    assert frame.detail["API"].startswith("0 differences")
    assert not [name for name in frame.index if str(name).startswith("drift")]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes of files")
@pytest.mark.parametrize(("ours", "status"), [(True, "failed"), (False, "warning")])
def test_a_credential_that_other_accounts_can_read_is_not_ok(
    shell: Shell, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ours: bool, status: str
) -> None:
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    path = tmp_path / "key"
    path.write_text(sandbox.key)
    path.chmod(0o644)
    profile = f'[profiles.lab]\nurl = "{sandbox.url}"\norganization = "acme"\ncredential = "file:key"\n'
    (tmp_path / "profiles.toml").write_text(f'default = "lab"\n{profile}')
    if not ours:
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    frame = run_doctor(shell)
    assert frame.status["credential"] == status
    assert f"{path} can be read by other accounts (mode 0644)" in frame.detail["credential"]


def test_a_server_that_is_not_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", "http://nobody.invalid")
    frame = run_doctor(shell)
    assert frame.status["server"] == "failed"
    assert frame.fix["server"] == "Check the URL, the network, and the VPN."
    assert frame.status["API"] == "failed"
    assert frame.status["pandas"] == "ok"


def test_a_wrong_key(shell: Shell, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_canary-wrong-0001")
    frame = run_doctor(shell)
    assert frame.status["credential"] == "failed"
    assert "rejects it" in frame.detail["credential"]
    assert "401" in frame.detail["credential"]
    assert "Set ZENML_PRO_API_KEY to a valid one, or unset it and run `%zenpro login`." in frame.fix["credential"]
    assert set(frame.status[["signed in as", "organization", "roles"]]) == {"skipped"}
    assert "canary" not in frame.to_csv()


@pytest.mark.parametrize(
    ("url", "words"), [("cloudapi.zenml.io", "https://"), ("http://pro.example.invalid", "No such host")]
)
def test_wrong_addresses(shell: Shell, monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", url)
    frame = run_doctor(shell)
    assert frame.status["server"] == "failed"
    assert words in f"{frame.detail['server']} {frame.fix['server']}"


def test_a_broken_file_of_profiles(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text("[")
    frame = run_doctor(shell)
    assert frame.status["settings"] == "failed"
    assert "profiles.toml, line 1" in frame.detail["settings"]
    assert "server" not in frame.index
    assert frame.status["pandas"] == "ok"


def test_folders_that_cannot_be_written(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environ = {"ZENPRO_STATE_DIR": f"{tmp_path}/file/x", "ZENPRO_CONFIG_DIR": f"{tmp_path}/file"}
    state, config = machine.folders(environ)
    assert (state.status, config.status) == ("failed", "warning")
    assert "ZENPRO_STATE_DIR" in state.fix


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({}, "skipped", "no valid Date header"),
        ({"Date": "Mon, 02 Mar 2026 09:00:00 GMT"}, "warning", "ahead of"),
        ({"Date": "Mon, 02 Mar 2099 09:00:00 GMT"}, "warning", "behind"),
        ({"Date": "yesterday"}, "skipped", "no valid Date header"),
    ],
)
def test_the_clock(headers: dict[str, str], status: str, words: str) -> None:
    reply = server.Reply(200, b"", headers, None)
    check = server._skew(reply, SYSTEM.now())
    assert (check.status, words in check.detail) == (status, True)


def test_a_clock_that_is_right() -> None:
    def script(request: ReceivedRequest) -> Response:
        return Response(404, {"detail": "Not Found"})

    running = Server(script)
    try:
        checks = {item.name: item for item in server.look(running.url, SYSTEM)}
    finally:
        running.close()
    assert checks["server"].status == "ok"
    assert checks["clock"].status == "ok"


def test_a_certificate_that_is_not_trusted() -> None:
    failure = server.TransportFailure(
        "The certificate of https://x is not trusted", permanent=True, hint="Name its file."
    )
    checks = {item.name: item.status for item in server._unreachable(failure)}
    assert checks == {"server": "failed", "TLS": "failed", "clock": "skipped"}


@pytest.mark.parametrize(
    ("environ", "is_interactive", "installed", "status"),
    [
        ({"VSCODE_PID": "1"}, True, False, "ok"),
        ({}, True, True, "ok"),
        ({}, True, False, "warning"),
        ({}, False, True, "skipped"),
    ],
)
def test_widgets(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    is_interactive: bool,
    installed: bool,
    status: str,
) -> None:
    monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: is_interactive))
    monkeypatch.setattr(machine, "_version", lambda name: "1" if installed else None)
    (check,) = machine.widgets(shell.ip.magics_manager.registry["ZenProMagics"].notebook.ui, environ)
    assert check.status == status


def test_a_terminal_shows_no_widgets() -> None:
    (check,) = machine.widgets(TerminalUI(), {})
    assert check.status == "skipped"


def test_an_error_in_a_check_is_a_row() -> None:
    def fail_after_one() -> Iterator[doctor.Check]:
        yield doctor.Check("a", "ok", "")
        raise KeyError("ZENPROKEY_canary-0001")

    good, bad = guard("b", fail_after_one)
    assert good.status == "ok"
    assert bad.status == "failed"
    assert "canary" not in bad.detail


def test_the_session_uses_the_page_sizes_that_doctor_reads(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}
    document = {"paths": {"/users": {"get": {"parameters": [limit], "responses": {}}}}}
    users = plane(people(60))

    def script(request: ReceivedRequest) -> Response:
        return Response(body=document) if request.path == "/openapi.json" else users(request)

    running = Server(script)
    monkeypatch.setenv("ZENML_PRO_API_URL", running.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_abc")
    run_doctor(shell)
    assert len(shell.run("%zenpro users")) == 60
    running.close()
    assert {request.number("limit") for request in running.requests if request.path == "/users"} == {50}
