"""Prompts for a single value that a command lacks, and for the secret of an account."""

from __future__ import annotations

import itertools
import os
import pty
import sys
from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import errors, limits
from zenpro_nb.frontends.notebook import NotebookUI
from zenpro_nb.security import keyring
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import TerminalUI


def test_a_missing_destination_is_asked_for_in_one_line(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keyring, "is_available", lambda: False)
    prompts: list[str] = []
    answers = itertools.chain(
        ["nowhere/new.key", "yes", "NEW_KEY", "env:new-key", "new.key", ""], itertools.repeat("yes")
    )

    def type_answer(ui: NotebookUI, prompt: str) -> str:
        prompts.append(prompt)
        return next(answers)

    monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
    monkeypatch.setattr(NotebookUI, "_input", type_answer)
    shell.run("%zenpro api-keys create ci")
    choices = "Where should it go? A file name such as ci.key or env:NAME: "
    assert prompts == [f"The key ci is shown only once. {choices}", *[choices] * 4]
    reasons = capsys.readouterr().err.splitlines()[:4]
    expected = ("folder nowhere does not exist", "type file:yes", "Type env:NEW_KEY", "Unknown destination")
    assert all(words in reason for words, reason in zip(expected, reasons, strict=True))
    assert (tmp_path / "new.key").read_text()
    assert shell.run("%zenpro journal")["command"].iloc[0] == "api-keys create ci --to file:new.key"
    # No answer: nothing is sent.
    error = shell.error("%zenpro api-keys create other")
    assert isinstance(error, errors.ConfirmationError)
    assert "`%zenpro api-keys create other --to file:other.key`" in str(error)
    # A program that gives the same answer for ever ends the command, too.
    assert isinstance(shell.error("%zenpro api-keys create other"), errors.ConfirmationError)
    assert len(prompts) == 6 + limits.ANSWERS


@pytest.mark.parametrize(("typed", "has_ended"), [(b"", False), (b"key\n", False), (b"\x04", True)])
def test_a_secret_is_not_asked_for_after_the_end_of_the_input(
    monkeypatch: pytest.MonkeyPatch, typed: bytes, has_ended: bool
) -> None:
    main, terminal = pty.openpty()
    os.write(main, typed)
    asked: list[str] = []
    with os.fdopen(terminal) as stdin, os.fdopen(main):
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(console, "is_interactive", lambda: True)
        monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")
        if has_ended:
            with pytest.raises(errors.CredentialError, match="the input has ended"):
                TerminalUI().ask_secret("Key: ", "X")
        else:
            assert TerminalUI().ask_secret("Key: ", "X") == "typed"
    assert asked == ([] if has_ended else ["Key: "])
