"""Every planted item is found by `check`, and is not in the copy that `clean --pseudonyms` writes, decoded or not."""

from __future__ import annotations

import json

import nbformat
import pytest

from tests.sharing.planted import PLANTED, Item
from tests.sharing.planted_elsewhere import ELSEWHERE
from zenpro_nb.sharing import cleaning, encodings, notebook_file
from zenpro_nb.sharing.checks import scan_notebook

ITEMS = PLANTED | ELSEWHERE


def test_the_number_of_planted_items() -> None:
    assert len(ITEMS) >= 159


@pytest.mark.parametrize(
    "item",
    [pytest.param(item, id=name, marks=pytest.mark.slow if name in ELSEWHERE else ()) for name, item in ITEMS.items()],
)
def test_it_is_found_and_not_in_the_copy(item: Item) -> None:
    made = nbformat.from_dict(item.make())
    found = {finding.check for finding in scan_notebook(made)}
    assert not item.check or item.check in found
    copy = cleaning.with_pseudonyms(made)
    nbformat.validate(copy)
    texts = [json.dumps(copy, ensure_ascii=False)]
    texts += [inner for text in notebook_file.texts(copy) for inner in encodings.nested_texts(text.text)]
    seen = "\n".join(texts).casefold()
    assert not [trace for trace in item.traces if trace in seen], seen
    left = [finding for finding in scan_notebook(copy) if finding.check in ("secret", "person", "home-path", "picture")]
    assert left == []
