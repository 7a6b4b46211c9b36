"""The page of errors: each class, what it says about a write, and what to do, from their docstrings."""

from __future__ import annotations

import inspect
import re

from zenpro_nb.errors import ZenProError, commands, responses

_HEAD = """# Errors

A cell that fails shows one line: the class of the error, the problem, and the next step. You can import each class
from `zenpro_nb` and catch it; all of them are subclasses of `ZenProError`. For commands that change something, *A
write* shows what the error means:

- **not sent**: nothing reached the server;
- **refused**: the server rejected the write, and did nothing;
- **done**: the write succeeded, but a process that it started failed later;
- **partly done**: some of several writes succeeded; `outcomes` lists which;
- **unknown**: only a check of the object itself can show the result.

In a shell, the class determines the [exit code](exit-codes.md).

<!-- Made by `python docs/generate.py`; a test checks that it matches the code. -->
"""
TO_DO = "What to do: "


def page() -> str:
    """Return the page: a section for each class, in the order of the modules."""
    return "\n".join([_HEAD, *(_section(cls) for cls in classes())]).rstrip() + "\n"


def classes() -> list[type[ZenProError]]:
    """Return every class of errors, in the order of the modules that declare them."""
    return [
        variable
        for module in (commands, responses)
        for variable in vars(module).values()
        if isinstance(variable, type) and issubclass(variable, ZenProError) and variable is not ZenProError
        if variable.__module__ == module.__name__
    ]


def what_to_do(type_: type[ZenProError]) -> str:
    """Return the paragraph of its docstring that says what to do; empty where there is none."""
    return next((text for text in _paragraphs(type_) if text.startswith(TO_DO)), "")


def _section(type_: type[ZenProError]) -> str:
    lead, *_ = _paragraphs(type_)
    base = type_.__bases__[0].__name__
    kind = "" if base == "ZenProError" else f"A kind of [{base}](#{base.lower()}). "
    return f"## {type_.__name__}\n\n{lead}\n\n{what_to_do(type_)}\n\n{kind}A write: {type_.outcome}.\n"


def _paragraphs(type_: type[ZenProError]) -> list[str]:
    return [" ".join(text.split()) for text in re.split(r"\n\s*\n", inspect.cleandoc(type_.__doc__ or ""))]
