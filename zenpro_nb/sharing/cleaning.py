"""A copy of a notebook that can be given away: without outputs, or with made-up people in them."""

from __future__ import annotations

import copy
import re
from typing import Any

from zenpro_nb.sharing import locations, notebook_file
from zenpro_nb.sharing.people import people_in
from zenpro_nb.sharing.pseudonyms import Pseudonyms
from zenpro_nb.sharing.secrets import masked, masked_fields

# What programs write into the metadata when they run a notebook: times, paths, parameters.
_OF_RUNS = ("papermill", "execution", "ExecuteTime", "widgets", "vscode")
_PICTURE_IN_HTML = re.compile(r"data:image/(?!svg)[\w.+-]+;base64,[\w+/=\s]+")
_LEFT_OUT = "(a picture was left out: nobody can replace the people in it)"


def without_outputs(notebook: Any) -> Any:
    """Return a copy of a notebook without its outputs, without what runs have left, and without secrets."""
    made = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(made):
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        _forget_runs(cell.metadata)
    _forget_runs(made.metadata)
    return _without_secrets(made)


def with_pseudonyms(notebook: Any, *, pictures: bool = False) -> Any:
    """Return a copy of a notebook with its outputs, in which every person, and every id, is made up.

    Args:
        pictures: keep them; what is drawn in them stays as it is.
    """
    made = copy.deepcopy(notebook)
    for _, cell in notebook_file.cells(made):
        for output in cell.get("outputs", ()):
            if not pictures and "data" in output:
                _leave_out_pictures(output["data"])
        _forget_runs(cell.metadata)
    widgets = made.metadata.get("widgets")
    _forget_runs(made.metadata)
    if widgets:
        made.metadata["widgets"] = widgets
    made = _without_secrets(made)
    them = Pseudonyms(people_in(notebook_file.texts(made), notebook_file.records(made)))
    code = {cell.source for _, cell in notebook_file.cells(made) if cell.cell_type == "code"}
    return notebook_file.replace_texts(made, lambda text: _made_up(them, text, code=text in code, pictures=pictures))


def _made_up(them: Pseudonyms, text: str, *, code: bool, pictures: bool) -> str:
    if not pictures and "data:image/" in text:
        text = _PICTURE_IN_HTML.sub("data:,", text)
    return them.replaced(text if code else locations.without_homes(text), code=code)


def _forget_runs(metadata: Any) -> None:
    for name in _OF_RUNS:
        metadata.pop(name, None)


def _leave_out_pictures(data: Any) -> None:
    seen = [mime for mime in data if notebook_file.is_picture(mime)]
    for mime in seen:
        del data[mime]
    if seen and "text/html" not in data and "image/svg+xml" not in data:
        data["text/plain"] = _LEFT_OUT


def _without_secrets(notebook: Any) -> Any:
    for record in notebook_file.records(notebook):
        masked_fields(record)
    return notebook_file.replace_texts(notebook, masked)
