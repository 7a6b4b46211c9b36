"""The command line of the sandbox."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DatabaseError

from zenpro_nb.sandbox import limits, serve
from zenpro_nb.sandbox.clock import SystemClock
from zenpro_nb.sandbox.database.database_file import UnusableFileError
from zenpro_nb.sandbox.options import LOOPBACK, Options
from zenpro_nb.sandbox.seed import UnknownOrganizationError, organizations

KEY_VARIABLE = "ZENPRO_SANDBOX_ADMIN_KEY"
CAPTURES_VARIABLE = "ZENPRO_SANDBOX_CAPTURES"


def _named_url(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = tuple((name, url) for name, separator, url in (value.partition("=") for value in values) if separator)
    if len(pairs) != len(values) or not all(name and url.startswith(("http://", "https://")) for name, url in pairs):
        raise click.BadParameter("expected NAME=URL with an http or https URL")
    return pairs


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "show_default": True,
        "max_content_width": limits.HELP_WIDTH,
    }
)
@click.option(
    "--host",
    default=LOOPBACK,
    help="Set the address to listen on, which is also an accepted host name besides loopback names.",
)
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, limits.PORT_MAX),
    help="Set the port to listen on; 0 selects a free one.",
)
@click.option(
    "--db", type=click.Path(dir_okay=False, path_type=Path),
    help="Store the data and the key in this file instead of a temporary one.",
)  # fmt: skip
@click.option(
    "--users",
    default=limits.USERS_DEFAULT,
    type=click.IntRange(limits.USERS_MIN),
    help="Set the number of sample users.",
)
@click.option(
    "--seed", default=limits.SEED_DEFAULT, type=int, help="Set the seed; the same seed creates the same sample data."
)
@click.option("--latency-ms", default=0.0, type=click.FloatRange(0), help="Delay every response.")
@click.option(
    "--rate-limit", type=click.FloatRange(0, min_open=True), help="Limit the requests per second; any more get a 429."
)
@click.option(
    "--retry-after",
    default="seconds",
    type=click.Choice(["seconds", "date"]),
    help="Set the format of the Retry-After header.",
)
@click.option(
    "--page-cap", type=click.IntRange(1, limits.PAGE_MAX), help="Silently return smaller pages than requested."
)
@click.option(
    "--token-life", type=click.FloatRange(0, min_open=True), help="Set the lifetime of session tokens in seconds."
)
@click.option(
    "--lifecycle-seconds", default=limits.LIFECYCLE_SECONDS, type=click.FloatRange(0),
    help="Set how long a workspace takes to change its state.",
)  # fmt: skip
@click.option(
    "--workspace", multiple=True, metavar="NAME=URL", callback=_named_url, help="Connect a workspace to a real server."
)
@click.option("--legacy", is_flag=True, help="Simulate an old control plane, with /tenants but without /workspaces.")
@click.option(
    "--sso", multiple=True, metavar="NAME",
    help="Enable SSO for an organization: invited users who have an account become members immediately.",
)  # fmt: skip
@click.option(
    "--ignore-role-filter", is_flag=True, help="Silently ignore the filters `resource` and `action` of role lists."
)
# These two options are for programs that start a sandbox.
@click.option(
    "--supervised", is_flag=True, hidden=True, help="Print one JSON line when ready; stop when standard input ends."
)
@click.option(
    "--ready-file", type=click.Path(dir_okay=False, path_type=Path), hidden=True,
    help="Write the same JSON here (mode 0600).",
)  # fmt: skip
def main(**arguments: Any) -> None:
    """Run an embedded ZenML Pro control plane with sample data."""
    supervised = arguments["supervised"]
    try:
        listener = serve.listen(arguments["host"], arguments["port"])
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {arguments['host']}:{arguments['port']}: {error.strerror}. Use another --host or --port."
        ) from error

    def announce(facts: dict[str, object]) -> None:
        if arguments["db"] is None:
            facts["folder"] = str(db.parent)  # deleted when the sandbox ends, however its parent process ends
        if arguments["ready_file"] is not None:
            serve.write_ready_file(arguments["ready_file"], facts)
        click.echo(json.dumps(facts) if supervised else _welcome(facts))

    # uvicorn raises SIGTERM again after it has stopped. Exiting normally lets the temporary database be removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    if supervised:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Ctrl-C is the normal way to stop a sandbox, not an error.
    with suppress(KeyboardInterrupt), listener, _database(arguments["db"]) as db:
        try:
            serve.run(_options(arguments, db), SystemClock(), listener, announce, supervised=supervised)
        except (UnusableFileError, UnknownOrganizationError) as error:
            raise click.ClickException(str(error)) from error
        except DatabaseError as error:
            raise click.ClickException(f"The database {db} failed: {error.orig}.") from error


def _options(arguments: dict[str, Any], db: Path) -> Options:
    life = arguments["token_life"]
    return Options(
        db=db,
        host=arguments["host"],
        users=arguments["users"],
        seed=arguments["seed"],
        latency_ms=arguments["latency_ms"],
        rate_limit=arguments["rate_limit"],
        retry_after=arguments["retry_after"],
        page_cap=arguments["page_cap"],
        token_life=None if life is None else timedelta(seconds=life),
        lifecycle=timedelta(seconds=arguments["lifecycle_seconds"]),
        workspaces=arguments["workspace"],
        legacy=arguments["legacy"],
        ignore_role_filter=arguments["ignore_role_filter"],
        sso=arguments["sso"],
        admin_key=os.environ.get(KEY_VARIABLE),
    )


@contextmanager
def _database(path: Path | None) -> Iterator[Path]:
    if path is not None:
        if not path.parent.is_dir():
            raise click.ClickException(
                f"The folder {path.parent} does not exist. Create it, or use another file with --db."
            )
        yield path
        return
    # On Windows the file may stay open for a moment after the sandbox ends.
    with tempfile.TemporaryDirectory(prefix="zenpro-sandbox-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "sandbox.db"


def _captures() -> str:
    """Return the line for the folder of its captures, if the program that started the sandbox has one."""
    folder = os.environ.get(CAPTURES_VARIABLE)
    return f"  export ZENPRO_CAPTURES_DIR={shlex.quote(folder)}\n" if folder else ""


def _welcome(facts: dict[str, object]) -> str:
    return (
        f"A sandbox with sample data, not ZenML Pro, is running at {facts['url']}\n"
        f"Use it from another terminal or from a notebook:\n\n"
        f"  export ZENML_PRO_API_URL={facts['url']}\n"
        f"  export ZENML_PRO_API_KEY={facts['key']}\n"
        f"  export ZENPRO_ORGANIZATION={organizations.ACME}\n{_captures()}\n"
        f"The key belongs to ada@example.com, who has all permissions. Press Ctrl-C to stop the sandbox."
    )
