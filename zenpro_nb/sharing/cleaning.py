"""A copy of a notebook for sharing: without outputs, or with pseudonyms in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from zenpro_nb.sharing import encodings, locations, media, notebook_file
from zenpro_nb.sharing.aligned import align
from zenpro_nb.sharing.notebook_file import NotebookText
from zenpro_nb.sharing.people.addresses import addresses
from zenpro_nb.sharing.people.listed_people import everyone_in, known_people_in
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms
from zenpro_nb.sharing.secrets import mask_fields, mask_secrets, secrets_in

# Metadata that programs write when they run a notebook: times, paths, parameters.
_RUN_METADATA = ("papermill", "execution", "ExecuteTime", "widgets", "vscode")
_OUTPUT_REMOVED = "(zenpro removed this output: it cannot read it, or cannot replace the people in it)"
_NO_DATA = "data:,"
_ATTACHED = re.compile(r"!\[[^\]\n]{0,200}\]\(attachment:[^)\n]{1,300}\)")
_PICTURE_REMOVED = "*(a picture was removed)*"
KnownNames = Iterable[tuple[object, object]]


def without_outputs(notebook: Any) -> Any:
    """Return a copy of a notebook without its outputs, without other traces of a run, and without secrets."""
    result = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(result):
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        _remove_run_metadata(cell.metadata)
    _remove_run_metadata(result.metadata)
    return _without_secrets(result)


def with_pseudonyms(notebook: Any, *, pictures: bool = False, known: KnownNames = ()) -> Any:
    """Return a copy of a notebook with its outputs, in which every person and every id is replaced.

    An output that cannot be read, or in which a person is still named at the end, is removed.

    Args:
        pictures: keep them; their content stays unchanged.
        known: addresses and names of people who are replaced if their full name is anywhere in the notebook.
    """
    result = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(result):
        for output in cell.get("outputs", ()):
            if "data" in output:
                _remove_unreadable(output["data"], pictures=pictures)
            if output.get("traceback"):  # its lines belong together
                output["traceback"] = mask_secrets("\n".join(output["traceback"])).split("\n")
        if not pictures and cell.get("attachments"):
            del cell["attachments"]
            cell["source"] = _ATTACHED.sub(_PICTURE_REMOVED, cell["source"])
        _remove_run_metadata(cell.metadata)
    widgets = result.metadata.get("widgets")
    _remove_run_metadata(result.metadata)
    if widgets:
        result.metadata["widgets"] = widgets
    result = _without_secrets(result)
    pseudonyms = pseudonyms_for(result, known)
    code = {cell.source for _, cell in notebook_file.cells(result) if cell.cell_type == "code"}

    def rewrite_text(text: str) -> str:
        is_code = text in code

        def replace(part: str) -> str:
            return pseudonyms.replace_in(locations.without_homes(part), code=is_code and part == text)

        def replace_part(part: str) -> str:
            return replace(part) if is_code else align(part, replace)

        return encodings.TextRewriter(replace_part, _binary_replacement(pictures)).rewrite(text)

    result = notebook_file.replace_texts(result, rewrite_text)
    if not pictures:
        _empty_buffers(result)
    _remove_identifying_outputs(result, pseudonyms)
    return result


def pseudonyms_for(notebook: Any, known: KnownNames = ()) -> Pseudonyms:
    """Return the people of a notebook, and the accounts in the home directories that it names."""
    texts = list(notebook_file.texts(notebook))
    pseudonyms = Pseudonyms(people_of(notebook, texts, known))
    accounts = {
        account: None for text in texts for inner in text.inner for account in locations.accounts_in(inner.text)
    }
    for account in accounts:
        if not pseudonyms.names_left_in(account):
            pseudonyms.add(NamedPerson("", {account}))
    return pseudonyms


def people_of(notebook: Any, texts: Sequence[NotebookText], known: KnownNames) -> list[NamedPerson]:
    """Return everyone who is named in a notebook.

    Args:
        texts: every text of it.
        known: addresses and names of people who may be named there without their address.
    """
    # Those with an address first: a name in a list is then theirs.
    return [*known_people_in(texts, known), *everyone_in(texts, notebook_file.records(notebook))]


def _binary_replacement(pictures: bool) -> Callable[[str, str], str]:
    def replacement(mime: str, data: str) -> str:
        if pictures and media.is_picture(mime):
            return data
        return _NO_DATA if data[:5].lower() == "data:" else ""

    return replacement


def _remove_unreadable(data: Any, *, pictures: bool) -> None:
    """Remove unreadable data from an output: pictures, and unknown types."""
    unreadable = [mime for mime in data if not (media.is_text(mime) or (pictures and media.is_picture(mime)))]
    for mime in unreadable:
        del data[mime]
    if unreadable and not any(media.plain(mime) in ("text/html", media.SVG) for mime in data):
        data["text/plain"] = _OUTPUT_REMOVED


def _empty_buffers(notebook: Any) -> None:
    """Clear the binary state of widgets, and the pictures in the outputs that widgets and metadata contain."""
    for record in notebook_file.records(notebook):
        for mime in [mime for mime in record if media.is_picture(mime)]:
            del record[mime]
        if record.get("encoding") == "base64" and record.get("data") and notebook_file.buffer_of(record) is None:
            record["data"] = ""


def _remove_identifying_outputs(notebook: Any, pseudonyms: Pseudonyms) -> None:
    """Remove outputs in which a person or a secret is still found: for example letters separated by tags."""
    for _, cell in notebook_file.cells(notebook):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for mime in [mime for mime, value in data.items() if _is_identifying(value, mime, pseudonyms)]:
                del data[mime]
                data.setdefault("text/plain", _OUTPUT_REMOVED)
            if _is_identifying(output.get("text", ""), "", pseudonyms):
                output["text"] = _OUTPUT_REMOVED
            lines = output.get("traceback", [])
            if _is_identifying(["\n".join(lines), output.get("evalue", "")], "", pseudonyms):
                output["traceback"], output["evalue"] = [_OUTPUT_REMOVED], ""


def _is_identifying(value: Any, mime: str, pseudonyms: Pseudonyms) -> bool:
    for text in notebook_file.texts_of(value, mime):
        for inner in text.inner:
            for spelling in dict.fromkeys((inner.words, inner.text)):
                if next(secrets_in(spelling), "") or pseudonyms.names_left_in(spelling) or addresses(spelling):
                    return True
    return False


def _remove_run_metadata(metadata: Any) -> None:
    for name in _RUN_METADATA:
        metadata.pop(name, None)


def _without_secrets(notebook: Any) -> Any:
    for record in notebook_file.records(notebook):
        mask_fields(record)
    code = {cell.source for _, cell in notebook_file.cells(notebook) if cell.cell_type == "code"}

    def rewrite_text(text: str) -> str:
        is_code = text in code
        rewriter = encodings.TextRewriter(
            lambda part: mask_secrets(part, code=is_code and part == text), lambda _mime, data: data
        )
        return rewriter.rewrite(text)

    return notebook_file.replace_texts(notebook, rewrite_text)
