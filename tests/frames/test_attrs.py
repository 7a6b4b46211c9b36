"""The metadata of a frame."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from tests.frames.examples import FULL, THINGS, body, read
from zenpro_nb.frames import Decoder, assemble, describe


def test_the_attrs_are_plain_and_complete():
    df = read(THINGS, [FULL])
    moment = datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    describe(
        df, server="https://s", route="/things", time=moment, filters={"since": moment, "ids": ("a",)}, extra={1: {2}}
    )
    assert df.attrs["zenpro"] == {
        "noun": "things",
        "styles": df.attrs["zenpro"]["styles"],
        "deciding": df.attrs["zenpro"]["deciding"],
        "server": "https://s",
        "route": "/things",
        "filters": {"since": str(moment), "ids": ["a"]},
        "time": "2026-01-01T12:00:00+00:00",
        "rows": 1,
        "complete": True,
        "changed": False,
        "sandbox": False,
        "lenient": 0,
        "unknown": {},
        "extra": {"1": [2]},
    }
    assert json.dumps(df.attrs)


def test_the_attrs_survive_common_operations():
    df = read(THINGS, [FULL, {"id": "b"}])
    describe(df, server="https://s", route="/things", time="now")
    for after in (df[["id"]], df.head(1), df[df["active"].fillna(False)], df.copy()):
        assert after.attrs == df.attrs


def test_a_decoder_is_thread_safe():
    decode = Decoder(THINGS)
    bodies = [body([{**FULL, "id": f"{page}-{row}"} for row in range(20)]) for page in range(100)]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(decode, bodies))
    df = assemble(THINGS, [(page, None) for page in pages])
    assert df["id"].is_unique
    assert df["id"].tolist() == [identifier for page in pages for identifier in page.ids]


def test_cells_are_escaped_in_html():
    assert "<script>" not in read(THINGS, [{"id": "<script>"}])._repr_html_()
