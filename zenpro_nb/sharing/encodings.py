"""Texts inside texts: data URIs, `srcdoc`, base64, percent-encoding, entities and escapes, to a limited depth.

`check` and `clean` read them with the same function: `clean` can change everything that `check` finds.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote, unquote_to_bytes

from msgspec import Struct

from zenpro_nb.sharing import media

DEPTH = 4  # nested texts
SIZE = 20_000_000  # characters that are read of one text
BINARY = "application/octet-stream"
_DATA_URI = re.compile(r"(?i)\bdata:(?=[^,\s]{0,200},)([\w.+-]{1,60}/[\w.+-]{1,100})?((?:;[^,;\s]{0,100}){0,5}),")
_BASE64_BODY = re.compile(r"(?:[A-Za-z0-9+/_=-]|%[0-9A-Fa-f]{2}|\\[nr]|[\r\n]+[ \t]*(?=[A-Za-z0-9+/]{16}))*")
_URI_BODY = re.compile(r"[^\s\"'<>)\\]*")
_SRCDOC = re.compile(r"(?i)(?<=\bsrcdoc)\s{0,4}=\s{0,4}(\\{0,4}[\"'])")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:(?:\r?\n|\\n)[A-Za-z0-9+/_-]{4,})*={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16,100000}(?![0-9A-Za-z])")
_MAGIC = ("iVBORw0KGgo", "/9j/", "R0lGOD", "JVBERi0", "H4sI", "UEsDB", "UklGR", "Qk02", "SUkq", "TU0AK", "AAABAA",
          "gASV", "T2dnU")  # fmt: skip
_MIN_BINARY_LENGTH = 1_000  # letters of base64 that is not text: shorter ones are ids, digests and signatures
_MIN_PICTURE_LENGTH = 40  # letters of base64 that begins like pictures, documents and archives
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_ESCAPE = re.compile(r"(?<!\\)\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2}))")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_COLOR = re.compile(r"(?:\x1b|\\{1,4}(?:u001b|x1b|033))\[[0-9;]{0,40}m", re.IGNORECASE)
# A word with percent-encoded signs, such as a URL inside another one.
_PERCENT_WORD = re.compile(r"(?<![^\s\"'<>\\])[^\s\"'<>\\%]{0,2000}%[0-9a-fA-F]{2}[^\s\"'<>\\]{0,4000}")
_URL_SIGNS = frozenset("/:?#[]@!$&()*+,;=")
# characters that would change the meaning of the surrounding text
_MEANINGFUL = frozenset("<>&\"'`\\%#?/:;=+,$[]{}|^ ")
_QUOTES = re.compile(r"(?<!\\)\\+(?=[\"'/])")

Change = Callable[[str], str]


class TextRewriter(Struct, frozen=True):
    """What to do with the texts inside a text.

    Attributes:
        change: returns the new text; if it is unchanged, its encoding stays as well.
        binary: returns the replacement for data that is not text, given its type and content.
    """

    change: Change
    binary: Callable[[str, str], str]

    def rewrite(self, text: str, depth: int = DEPTH) -> str:
        """Return a text after changing it and all texts inside it."""
        if depth <= 0:
            return text
        parts, last = [], 0
        for start, end, replacement in self._rewrite_nested(text, depth):
            parts += [self._rewrite_runs(text[last:start], depth), replacement]
            last = end
        if not parts:
            return self._rewrite_plain(self._rewrite_runs(text, depth))
        return self._rewrite_plain("".join([*parts, self._rewrite_runs(text[last:], depth)]))

    def _rewrite_plain(self, text: str) -> str:
        """Return the changed text, decoded and without colors if that reveals more to change."""
        replacement = self.change(text)
        decoded_text = decode_characters(_COLOR.sub("", replacement))
        if decoded_text != replacement and (again := self.change(decoded_text)) != decoded_text:
            replacement = again
        return _PERCENT_WORD.sub(self._rewrite_percent_word, replacement) if "%" in replacement else replacement

    def _rewrite_percent_word(self, match: re.Match[str]) -> str:
        word = decoded = match.group()
        for _ in range(DEPTH):
            decoded = unquote(decoded)
        if decoded == word or (replacement := self.change(decoded)) == decoded:
            return word
        return quote(replacement, safe="".join(_URL_SIGNS & set(word)))

    def _rewrite_nested(self, text: str, depth: int) -> Iterator[tuple[int, int, str]]:
        """Yield the data URIs and the documents in `srcdoc`, with their replacements."""
        replacements = [*self._rewrite_uris(text, depth), *self._rewrite_srcdocs(text, depth)]
        position = 0
        for start, end, replacement in sorted(replacements, key=lambda entry: (entry[0], -entry[1])):
            if start >= position:
                yield start, end, replacement
                position = end

    def _rewrite_srcdocs(self, text: str, depth: int) -> Iterator[tuple[int, int, str]]:
        for match in _SRCDOC.finditer(text):
            sign = match.group(1)
            end = text.find(sign, match.end())
            if end < 0:
                end = len(text)
            decoded = html.unescape(text[match.end() : end])
            replacement = self.rewrite(decoded, depth - 1)
            if replacement != decoded:
                yield match.end(), end, html.escape(replacement)

    def _rewrite_uris(self, text: str, depth: int) -> Iterator[tuple[int, int, str]]:
        position = 0
        for match in _DATA_URI.finditer(text):
            if match.start() < position:
                continue
            mime, parameters = media.plain(match.group(1) or "text/plain"), (match.group(2) or "").lower()
            is_base64 = "base64" in parameters
            end = _uri_end(text, match, is_base64=is_base64)
            position = end
            body = text[match.end() : end]
            raw = _decode_base64(unquote(body)) if is_base64 else unquote_to_bytes(body)
            decoded = _decode_text(raw) if raw is not None else None
            if decoded is None or (media.is_picture(mime) and not decoded.strip()):
                kind = mime if media.is_picture(mime) else BINARY
                yield match.start(), end, self.binary(kind, text[match.start() : end])
                continue
            uri = text[match.start() : end]
            if (
                media.is_picture(mime) and (replacement := self.binary(mime, uri)) != uri
            ):  # text that is declared as a picture
                yield match.start(), end, replacement
                continue
            replacement = self.rewrite(decoded, depth - 1)
            if replacement != decoded:
                new = base64.b64encode(replacement.encode()).decode() if is_base64 else quote(replacement)
                yield match.start(), end, text[match.start() : match.end()] + new

    def _rewrite_runs(self, text: str, depth: int) -> str:
        """Return a text in which runs of base64 and of hexadecimal digits are changed."""
        text = _RUN.sub(lambda match: self._rewrite_run(match.group(), depth), text)
        return _HEX.sub(lambda match: self._rewrite_hex(match.group(), depth), text)

    def _rewrite_run(self, run: str, depth: int) -> str:
        raw = _decode_base64(run)
        decoded = _decode_text(raw) if raw is not None else None
        if decoded is not None:
            replacement = self.rewrite(decoded, depth - 1)
            return run if replacement == decoded else base64.b64encode(replacement.encode()).decode()
        least = _MIN_PICTURE_LENGTH if run.startswith(_MAGIC) else _MIN_BINARY_LENGTH
        if len(run) >= least and _looks_like_base64(run):
            return self.binary(BINARY, run)
        if "\n" in run:
            return "\n".join(self._rewrite_run(line, depth) if len(line) >= 16 else line for line in run.split("\n"))
        if "/" in run or "_" in run or "-" in run:  # a path, whose parts may be encoded
            return re.sub(r"[A-Za-z0-9+]{16,}", lambda part: self._rewrite_run(part.group(), depth), run)
        return run

    def _rewrite_hex(self, digits: str, depth: int) -> str:
        decoded = _decode_text(bytes.fromhex(digits)) if len(digits) % 2 == 0 else None
        if decoded is None:
            return digits
        replacement = self.rewrite(decoded, depth - 1)
        return digits if replacement == decoded else replacement.encode().hex()


def nested_texts(text: str) -> list[str]:
    """Return a text and all texts inside it, decoded; each once.

    >>> nested_texts("src='data:text/plain;base64,YWRhQGNvcnAuY29tIHNhaWQgc28='")[0]
    'ada@corp.com said so'
    """
    texts: dict[str, None] = {}

    def note(found: str) -> str:
        texts[found] = None
        if "\\" in found and (unescaped := _QUOTES.sub("", found)) != found:
            texts[unescaped] = None
        return found

    TextRewriter(note, lambda _mime, data: data).rewrite(text)
    return list(texts)


def nested_binary_types(text: str) -> list[str]:
    """Return the types of the non-text data inside a text."""
    texts: dict[str, None] = {}

    def note(mime: str, data: str) -> str:
        texts[mime] = None
        return data

    TextRewriter(lambda found: found, note).rewrite(text)
    return list(texts)


def decode_characters(text: str) -> str:
    r"""Return a text with its encoded characters decoded, as far as that keeps its meaning.

    >>> decode_characters("&#103;race &lt; %67race%40corp.com \\u00e9 %2567")
    'grace &lt; grace@corp.com é g'
    """
    for _ in range(DEPTH):
        replacement = text
        if "%" in replacement:
            replacement = _PERCENT.sub(_decode_percent, replacement)
        if "&" in replacement:
            replacement = replacement.replace("&amp;#", "&#")
            replacement = _ENTITY.sub(_decode_entity, replacement)
        if "\\" in replacement:
            replacement = _ESCAPE.sub(_decode_escape, replacement)
        if replacement == text:
            break
        text = replacement
    return text


def _decode_percent(match: re.Match[str]) -> str:
    found = match.group()
    if "%25" in found:
        return found.replace("%25", "%")
    try:
        decoded = unquote(found, errors="strict")
    except UnicodeDecodeError:
        return found
    return "".join(char if _is_safe(char) else quote(char, safe="") for char in decoded)


def _decode_entity(match: re.Match[str]) -> str:
    found = match.group()
    decoded = html.unescape(found)
    return decoded if len(decoded) == 1 and _is_safe(decoded) else found


def _decode_escape(match: re.Match[str]) -> str:
    code = int(next(group for group in match.groups() if group), 16)
    char = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return char if char and _is_safe(char) else match.group()


def _is_safe(char: str) -> bool:
    return char not in _MEANINGFUL and unicodedata.category(char)[0] != "C"


def _uri_end(text: str, match: re.Match[str], *, is_base64: bool) -> int:
    """Return where a data URI ends: at its opening quote, or at the first invalid character."""
    if is_base64 and (body := _BASE64_BODY.match(text, match.end())) is not None:
        return body.end()
    before = text[match.start() - 1] if match.start() else ""
    if before in ("'", '"'):
        end = text.find(before, match.end())
        if end >= 0:
            while end > match.end() and text[end - 1] == "\\":
                end -= 1
            return end
    body = _URI_BODY.match(text, match.end())
    return body.end() if body is not None else match.end()


def _looks_like_base64(run: str) -> bool:
    """Return whether a long run is data, not a line of a table or a path."""
    return all(any(map(kind, run)) for kind in (str.isdigit, str.isupper, str.islower))


def _decode_base64(text: str) -> bytes | None:
    if len(text) > SIZE:
        return None
    plain = re.sub(r"\\[nr]|\s+", "", text).rstrip("=").translate(_URL_SAFE)
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _decode_text(raw: bytes) -> str | None:
    """Return bytes as text, or None if they are not text."""
    for coding in _codings(raw):
        try:
            text = raw.decode(coding)
        except UnicodeDecodeError:
            continue
        if not any(ord(char) < 32 and char not in "\t\n\r\f\x1b" for char in text[:1000]):
            return text
    return None


def _codings(raw: bytes) -> tuple[str, ...]:
    """Return the encodings to try: PowerShell encodes commands in UTF-16 without a mark, so every second byte is 0."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-8-sig", "utf-16"
    if len(raw) >= 8 and len(raw) % 2 == 0:
        for zeros, coding in ((raw[1::2], "utf-16-le"), (raw[::2], "utf-16-be")):
            if zeros.count(0) > 0.8 * len(zeros):
                return (coding,)
    return ("utf-8-sig",)


_URL_SAFE = str.maketrans("-_", "+/")
