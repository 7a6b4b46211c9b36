"""The commands for Python code: `connect` returns a connection with a `run` method."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from zenpro_nb.client import ApiKey, BearerToken, Client, normalize
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.run import clean, run
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.ui.protocol import TerminalUI

if TYPE_CHECKING:
    from types import TracebackType

    from zenpro_nb.security.secret import Secret


class PythonUI(TerminalUI):
    """The UI of Python code: the messages of a terminal."""

    commands: Collection[str] = tuple(tree.commands)


class Connection:
    """One server, and the commands of `%zenpro` for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ui = PythonUI()

    @property
    def client(self) -> Client:
        """Return the HTTP client, for routes that no command covers."""
        return self._session.client

    def run(self, *words: object) -> Any:
        """Run one command. Each word is a separate argument, so nothing needs quotes.

        Returns:
            The result of the command, for a list a DataFrame.

        Raises:
            ZenProError: the command failed. The message is one line with the problem and the next step.

        Example:
            >>> zen.run("roles", "--level", "workspace")["name"].head(2).tolist()
            ['Workspace Admin', 'Workspace Developer']
        """
        values = Placeholders()
        runtime = CommandContext(self._session, self._ui, values)
        arguments = [word if isinstance(word, str) else values.bind(word, _source(word)) for word in words]
        try:
            return run(tree, arguments, runtime)
        except click.MissingParameter as error:
            raise clean(error, runtime, arguments) from None

    def close(self) -> None:
        """Close the connections."""
        self._session.leave_sandbox()
        self._session.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<zenpro_nb connection to {self._session.settings.url}>"


def _source(word: object) -> str:
    """Return the name of a value in messages and in the journal. A table is too large to be written out."""
    return f"${type(word).__name__}" if hasattr(word, "columns") else repr(word)


def open_connection(
    *,
    url: str | None,
    key: Secret | None,
    token: Secret | None,
    profile: str | None,
    organization: str | None,
    workers: int | None,
) -> Connection:
    """See `zenpro_nb.connect`."""
    if key and token:
        raise UsageError("`api_key` cannot be combined with `token`", hint="Pass only one of them.")
    if profile and url:
        raise UsageError("`profile` cannot be combined with `url`", hint="A profile has its own address. Remove `url`.")
    session = Session()
    if profile:
        session.use_profile(profile)
    settings = session.profiles.at(normalize(url)) if url else session.settings
    if token:
        settings = replace(settings, credential=BearerToken(token), source="connect(token=…)")
    if key:
        settings = replace(settings, credential=ApiKey(key), source="connect(api_key=…)")
    settings = replace(
        settings,
        organization=organization or settings.organization,
        workers=workers or settings.workers,
    )
    session.use(settings)
    return Connection(session)
