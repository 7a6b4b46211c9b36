"""Files that are written completely or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from zenpro_nb.files.atomic import new_private_file, replace_file

needs_rights = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")


def write(path: Path, text: str, **options: bool) -> None:
    with replace_file(path, **options) as temporary:
        temporary.write_text(text)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@needs_rights
def test_a_new_file_has_the_requested_permissions(tmp_path: Path) -> None:
    write(tmp_path / "new" / "folder" / "private", "x", private=True)
    write(tmp_path / "open", "x")
    (tmp_path / "plain").touch()
    assert mode(tmp_path / "new" / "folder" / "private") == 0o600
    assert mode(tmp_path / "open") == mode(tmp_path / "plain")


@needs_rights
@pytest.mark.parametrize("rights", [0o600, 0o444, 0o664])
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path, rights: int) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(rights)
    with replace_file(path) as temporary:
        assert mode(temporary) == 0o600  # private until its permissions are known
        temporary.write_text("new")
    assert (path.read_text(), mode(path)) == ("new", rights)


def test_a_link_keeps_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "there" / "real")
    write(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "real").read_text() == "x"


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_block_leaves_only_the_old_file(tmp_path: Path, failure: BaseException) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def stop(text: str) -> None:
        with replace_file(path) as temporary:
            temporary.write_text(text)
            raise failure

    with pytest.raises(type(failure)):
        stop("half")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@needs_rights
def test_a_private_file_is_new_and_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    with new_private_file(path) as file:
        file.write("x")
    assert (path.read_text(), mode(path)) == ("x", 0o600)
    with pytest.raises(FileExistsError), new_private_file(path) as file:
        file.write("y")
    assert path.read_text() == "x"
    path.unlink()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), new_private_file(path) as file:
        file.write("x")
    assert not path.exists()
