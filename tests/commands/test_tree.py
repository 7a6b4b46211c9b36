"""The tree as a whole: it is imported for Tab, so that it must be light."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["pandas", "pyarrow", "msgspec", "ipywidgets", "keyring", "zenpro_nb.frames"])
def test_the_tree_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, zenpro_nb.commands.tree; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
