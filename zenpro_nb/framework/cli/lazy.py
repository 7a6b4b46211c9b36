"""Commands that are made when somebody wants them: a line is about one of many, and imports what that one needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping

import click

Factory = Callable[[], click.Command]


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands of a group by their names, in the order in which they were entered.

    Looking through the names makes none of them.

    Example:
        >>> commands = LazyCommands()
        >>> commands.register("users", lambda: click.Command("users", help="Everybody."))
        >>> list(commands), "users" in commands, "teams" in commands
        (['users'], True, False)
        >>> commands["users"].help
        'Everybody.'
    """

    def __init__(self) -> None:
        self._make: dict[str, Factory] = {}
        self._made: dict[str, click.Command] = {}

    def register(self, name: str, make: Factory) -> None:
        """Enter a command by what makes it at its first use."""
        self._make[name] = make

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._made:
            # Of two threads that make the same, both get the first.
            self._made.setdefault(name, self._make[name]())
        return self._made[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._make[name] = lambda: command
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._make[name]
        self._made.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._make

    def __iter__(self) -> Iterator[str]:
        return iter(self._make)

    def __len__(self) -> int:
        return len(self._make)
