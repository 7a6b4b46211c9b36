"""The page of errors: each class, what it says about a write, and what to do, from their docstrings."""

from __future__ import annotations

import inspect
import re

from zenpro_nb import errors
from zenpro_nb.errors import ZenProError

_HEAD = """# Errors

A cell that cannot do what it says fails with one line: the class of the error, what happened, what to do next. Each
can be caught, and imported from `zenpro_nb`; all are `ZenProError`. *A write* says what the error tells about a
command that changes something: **not sent** (surely nothing reached the server), **refused** (the API said no, in its
own words, and did nothing), or **unknown** (a look at the thing itself tells). The shell command exits with 2 for a
`UsageError`, with 3 for a `FindingsError`, and with 1 for all others.

<!-- Made by `python docs/generate.py`; a test holds it to the code. -->
"""
TO_DO = "What to do: "


def page() -> str:
    """Return the page: a section for each class, in the order of the module."""
    return "\n".join([_HEAD, *(_section(one) for one in classes())]).rstrip() + "\n"


def classes() -> list[type[ZenProError]]:
    """Return every class of errors, as the module declares them."""
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ZenProError)]
    return [one for one in found if one is not ZenProError]


def what_to_do(one: type[ZenProError]) -> str:
    """Return the paragraph of its docstring that says what to do; empty where there is none."""
    return next((text for text in _paragraphs(one) if text.startswith(TO_DO)), "")


def _section(one: type[ZenProError]) -> str:
    lead, *_ = _paragraphs(one)
    base = one.__bases__[0].__name__
    kind = "" if base == "ZenProError" else f"A kind of [{base}](#{base.lower()}). "
    return f"## {one.__name__}\n\n{lead}\n\n{what_to_do(one)}\n\n{kind}A write: {one.outcome}.\n"


def _paragraphs(one: type[ZenProError]) -> list[str]:
    return [" ".join(text.split()) for text in re.split(r"\n\s*\n", inspect.cleandoc(one.__doc__ or ""))]
