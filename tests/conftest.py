"""Fixtures shared by all tests, and the rule that turns skips into failures."""

from __future__ import annotations

import atexit
import builtins
import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support import environments, selection, sharding, world
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from tests.support.small_acme import small_acme

HERE = Path(__file__).parent
# The fixtures shared by these folders start slowly, so one worker runs a whole group.
TOGETHER = {"browser": "browser", "third_party": "zenml", "zenml": "zenml"}
# The longest test does not use the fixtures of its folder.
ALONE = ("third_party/test_schemathesis.py",)
# These groups take longest, and some wait for programs of others: the workers begin with them.
EARLY = (
    "browser",
    "zenml",
    "notebooks/test_made_up_workspaces.py",
    "shell/test_examples.py",
    "access/test_access_command.py",
    "commands/test_offboarding.py",
    "docs/test_readme_commands.py",
    "cli/test_demo.py",
    "shell/test_first_guesses.py",
    *ALONE,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help=f"Run every test. {selection.HELP}")
    sharding.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Before anything else, set the signal handlers and the time zone that child processes inherit."""
    world.receive_signals()
    world.leave_utc()
    world.keep_bytecode()
    world.skip_grammars()
    for name, meaning in selection.PARTS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    environments.allow_installing(config.getoption("--all") or bool(os.environ.get("CI")))
    if os.environ.get("ZENPRO_INSTALLED") == "1":
        world.refuse_source()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Report that the default suite does not contain all tests."""
    return None if config.getoption("--all") else "default suite: `pytest --all` runs every test, see CONTRIBUTING.md"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Exclude what is collected, which stays until the end, from every later garbage collection; let these be rarer."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Start no workers for a single file or single tests; otherwise one more than there are processors.

    A test waits for its sandbox a quarter of the time, and another worker uses the processor meanwhile.
    """
    if selection.is_narrow(config):
        return 0
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist takes that number
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else None


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests away from the user's settings, profiles, journal and zenml logins."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        world.nobody(patch, folder)
        yield folder


@pytest.fixture(autouse=True)
def own_folders(nobodys_home: Path) -> Iterator[None]:
    """Start each test without a journal, capture, profile or login of another test."""
    with pytest.MonkeyPatch.context() as patch:
        world.own_folders(patch, nobodys_home)
        yield


@pytest.fixture(autouse=True)
def own_names(nobodys_home: Path) -> Iterator[None]:
    """Remove what a test added to the environment and to the built-in names, such as the `_` of doctest."""
    variables, names = set(os.environ), set(vars(builtins))
    yield
    for variable in os.environ.keys() - variables:
        del os.environ[variable]
    for name in vars(builtins).keys() - names:
        delattr(builtins, name)


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPool]:
    """The sandboxes of this worker."""
    pool = SandboxPool(tmp_path_factory.mktemp("sandboxes"))
    yield pool
    pool.close()


@pytest.fixture(autouse=True)
def restore_sandboxes(sandboxes: SandboxPool, request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test, restore the sandboxes that it shares with others."""
    yield
    sandboxes.restore(request.fixturenames)


@pytest.fixture(scope="session")
def sandbox(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """A sandbox with the default options, in the same state for each test."""
    with sandboxes.lend("sandbox") as running:
        yield running


@pytest.fixture(scope="session")
def swift_sandbox(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """A sandbox whose workspaces change their state immediately, and whose organization acme-labs uses SSO.

    It is in the same state for each test.
    """
    with sandboxes.lend("swift_sandbox", lifecycle_seconds=0, sso="acme-labs") as running:
        yield running


@pytest.fixture(scope="session")
def small_sandbox(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """Like `swift_sandbox`, with few users, and an organization acme with few teams, workspaces and roles.

    It is in the same state for each test.
    """
    with small_acme(sandboxes, "small_sandbox") as running:
        yield running


@pytest.fixture
def fresh_sandbox(sandboxes: SandboxPool) -> Iterator[Callable[..., SandboxProcess]]:
    """``fresh_sandbox(users=1000, page_cap=7)`` starts one with these options for this test alone."""
    with ExitStack() as lent:
        yield lambda **options: lent.enter_context(sandboxes.lend(**options))


# This runs first, because xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, object, object]:
    """Select the tests, and set the groups of `--dist loadgroup`: a file, or folders that belong together.

    The groups that take longest come first, whatever order the tests have otherwise.
    """
    selection.mark_folders(items)
    selection.leave_out(config, items)
    sharding.leave_out(config, items, group_of)
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            item.add_marker(pytest.mark.xdist_group(group_of(item)))
    result = yield
    items.sort(key=lambda item: group_of(item) not in EARLY)
    return result


def group_of(item: pytest.Item) -> str:
    """Return the group of tests that one worker and one shard run together with this test."""
    return _group_of_file(item.path)


@cache
def _group_of_file(file: Path) -> str:
    path = file.relative_to(HERE)
    name = path.as_posix()
    return name if name in ALONE else TOGETHER.get(path.parts[0], name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail skipped tests where all requirements are available (``ZENPRO_NO_SKIP=1``)."""
    report = yield
    if os.environ.get("ZENPRO_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped although ZENPRO_NO_SKIP=1: {report.longrepr}"
    return report


def pytest_sessionfinish() -> None:
    """Let the process end quickly.

    Each of the hundreds of shells would run its own garbage collection at exit, and pytest five for all objects.
    """
    from IPython.core.interactiveshell import InteractiveShell

    for item in gc.get_objects():
        if issubclass(type(item), InteractiveShell):
            atexit.unregister(item.atexit_operations)
    gc.freeze()
