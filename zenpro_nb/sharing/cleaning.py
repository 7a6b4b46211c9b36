"""A copy of a notebook for sharing: without outputs, or with pseudonyms in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from zenpro_nb.sharing import encodings, locations, media, notebook_file
from zenpro_nb.sharing.people import Person, people_in
from zenpro_nb.sharing.pseudonyms import Pseudonyms
from zenpro_nb.sharing.secrets import masked, masked_fields, secrets_in

# Metadata that programs write when they run a notebook: times, paths, parameters.
_OF_RUNS = ("papermill", "execution", "ExecuteTime", "widgets", "vscode")
_LEFT_OUT = "(zenpro removed this output: it cannot read it, or cannot replace the people in it)"
_NO_DATA = "data:,"
_ATTACHED = re.compile(r"!\[[^\]\n]{0,200}\]\(attachment:[^)\n]{1,300}\)")
_NO_PICTURE = "*(a picture was removed)*"


def without_outputs(notebook: Any) -> Any:
    """Return a copy of a notebook without its outputs, without other traces of a run, and without secrets."""
    made = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(made):
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        _forget_runs(cell.metadata)
    _forget_runs(made.metadata)
    return _without_secrets(made)


def with_pseudonyms(notebook: Any, *, pictures: bool = False) -> Any:
    """Return a copy of a notebook with its outputs, in which every person and every id is replaced.

    An output that cannot be read, or in which a person is still named at the end, is removed.

    Args:
        pictures: keep them; their content stays unchanged.
    """
    made = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(made):
        for output in cell.get("outputs", ()):
            if "data" in output:
                _remove_unread(output["data"], pictures=pictures)
            if output.get("traceback"):  # its lines belong together
                output["traceback"] = masked("\n".join(output["traceback"])).split("\n")
        if not pictures and cell.get("attachments"):
            del cell["attachments"]
            cell["source"] = _ATTACHED.sub(_NO_PICTURE, cell["source"])
        _forget_runs(cell.metadata)
    widgets = made.metadata.get("widgets")
    _forget_runs(made.metadata)
    if widgets:
        made.metadata["widgets"] = widgets
    made = _without_secrets(made)
    them = _people_of(made)
    code = {cell.source for _, cell in notebook_file.cells(made) if cell.cell_type == "code"}

    def changed(text: str) -> str:
        inside = text in code

        def one(found: str) -> str:
            return them.replaced(locations.without_homes(found), code=inside and found == text)

        return encodings.Reader(one, _removing(pictures)).read(text)

    made = notebook_file.replace_texts(made, changed)
    if not pictures:
        _empty_buffers(made)
    _remove_named(made, them)
    return made


def _people_of(notebook: Any) -> Pseudonyms:
    """Return the people of a notebook, and the accounts in the home directories that it names."""
    texts = list(notebook_file.texts(notebook))
    found = Pseudonyms(people_in(texts, notebook_file.records(notebook)))
    accounts = {account: None for text in texts for item in text.inner for account in locations.accounts_in(item.text)}
    for account in accounts:
        if not found.left_in(account):
            found.add(Person("", {account}))
    return found


def _removing(pictures: bool) -> Callable[[str, str], str]:
    def removed(mime: str, data: str) -> str:
        if pictures and media.is_picture(mime):
            return data
        return _NO_DATA if data[:5].lower() == "data:" else ""

    return removed


def _remove_unread(data: Any, *, pictures: bool) -> None:
    """Remove unreadable data from an output: pictures, and unknown types."""
    unread = [mime for mime in data if not (media.is_text(mime) or (pictures and media.is_picture(mime)))]
    for mime in unread:
        del data[mime]
    if unread and not any(media.plain(mime) in ("text/html", media.SVG) for mime in data):
        data["text/plain"] = _LEFT_OUT


def _empty_buffers(notebook: Any) -> None:
    """Clear the binary state of widgets, such as pictures."""
    for record in notebook_file.records(notebook):
        if record.get("encoding") == "base64" and record.get("data") and notebook_file.buffer_of(record) is None:
            record["data"] = ""


def _remove_named(notebook: Any, them: Pseudonyms) -> None:
    """Remove outputs in which a person or a secret is still found: for example letters separated by tags."""
    for _, cell in notebook_file.cells(notebook):
        for output in cell.get("outputs", ()):
            for mime in [mime for mime, value in output.get("data", {}).items() if _is_left(value, mime, them)]:
                del output["data"][mime]
                output["data"].setdefault("text/plain", _LEFT_OUT)


def _is_left(value: Any, mime: str, them: Pseudonyms) -> bool:
    for text in notebook_file.texts_of(value, mime):
        for item in text.inner:
            if next(secrets_in(item.words), "") or them.left_in(item.words):
                return True
    return False


def _forget_runs(metadata: Any) -> None:
    for name in _OF_RUNS:
        metadata.pop(name, None)


def _without_secrets(notebook: Any) -> Any:
    for record in notebook_file.records(notebook):
        masked_fields(record)
    code = {cell.source for _, cell in notebook_file.cells(notebook) if cell.cell_type == "code"}

    def changed(text: str) -> str:
        inside = text in code
        reader = encodings.Reader(lambda item: masked(item, code=inside and item == text), lambda _mime, data: data)
        return reader.read(text)

    return notebook_file.replace_texts(notebook, changed)
