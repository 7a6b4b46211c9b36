"""Build commands on first use: each run needs one of them, and imports only the modules that this command needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping

import click

Factory = Callable[[], click.Command]


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands of a group by name, in the order in which they were registered.

    Iterating over the names builds no command.

    Example:
        >>> commands = LazyCommands()
        >>> commands.register("users", lambda: click.Command("users", help="List users."))
        >>> list(commands), "users" in commands, "teams" in commands
        (['users'], True, False)
        >>> commands["users"].help
        'List users.'
    """

    def __init__(self) -> None:
        self._factories: dict[str, Factory] = {}
        self._commands: dict[str, click.Command] = {}

    def register(self, name: str, factory: Factory) -> None:
        """Register the factory that builds a command on its first use."""
        self._factories[name] = factory

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            # If two threads build the same command, both get the first one.
            self._commands.setdefault(name, self._factories[name]())
        return self._commands[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._factories[name] = lambda: command
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._factories[name]
        self._commands.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)
