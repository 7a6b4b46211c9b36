"""Every error can be imported from the package's top."""

from __future__ import annotations

import inspect

import zenpro_nb
from zenpro_nb import errors


def test_each_error_can_be_imported_from_the_package() -> None:
    every = [name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
    assert sorted(errors.__all__) == every
    assert set(every) <= set(zenpro_nb.__all__)
    assert all(getattr(zenpro_nb, name) is getattr(errors, name) for name in every)


def test_the_hint_follows_a_complete_sentence() -> None:
    said = {"It failed": "It failed. Try", "It failed.": "It failed. Try", "Delete it?": "Delete it? Try"}
    assert {words: str(errors.UsageError(words, hint="Try")) for words in said} == said


def test_an_error_after_a_write_does_not_claim_that_nothing_was_sent() -> None:
    outcomes = {kind.__name__: kind.outcome for kind in (errors.PartlyDoneError, errors.NotReadyError)}
    assert outcomes == {"PartlyDoneError": "partly done", "NotReadyError": "done"}
