"""Other people's programs, run in their own environments, which only know the address of the sandbox."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from playwright.sync_api import Page, expect

from tests.support.browser import browser_page
from tests.support.environments import kitaru_python, zenml_python

# Generous: importing ZenML takes seconds on a busy machine, and it polls every five seconds.
PATIENCE = 180.0
# The code of the script `zenml`; the script itself does not start from an environment that was moved.
ZENML = "from zenml.cli.cli import cli; import zenml.cli; cli()"
# Wide enough that no table or address is wrapped.
COLUMNS = "500"


class ZenmlHome:
    """A person's computer with ZenML on it: its configuration and credentials in one folder."""

    def __init__(self, folder: Path, plane: str, variables: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = folder
        self._environment = {
            **_bare(),
            **variables,
            "ZENML_CONFIG_PATH": str(folder),
            "ZENML_PRO_API_URL": plane,
            "ZENML_PRO_URL": plane,
            "ZENML_ANALYTICS_OPT_IN": "false",
        }

    def zenml(self, *arguments: str, typed: str = "") -> str:
        """Run ``zenml`` with these arguments and this input; return its output."""
        return _run([str(zenml_python()), "-c", ZENML, *arguments], self._environment, self.folder, typed)

    def python(self, program: str, *arguments: str) -> str:
        """Run a program of ZenML's client; return its output."""
        # In a file, where ZenML looks for the steps of a pipeline.
        file = self.folder / "program.py"
        file.write_text(program, encoding="utf-8")
        return _run([str(zenml_python()), str(file), *arguments], self._environment, self.folder)

    def begin(self, *arguments: str) -> Waiting:
        """Start ``zenml`` for a command that waits for a user."""
        return Waiting([str(zenml_python()), "-c", ZENML, *arguments], self._environment, self.folder)


class KitaruHome:
    """A person's computer with kitaru on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {**_bare(), "KITARU_CONFIG_DIR": str(folder), "DO_NOT_TRACK": "1"}

    def python(self, program: str, *arguments: str) -> str:
        """Run a program of kitaru's client; return what it prints."""
        return _run([str(kitaru_python()), "-c", program, *arguments], self._environment, self.folder)

    def begin(self, program: str, *arguments: str) -> Waiting:
        """Start a program that waits for a user."""
        return Waiting([str(kitaru_python()), "-c", program, *arguments], self._environment, self.folder)


class Waiting:
    """A program that shows an address, and continues after a user has responded there."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def address(self) -> str:
        """Read until it shows the address of the page."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output += line
            match = re.search(r"https?://\S+/device\?\S+", line)
            if match is not None:
                return match[0]
        raise AssertionError(f"It ended without an address: {self.output}")

    def end(self) -> str:
        """Wait until it ends successfully; return its output."""
        rest, _ = self._process.communicate(timeout=PATIENCE)
        self.output += rest
        assert self._process.returncode == 0, self.output
        return self.output

    def stop(self) -> None:
        """End it, even if it is still waiting."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def approval(waiting: Waiting) -> Iterator[Page]:
    """The page that the program shows, in Chromium; approved at the end of the block."""
    try:
        address = waiting.address()
        with browser_page() as page:
            page.goto(address)
            yield page
            page.get_by_role("button", name="Approve").click()
            expect(page.get_by_role("status")).to_contain_text("signed in")
    except BaseException:
        waiting.stop()
        raise


def _bare() -> dict[str, str]:
    """The environment without variables about zenpro or another server."""
    ours = ("ZENML_", "ZENPRO_", "KITARU_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # No window opens automatically: the test opens the page.
    return {**environment, "BROWSER": "true", "COLUMNS": COLUMNS, "PYTHONUNBUFFERED": "1"}


def _run(command: list[str], environment: dict[str, str], folder: Path, typed: str = "") -> str:
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        input=typed + "\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
