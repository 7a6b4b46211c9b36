"""Loading the extension costs nothing that is not needed yet."""

from __future__ import annotations

import subprocess
import sys

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


def test_the_extension_loads_without_anything_heavy() -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import sys\n"
        "shell = InteractiveShell()\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'zenpro_nb')\n"
        f"print(sorted(set({HEAVY!r}) & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_warm_up_imports_what_the_first_command_needs() -> None:
    code = (
        "import os, sys; os.environ['ZENPRO_WARM_UP'] = '1'\n"
        "from zenpro_nb.faces.magic import warm_up\n"
        "warm_up().join()\n"
        "print({'pandas', 'httpx', 'msgspec', 'click'} <= set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
