"""HTML and SVG in outputs: the words and the tables in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|code|em|i|mark|small|span|strong|sub|sup|tspan|u|wbr)\b[^<>]*>", re.IGNORECASE
)
_BLOCK = re.compile(
    r"</?(?:address|article|blockquote|body|br|button|caption|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|"
    r"hr|html|input|label|li|main|nav|ol|option|p|pre|section|select|summary|svg|table|tbody|td|text|tfoot|th|thead|"
    r"title|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_STYLE, _SCRIPT = "style", "script"
_APART = (_STYLE, _SCRIPT)
_TITLE = re.compile(r"\b(?:title|aria-label|alt)=(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")

Row = list[str]


def words(text: str) -> str:
    """Return the readable text of HTML, including tooltips and the code of scripts: one line per block.

    >>> words("<p><b>ada@example.com</b> &middot; Ada</p>").strip()
    'ada@example.com · Ada'
    """
    hints = "\n".join(match.group(1)[1:-1] for match in _TITLE.finditer(text))
    rest, scripts = _apart(text)
    visible_text = _TAG.sub("\n", _INLINE.sub("", rest))
    return "\n".join([html.unescape(f"{visible_text}\n{hints}"), *scripts])


def without_tags(text: str) -> str:
    r"""Return text without the HTML tags that it contains here and there; `<ada@example.com>` stays.

    >>> without_tags("<b>Ada</b><br><ada@example.com>")
    'Ada\n<ada@example.com>'
    """
    return _BLOCK.sub("\n", _INLINE.sub("", text)) if "<" in text else text


def _apart(text: str) -> tuple[str, list[str]]:
    """Return HTML without its stylesheets and scripts, and the scripts; unclosed ones stay."""
    inner: dict[str, list[str]] = {tag: [] for tag in _APART}
    for tag, found in inner.items():
        lowered, parts, at = text.lower(), [], 0
        while (start := lowered.find(f"<{tag}", at)) >= 0 and (end := lowered.find(f"</{tag}", start)) >= 0:
            parts.append(text[at:start])
            found.append(text[start:end])
            at = end
        text = "".join([*parts, text[at:]])
    return text, inner[_SCRIPT]


def tables(text: str) -> list[list[Row]]:
    """Return the tables of HTML as rows of cells; a shortened cell counts as the text of its tooltip."""
    if "<table" not in text.lower():
        return []
    reader = _Tables()
    reader.feed(text)
    return reader.found


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[Row]] = []
        self._open: list[list[Row]] = []
        self._cell: list[str] | None = None
        self._hint = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append([])
            self.found.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._cell = []
            self._hint = dict(attrs).get("title") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop()
        elif tag in ("td", "th") and self._cell is not None and self._open:
            text = " ".join("".join(self._cell).split())
            short = text.endswith(("…", "...")) and self._hint
            if not self._open[-1]:
                self._open[-1].append([])
            self._open[-1][-1].append(self._hint if short else text)
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def text_tables(text: str) -> Iterator[list[Row]]:
    """Yield the tables in plain text: columns are separated by two blanks, and the first line is the header."""
    rows: list[Row] = []
    for line in [*text.splitlines(), ""]:
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) > 1 or (rows and line.strip()):
            rows.append(cells)
        elif rows:
            yield rows
            rows = []


def align(head: Sequence[str], row: Row) -> list[tuple[str, str]]:
    """Return the cells of a row with the names of their columns; a row may begin with an unnamed index."""
    extra = len(row) - len(head)
    return list(zip(head, row[extra:], strict=False)) if extra in (0, 1) else []
