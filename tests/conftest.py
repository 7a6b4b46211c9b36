"""Fixtures that all tests share, and the rule that turns skips into failures."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support import world
from tests.support.sandbox import SandboxProcess

HERE = Path(__file__).parent
# What these folders share takes long to start, so that with several workers one of them does a whole group.
TOGETHER = {"browser": "browser", "third_party": "zenml", "zenml": "zenml"}
# The longest test of all needs nothing of its folder.
ALONE = ("third_party/test_schemathesis.py",)


def pytest_configure() -> None:
    """Before anything else: what the tests start is to hear the signals that it is sent."""
    world.receive_signals()
    if os.environ.get("ZENPRO_INSTALLED") == "1":
        world.refuse_source()


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings, profiles, journal and zenml's logins of whoever runs the tests are neither read nor written."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        world.nobody(patch, folder)
        yield folder


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    """One sandbox for the whole run. Read from it; what you write must not disturb others."""
    with SandboxProcess() as running:
        yield running


@pytest.fixture
def fresh_sandbox() -> Iterator[Callable[..., SandboxProcess]]:
    """``fresh_sandbox(users=1000, page_cap=7)`` starts one of your own; it ends with the test."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(SandboxProcess(**options))


# First, because xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say to `pytest -n 2 --dist loadgroup` what one worker has to do: a file, or folders that belong together."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        path = item.path.relative_to(HERE)
        name = path.as_posix()
        item.add_marker(pytest.mark.xdist_group(name if name in ALONE else TOGETHER.get(path.parts[0], name)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything can be had (``ZENPRO_NO_SKIP=1``), a skipped test is a test that did not run."""
    report = yield
    if os.environ.get("ZENPRO_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped although ZENPRO_NO_SKIP=1: {report.longrepr}"
    return report


def pytest_sessionfinish() -> None:
    """Let the process end at once: each of the hundreds of shells would collect all garbage for itself at exit."""
    from IPython.core.interactiveshell import InteractiveShell

    for one in gc.get_objects():
        if issubclass(type(one), InteractiveShell):
            atexit.unregister(one.atexit_operations)
