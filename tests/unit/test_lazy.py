"""Loading the extension imports only what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "pandas",
    "pyarrow",
    "httpx",
    "msgspec",
    "ipywidgets",
    "click",
    "tqdm",
    "zenpro_nb.commands",
    "zenpro_nb.client",
)


# Today these are 28 to 35, of which 24 are ours; modules that IPython loads do not count.
MODULES = 36


@pytest.fixture(scope="module")
def loaded_modules() -> set[str]:
    """The modules that `%load_ext` imports."""
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import sys\n"
        "shell = InteractiveShell()\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'zenpro_nb')\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_extension_loads_nothing_heavy(loaded_modules: set[str]) -> None:
    assert "zenpro_nb.frontends.magic" in loaded_modules
    assert loaded_modules.isdisjoint(HEAVY)


def test_the_extension_loads_few_modules(loaded_modules: set[str]) -> None:
    assert len(loaded_modules) <= MODULES, sorted(loaded_modules)


def test_a_warm_up_imports_what_the_first_command_needs() -> None:
    code = (
        "import os, sys; os.environ['ZENPRO_WARM_UP'] = '1'\n"
        "from zenpro_nb.frontends.magic import warm_up\n"
        "warm_up().join()\n"
        "print({'pandas', 'httpx', 'msgspec', 'click'} <= set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
