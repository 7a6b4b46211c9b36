"""Notebook files: reading them from untrusted sources, visiting all of their texts, and writing them."""

from __future__ import annotations

import base64
import binascii
import json
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.files.atomic import replace_file
from zenpro_nb.security import untrusted_json
from zenpro_nb.sharing import encodings, markup, media

VERSION = 4  # of the format; older files are converted
SOURCE, OUTPUT, WIDGETS, METADATA, ATTACHMENT = "source", "output", "widget state", "metadata", "attachment"


class NotebookText(Struct, frozen=True, dict=True):
    """One text of a notebook.

    Attributes:
        cell: the number of its cell, counted from 1; None if it belongs to the notebook itself.
        place: the part of the cell: its source, an output, metadata.
        text: the text itself.
        name: the name of the field that contains it.
        code: whether it is the source of a code cell.
    """

    cell: int | None
    place: str
    text: str
    name: str = ""
    code: bool = False

    @property
    def markup(self) -> bool:
        """Return whether it is HTML or SVG, or looks like it."""
        return media.plain(self.name) in media.MARKUP or (self.place != SOURCE and self.text.lstrip().startswith("<"))

    @cached_property
    def words(self) -> str:
        """Return its readable part."""
        return markup.words(self.text) if self.markup else self.text

    @cached_property
    def inner(self) -> list[NotebookText]:
        """Return the text as people read it, and the texts inside it, decoded."""
        texts = encodings.nested_texts(self.text)
        nested = [
            NotebookText(self.cell, self.place, text, self.name, self.code and text == self.text) for text in texts
        ]
        return list({text.text: text for text in (self, *nested)}.values())


def read(path: Path) -> Any:
    """Read a notebook, converted to the newest major version of the format.

    Raises:
        UsageError: the file does not exist or is not a notebook; in one line.
    """
    import nbformat
    from nbformat import converter, reader

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    try:
        data = untrusted_json.loads(content)
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not a notebook: it does not contain JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise UsageError(f"{path} is not a notebook: its JSON has no notebook format version")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about missing cell ids, which are created when the file is written
            found: Any = reader.reads(json.dumps(data))  # type: ignore[no-untyped-call]
            notebook = converter.convert(found, VERSION)  # type: ignore[no-untyped-call]
            nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise UsageError(f"{path} is not a valid notebook: {str(error).splitlines()[0]}") from None
    except Exception as error:  # converters of old formats fail in many ways on unexpected content
        raise UsageError(f"{path} is not a valid notebook: {type(error).__name__}") from None
    return notebook


def write(notebook: Any, path: Path) -> None:
    """Write a notebook completely or not at all.

    Raises:
        SaveError: the file cannot be written, or the notebook is not valid any more.
    """
    import nbformat

    try:
        nbformat.validate(notebook)
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        with replace_file(path) as temporary:
            temporary.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except nbformat.ValidationError as error:
        raise SaveError(f"{path} was not written: {str(error).splitlines()[0]}") from None
    except OSError as error:
        raise SaveError(f"{path} cannot be written: {error.strerror}") from None


def cells(notebook: Any) -> Iterator[tuple[int, Any]]:
    """Yield the cells with their numbers, counted from 1."""
    yield from enumerate(notebook.cells, start=1)


def texts(notebook: Any) -> Iterator[NotebookText]:
    """Yield every text of a notebook, including field names; pictures are left out."""
    for number, cell in cells(notebook):
        yield NotebookText(number, SOURCE, cell.source, code=cell.cell_type == "code")
        for output in cell.get("outputs", ()):
            yield from _texts_in(output, number, OUTPUT)
            if output.get("traceback"):  # a private key may have one list item per line
                yield NotebookText(number, OUTPUT, "\n".join(output["traceback"]))
        yield from _texts_in(cell.metadata, number, METADATA)
        yield from _texts_in(cell.get("attachments", {}), number, ATTACHMENT)
    own = {name: value for name, value in notebook.metadata.items() if name != "widgets"}
    yield from _texts_in(own, None, METADATA)
    yield from _texts_in(notebook.metadata.get("widgets", {}), None, WIDGETS)


def texts_of(data: Any, name: str = "") -> Iterator[NotebookText]:
    """Yield the texts in an output's data of one type."""
    yield from _texts_in(data, None, OUTPUT, name)


def _texts_in(data: Any, cell: int | None, place: str, name: str = "") -> Iterator[NotebookText]:
    if isinstance(data, str):
        yield NotebookText(cell, place, data, name)
    elif isinstance(data, dict):
        for key, value in data.items():
            if media.is_picture(key):
                continue
            yield NotebookText(cell, place, key)
            yield from _texts_in(value, cell, place, key)
        if (content := buffer_of(data)) is not None:
            yield NotebookText(cell, place, content)
    elif isinstance(data, list):
        for value in data:
            yield from _texts_in(value, cell, place, name)


def pictures_in(data: Any) -> list[str]:
    """Return the types of pictures and other non-text data anywhere in JSON-like data."""
    types: dict[str, None] = {}
    if isinstance(data, str):
        return encodings.nested_binary_types(data)
    if isinstance(data, dict):
        types.update((media.plain(key), None) for key in data if media.is_picture(key))
        if data.get("encoding") == "base64" and buffer_of(data) is None:
            types[encodings.BINARY] = None
        data = [value for key, value in data.items() if not media.is_picture(key)]
    if isinstance(data, list):
        for value in data:
            types.update((mime, None) for mime in pictures_in(value))
    return list(types)


def buffer_of(data: Any) -> str | None:
    """Return the binary state of a widget as text; None if there is none, or if it is not text."""
    if data.get("encoding") != "base64" or not isinstance(data.get("data"), str):
        return None
    try:
        return base64.b64decode(data["data"]).decode("utf-8")
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one
        return None


def records(notebook: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in the outputs, widgets and metadata, including nested ones."""
    for _, cell in cells(notebook):
        yield from records_of(cell.get("outputs", []))
        yield from records_of(cell.metadata)
    yield from records_of(notebook.metadata)


def records_of(data: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in JSON-like data, including nested ones."""
    if isinstance(data, dict):
        yield data
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from records_of(value)


def replace_texts(notebook: Any, replaced: Callable[[str], str]) -> Any:
    """Return a copy of a notebook with every text and every field name replaced; pictures stay."""
    return _replace(notebook, replaced)


def _replace(data: Any, replaced: Callable[[str], str], name: str = "") -> Any:
    if isinstance(data, str):
        return data if media.is_picture(name) else replaced(data)
    if isinstance(data, list):
        return [_replace(value, replaced, name) for value in data]
    if isinstance(data, dict):
        copy = type(data)()
        for key, value in data.items():
            copy[replaced(key)] = _replace(value, replaced, key)
        if (content := buffer_of(data)) is not None:
            new = replaced(content)
            copy["data"] = data["data"] if new == content else base64.b64encode(new.encode()).decode()
        return copy
    return data
