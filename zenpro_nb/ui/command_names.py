"""Commands in texts, as they are typed in this place: `roles` becomes `%zenpro roles` or `zenpro roles`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.cells import Cell

# An opening backtick, and the first word after it. `name = value` is a setting, and `export NAME=value` is a command of
# the shell.
_COMMAND = re.compile(r"(?<![\w`])`([a-z][\w-]*)(?=`| (?!= |[A-Z_]+=))")
_LONG_COMMAND = re.compile(r"(?<![\w`])`([a-z][\w-]*)(?= (?!= |[A-Z_]+=))")


class CommandNames(Struct, frozen=True):
    """The first words of all commands, and the name of the tool that begins their lines.

    Attributes:
        tool: `%zenpro` or `zenpro`.
        commands: the first words.
        complete: adds options that the commands in a text need.
    """

    tool: str
    commands: Collection[str] = ()
    complete: Callable[[str], str] = str

    def text(self, text: str) -> str:
        """Return a text of zenpro whose commands in backticks begin with the name of the tool.

        >>> names = CommandNames("zenpro", ["export", "roles"])
        >>> names.text("See `roles`, `roles get X`, `roles = 3`, and `--role`. Set it: `export KEY=…`.")
        'See `zenpro roles`, `zenpro roles get X`, `roles = 3`, and `--role`. Set it: `export KEY=…`.'
        """
        return self.complete(self._add_tool(_COMMAND, text))

    def message(self, text: str) -> str:
        """Return the message of an error, whose subject can be a command: a word alone stays as it is.

        >>> CommandNames("zenpro", ["roles"]).message("`roles` has no column x; `roles get X` shows one")
        '`roles` has no column x; `zenpro roles get X` shows one'
        """
        return self._add_tool(_LONG_COMMAND, text)

    def card(self, card: Card) -> Card:
        """Return a card whose own texts name complete commands. Values from a server stay as they are."""
        return replace(
            card,
            title=self.text(card.title) if card.sentence else card.title,
            rows=[(label, value if isinstance(value, Cell) else self.text(value)) for label, value in card.rows],
            notes=[self.text(note) for note in card.notes],
        )

    def _add_tool(self, pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda found: f"`{self.tool} {found[1]}" if found[1] in self.commands else found[0], text)
