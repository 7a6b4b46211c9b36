"""The typed line: split into tokens, with `$name` and `{expr}` taken from the notebook.

IPython's own expansion is all or nothing, and silent. It also expands before anything is split, which turns a value
with a space into two arguments. Here the line is split first. The values then travel beside it: a token contains only
an opaque placeholder for each value, and the placeholder is replaced after the options have been parsed. Data can never
turn into syntax, whatever it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.placeholders import Placeholders

_NAME = re.compile(r"[^\W\d]\w*")
_WHERE = "--where"
_BEFORE_VALUE = re.compile(r"[^=!<>~]+\s*(=|!=|<|>|<=|>=|~)\s*")  # a condition up to its value
_OPENING = {"(": ")", "[": "]", "{": "}"}


class Expression(Struct, frozen=True):
    """A Python expression whose value belongs in the token; `source` is the expression as written."""

    code: str
    source: str


class LineToken(Struct):
    """One argument: its start in the line, and its pieces of text and expressions."""

    start: int
    pieces: list[str | Expression] = field(default_factory=list)
    open_quote: str = ""

    def add(self, text: str) -> None:
        """Append text."""
        if self.pieces and isinstance(self.pieces[-1], str):
            self.pieces[-1] += text
        else:
            self.pieces.append(text)

    @property
    def text(self) -> str:
        """Return the token as written, without quotes; expressions appear as their source."""
        return "".join(piece if isinstance(piece, str) else piece.source for piece in self.pieces)


class _Scanner:
    """The scanner of one line.

    A quote opens only at the beginning of a word or of an option's value, so `o'neil@x.io` is a word. In a condition it
    also opens after the operator. There is no escape character, so Windows paths keep their backslashes.
    """

    def __init__(self, line: str, *, complete: bool) -> None:
        self.line = line
        self.position = 0
        self.complete = complete
        self.closed = -1  # where the last quote closed: another may open right after it

    def tokens(self) -> list[LineToken]:
        line_tokens: list[LineToken] = []
        while self._skip_blank():
            if self.line[self.position] == "#":
                break
            if self._at_end_mark():
                break
            line_tokens.append(self._token(after_where=bool(line_tokens) and line_tokens[-1].text == _WHERE))
        return line_tokens

    def _skip_blank(self) -> bool:
        while self.position < len(self.line) and self.line[self.position].isspace():
            self.position += 1
        return self.position < len(self.line)

    def _at_end_mark(self) -> bool:
        """Return whether there is a `;` here that ends the command."""
        if self.line[self.position] != ";":
            return False
        rest = self.line[self.position + 1 :]
        if rest and not rest[0].isspace():
            return False
        rest = rest.strip()
        if rest and not rest.startswith("#"):
            if not self.complete:
                return False
            raise UsageError(
                f"Only one command is allowed per line, but {rest!r} comes after a semicolon",
                hint="Put it on its own line.",
            )
        return True

    def _token(self, *, after_where: bool) -> LineToken:
        token = LineToken(self.position)
        while self.position < len(self.line):
            char = self.line[self.position]
            if char.isspace() or self._at_end_mark():
                break
            if char in "'\"" and self._quote_may_open(token, after_where):
                self._quoted_part(token, char)
            else:
                self._plain_part(token, char)
        if not token.pieces:
            token.add("")
        return token

    def _quote_may_open(self, token: LineToken, after_where: bool) -> bool:
        if not token.pieces or self.position == self.closed:
            return True
        last = token.pieces[-1]
        if not isinstance(last, str):
            return False
        prefix = token.text.removeprefix(f"{_WHERE}=")
        if (after_where or prefix != token.text) and _BEFORE_VALUE.fullmatch(prefix):
            return True
        return last.startswith("-") and last.endswith("=")

    def _quoted_part(self, token: LineToken, quote: str) -> None:
        start = self.position
        self.position += 1
        token.add("")
        while self.position < len(self.line):
            char = self.line[self.position]
            if char == quote:
                self.position += 1
                self.closed = self.position
                return
            if quote == "'":
                token.add(char)
                self.position += 1
            else:
                self._plain_part(token, char)
        if self.complete:
            near = self.line[start : start + limits.SNIPPET]
            raise UsageError(f"The quote that opens at {near!r} is never closed", hint=f"Close it with another {quote}")
        token.open_quote = quote

    def _plain_part(self, token: LineToken, char: str) -> None:
        following = self.line[self.position + 1 : self.position + 2]
        if char in "${}" and following == char:
            token.add(char)
            self.position += 2
        elif char == "$" and (name := _NAME.match(self.line, self.position + 1)):
            token.pieces.append(Expression(name.group(), "$" + name.group()))
            self.position = name.end()
        elif char == "{":
            self._braces(token)
        else:
            token.add(char)
            self.position += 1

    def _braces(self, token: LineToken) -> None:
        start = self.position
        end = _closing(self.line, start)
        if end is None:
            if self.complete:
                raise UsageError(
                    f"The brace that opens at {self.line[start : start + limits.SNIPPET]!r} is never closed",
                    hint="Close it with }, or write {{ for a literal brace.",
                )
            end = len(self.line) - 1
        source = self.line[start : end + 1]
        token.pieces.append(Expression(source[1:-1].strip(), source))
        self.position = end + 1


def _closing(line: str, start: int) -> int | None:
    """Return where the bracket at `start` closes; strings and inner brackets are skipped."""
    expected: list[str] = []
    position = start
    while position < len(line):
        char = line[position]
        if char in "'\"":
            end = line.find(char, position + 1)
            if end < 0:
                return None
            position = end
        elif char in _OPENING:
            expected.append(_OPENING[char])
        elif expected and char == expected[-1]:
            expected.pop()
            if not expected:
                return position
        position += 1
    return None


def split(line: str, *, complete: bool = True) -> list[LineToken]:
    """Return the tokens of a line, without a trailing comment and semicolon.

    Args:
        complete: whether the line will be run, in which case an unclosed quote is an error; False while it is being
            typed.

    Raises:
        UsageError: an unclosed quote or brace, or a second statement after a semicolon.

    Example:
        >>> [token.text for token in split("users --email $who  # the boss")]
        ['users', '--email', '$who']
    """
    return _Scanner(line, complete=complete).tokens()


def expand(tokens: Iterable[LineToken], namespace: Mapping[str, object], values: Placeholders) -> list[str]:
    """Return the tokens as arguments for the option parser, with a placeholder from `values` for each value.

    Raises:
        UsageError: an undefined name, or an expression that fails.
    """
    return [
        "".join(
            piece if isinstance(piece, str) else values.bind(_evaluate(piece, namespace), piece.source)
            for piece in token.pieces
        )
        for token in tokens
    ]


def _evaluate(expression: Expression, namespace: Mapping[str, object]) -> object:
    try:
        code = compile(expression.code, "<zenpro line>", "eval")
    except SyntaxError:
        raise UsageError(
            f"{expression.source} is not a Python expression",
            hint="Write {{ and }} for literal braces.",
        ) from None
    try:
        return eval(code, dict(namespace))  # noqa: S307 - the user's own code in the user's own notebook
    except NameError as error:
        raise UsageError(
            f"{expression.source} is not defined: {error}",
            hint="Run the cell that defines it, or write $$ or {{ }} for the literal character.",
        ) from None
    except Exception as error:
        raise UsageError(f"{expression.source} failed with {type(error).__name__}: {error}") from None
