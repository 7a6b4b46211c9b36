"""A line is planned on its first run: later runs build no parser and no decoder, and send one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import click
import pytest

import zenpro_nb
from tests.support.depth import counted_depth
from tests.support.sandbox import SandboxProcess
from zenpro_nb.frames.decode.plan import plan_of
from zenpro_nb.frames.decode.struct_decoder import Reader


def test_a_warm_line_builds_nothing_and_sends_one_request(
    fresh_sandbox: Callable[..., SandboxProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: Counter[str] = Counter()

    def counting(owner: type, name: str) -> None:
        original = getattr(owner, name)

        def count_call(*args: object, **kwargs: object) -> object:
            counts[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, count_call)

    counting(click.Option, "add_to_parser")
    counting(Reader, "__init__")
    plan_of.cache_clear()
    plane = fresh_sandbox(users=60)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen:
        first = zen.run("users", "--limit", "5")
        assert counts["__init__"], "the counter sees the first one"
        counts.clear()
        with counted_depth() as depth:
            again = zen.run("users", "--limit", "5")
        assert counts == {}
        assert depth.levels == 1
        assert again.equals(first)
        zen.run("users", "--limit", "5", "--columns", "email")
        assert counts == {"__init__": 1}, "other columns are another plan, and the same parser"
