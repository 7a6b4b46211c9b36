"""Errors in an IPython terminal are wrapped between words; in a notebook they stay one line."""

from __future__ import annotations

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.ui import console


def test_an_error_in_an_ipython_terminal_is_wrapped(monkeypatch: pytest.MonkeyPatch, bare_shell: Shell) -> None:
    error = bare_shell.error("%zenpro plan no-such-file.yaml")
    (line,) = error._render_traceback_()
    assert "\n" not in line  # the streams of tests are not terminals
    monkeypatch.setattr(console, "width", lambda: 60)
    (wrapped,) = error._render_traceback_()
    assert wrapped.replace("\n  ", " ") == line
    assert max(map(len, wrapped.splitlines())) <= 60
    bare_shell.run("%unload_ext zenpro_nb")
    assert error._render_traceback_() == [line]
