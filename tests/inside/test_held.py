"""Memory after a read: the DataFrame, and none of the pages that it was built from."""

from __future__ import annotations

import gc
from collections.abc import Callable

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb.frames.decode.page import DecodedPage


def test_no_page_waits_for_the_collector(fresh_sandbox: Callable[..., SandboxProcess]) -> None:
    plane = fresh_sandbox(users=1_500)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen:
        gc.collect()
        gc.disable()
        try:
            frame = zen.run("users")
            held = [item for item in gc.get_objects() if isinstance(item, DecodedPage)]
        finally:
            gc.enable()
        assert len(frame) == 1_500
        assert held == []
