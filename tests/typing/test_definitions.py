"""Go to definition: editors find the definitions in lazily loaded packages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jedi
import pytest

ROOT = Path(__file__).parents[2]
# The expression in an editor, and the file that defines it.
NAMES = {
    "client.Client": "client/_client.py",
    "client.segment": "client/_urls.py",
    "frames.Predicate": "frames/predicate.py",
    "frames.save": "frames/export/files.py",
    "access.Inventory": "access/model/inventory.py",
    "access.effective_access": "access/effective/effective.py",
    "access.make_plan": "access/plans/make.py",
    "query.find": "query/find.py",
    "inventory.compare": "inventory/diff.py",
    "sql.parse": "sql/statement.py",
}


def program(name: str) -> str:
    package, _, attribute = name.partition(".")
    return f"from zenpro_nb import {package}\n\n{package}.{attribute}\n"


@pytest.mark.parametrize("name", NAMES)
def test_jedi_goes_to_the_definition(name: str) -> None:
    found = jedi.Script(program(name)).goto(3, len(name) - 1, follow_imports=True)
    assert [str(definition.module_path).rpartition("/zenpro_nb/")[2] for definition in found] == [NAMES[name]]
    assert found[0].type in ("class", "function")


class LanguageServer:
    """pyright as an editor runs it: JSON-RPC over the standard streams."""

    def __init__(self, folder: Path) -> None:
        command = [str(Path(sys.executable).with_name("basedpyright-langserver")), "--stdio"]
        self.folder = folder
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._number = 0
        root = {"uri": folder.as_uri(), "name": folder.name}
        capabilities = {"workspace": {"workspaceFolders": True}}
        self.request(
            "initialize", processId=None, rootUri=root["uri"], workspaceFolders=[root], capabilities=capabilities
        )
        self.send("initialized")

    def send(self, method: str, number: int | None = None, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **({} if number is None else {"id": number})}
        self._write(message)

    def request(self, method: str, **params: Any) -> Any:
        self._number += 1
        self.send(method, self._number, **params)
        while True:
            message = self._read()
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            if "method" in message and "id" in message:
                self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        """Respond to a request of the server for its settings."""
        items = message.get("params", {}).get("items", [])
        result = [{"pythonPath": sys.executable} for _ in items] if items else None
        self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return dict(json.loads(self.process.stdout.read(length)))

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("editor")
    environment = Path(sys.prefix)
    settings = {"extraPaths": [str(ROOT)], "venvPath": str(environment.parent), "venv": environment.name}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    running = LanguageServer(folder)
    yield running
    running.stop()


@pytest.mark.parametrize("name", NAMES)
def test_pyright_goes_to_the_definition(server: LanguageServer, name: str) -> None:
    uri = (server.folder / f"{name.replace('.', '_')}.py").as_uri()
    server.send(
        "textDocument/didOpen",
        textDocument={"uri": uri, "languageId": "python", "version": 1, "text": program(name)},
    )
    position = {"line": 2, "character": len(name) - 1}
    found = server.request("textDocument/definition", textDocument={"uri": uri}, position=position)
    # For a module and a function with the same name, it shows both, which are in the same file.
    assert {place["uri"].rpartition("/zenpro_nb/")[2] for place in found} == {NAMES[name]}
