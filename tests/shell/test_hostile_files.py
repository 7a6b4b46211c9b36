"""Files from other people: endlessly nested ones are refused in one line, whatever reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.errors import ZenProError

DEEP = 100_000
# The file content, by the line that reads it; `FILE` is replaced by the file.
LINES = {
    "%zenpro apply FILE.json --dry-run": "[" * DEEP,
    "%zenpro apply FILE.yaml --dry-run": "[" * DEEP,
    "%zenpro plan FILE.json": '{"zenpro_plan":' * DEEP,
    "%zenpro plan FILE.yaml": "teams: " + "{a: " * DEEP,
    "%zenpro access --after FILE.json": "[" * DEEP,
    "%zenpro audit --mute FILE.toml": "mute = " + "[" * DEEP,
    "%zenpro notebooks check FILE.ipynb": "[" * DEEP,
    "%zenpro notebooks clean FILE.ipynb --out FILE.clean.ipynb": '{"cells":' * DEEP,
    "%zenpro use lab": "profiles = " + "[" * DEEP,
}


@pytest.mark.parametrize("line", LINES)
def test_an_endlessly_nested_file_is_refused_in_one_line(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    suffix = next((word.partition(".")[2] for word in line.split() if word.startswith("FILE.")), "toml")
    name = "profiles" if "use" in line.split() else "hostile"
    (tmp_path / f"{name}.{suffix}").write_text(LINES[line])
    if name == "profiles":
        monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    error = shell.error(line.replace("FILE", str(tmp_path / name)))
    assert isinstance(error, ZenProError)
    assert len(error.lines()) == 1
    assert len(str(error)) < 1_000


def test_an_endlessly_nested_journal_line_is_skipped(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path))
    (tmp_path / "journal.jsonl").write_text("[" * DEEP + "\n")
    assert len(shell.run("%zenpro journal")) == 0
