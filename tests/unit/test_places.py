"""Paths that people type."""

from __future__ import annotations

from pathlib import Path

import pytest

from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.security import secret_destinations


def test_a_home_directory() -> None:
    assert expand_home("~/x") == Path.home() / "x"
    assert expand_home("x/~") == Path("x/~")


def test_the_home_of_an_unknown_user() -> None:
    with pytest.raises(UsageError, match="'~no-such-user/x' refers to an unknown home directory"):
        expand_home("~no-such-user/x")
    with pytest.raises(SaveError):
        expand_home("~no-such-user/x", SaveError)
    with pytest.raises(UsageError, match="unknown home"):
        secret_destinations.destination("file:~no-such-user/x", entry="")
