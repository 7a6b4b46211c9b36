"""Media types of outputs and attachments: readable text, unreadable pictures, and unknown types."""

from __future__ import annotations

SVG = "image/svg+xml"
MARKUP = frozenset({"text/html", SVG, "text/markdown", "text/latex", "application/xhtml+xml"})
_PICTURES = ("image/", "audio/", "video/", "application/pdf")
_TEXTS = frozenset(
    {"application/json", "application/javascript", "application/x-javascript", "application/ecmascript",
     "application/xml",
     "application/yaml", "application/x-yaml", "application/sql", "application/x-ndjson"}
)  # fmt: skip


def plain(mime: str) -> str:
    """Return a media type without its parameters, in lower case.

    >>> plain("Text/HTML; charset=utf-8")
    'text/html'
    """
    return mime.partition(";")[0].strip().lower()


def is_picture(mime: str) -> bool:
    """Return whether this type is a picture or a recording, in which no text can be read."""
    own = plain(mime)
    return own != SVG and own.startswith(_PICTURES)


def is_text(mime: str) -> bool:
    """Return whether this type is text, or JSON with readable texts."""
    own = plain(mime)
    return own == SVG or own.startswith("text/") or own in _TEXTS or own.endswith(("+json", "+xml"))
