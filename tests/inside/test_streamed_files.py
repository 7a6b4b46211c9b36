"""Files written while a list is read are the same as files written afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zenpro_nb
from tests.client.support import ReceivedRequest, Response, Server
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb import limits
from zenpro_nb.errors import ServerError, UsageError
from zenpro_nb.frames import FrameFiles
from zenpro_nb.frames.attrs import ANSWER
from zenpro_nb.frontends.connection import Connection

ALL: tuple[str, ...] = ()
SUFFIXES = (".csv", ".csv.gz", ".json", ".parquet")


@pytest.fixture(scope="module")
def plane(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """1,500 users in pages of 10: 150 pages, which are merged more than twice."""
    with sandboxes.lend("plane", users=1_500, page_cap=10) as running:
        yield running


@pytest.fixture
def zen(plane: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        yield connection


@pytest.fixture
def written_lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the DataFrames that were written while a list was read."""
    lengths: list[int] = []
    original = FrameFiles.write

    def counting(self: FrameFiles, df: pd.DataFrame) -> None:
        lengths.append(len(df))
        original(self, df)

    monkeypatch.setattr(FrameFiles, "write", counting)
    return lengths


@pytest.mark.parametrize(
    "words",
    [
        ALL,
        ("--where", "is_active=false"),
        ("--inactive", "--columns", "email,oauth_provider,id"),
        ("--where", "email~nobody"),
        ("--org", "acme"),
    ],
)
def test_the_same_files(zen: Connection, tmp_path: Path, written_lengths: list[int], words: tuple[str, ...]) -> None:
    whole, streamed = ([tmp_path / f"{name}{suffix}" for suffix in SUFFIXES] for name in ("whole", "streamed"))
    frame = zen.run("users", *words, *_saved_as(whole))
    assert written_lengths == []
    assert zen.run("users", *words, *_saved_as(streamed), "--as", "none") is None
    assert len(written_lengths) > 1 or "--org" in words, "the list of members comes in one piece"
    assert sum(written_lengths) == len(frame)
    *texts, (parquet, streamed_parquet) = zip(whole, streamed, strict=True)
    for file, streamed_file in texts:
        assert streamed_file.read_bytes() == file.read_bytes(), file.suffix
    item, other = pd.read_parquet(parquet), pd.read_parquet(streamed_parquet)
    assert list(item) == list(other)
    for name in item:  # categories are in the order in which they arrived
        pd.testing.assert_series_equal(item[name], other[name], check_category_order=False)
    assert _facts(other) == _facts(item)


def _saved_as(files: list[Path]) -> list[str | Path]:
    return [word for file in files for word in ("--save", file)]


def test_options_that_need_all_rows_write_after_reading(
    zen: Connection, tmp_path: Path, written_lengths: list[int]
) -> None:
    for number, words in enumerate((["--sort", "-email"], ["--limit", "30"], ["--save", tmp_path / "users.xlsx"])):
        assert zen.run("users", *words, "--save", tmp_path / f"{number}.csv", "--as", "none") is None
        assert written_lengths == []
    emails = pd.read_csv(tmp_path / "0.csv")["email"].tolist()
    assert emails == sorted(emails, reverse=True)
    assert len(pd.read_csv(tmp_path / "1.csv")) == 30


def test_a_combined_list_is_delivered_as_usual(zen: Connection, tmp_path: Path) -> None:
    assert zen.run("assignments", "--save", tmp_path / "a.csv", "--as", "none") is None
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(zen.run("assignments"))


def test_no_file_and_no_result_is_refused(zen: Connection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`--save` is required"):
        zen.run("users", "--as", "none")
    with pytest.raises(UsageError, match="--out requires a notebook"):
        zen.run("users", "--as", "none", "--save", tmp_path / "u.csv", "--out", "users")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_shell_prints_what_it_saves(plane: SandboxProcess, zen: Connection, tmp_path: Path, kind: str) -> None:
    zen.run("users", "--save", tmp_path / f"u.{kind}")
    environment = {"ZENML_PRO_API_URL": plane.url, "ZENML_PRO_API_KEY": plane.key, "ZENPRO_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "zenpro_nb", "users", "--format", kind]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert done.stdout == (tmp_path / f"u.{kind}").read_bytes()


def test_a_list_that_breaks_off_leaves_the_old_file(tmp_path: Path, written_lengths: list[int]) -> None:
    rows = [{"id": f"user-{number}", "email": f"{number}@example.com"} for number in range(20_000)]

    def breaking(request: ReceivedRequest) -> Response:
        if request.path != "/users":
            return Response(404, {"detail": "Not Found"})
        offset = request.number("offset")
        if offset > 15_000:
            return Response(500, {"detail": "broken"})
        return Response(body=rows[offset : offset + min(100, request.number("limit"))])

    before = tmp_path / "users.csv"
    before.write_text("before")
    server = Server(breaking)
    try:
        with (
            zenpro_nb.connect(url=server.url, token="of-a-test") as zen,
            pytest.raises(ServerError),
        ):
            zen.run("users", "--save", before, "--save", tmp_path / "new.parquet", "--as", "none")
    finally:
        server.close()
    handed_over = 100 * limits.PAGES_MERGED * limits.PARTS_HANDED_OVER
    assert len(written_lengths) >= 15_000 // handed_over >= 1, "some rows were written before it broke off"
    assert before.read_text() == "before"
    assert list(tmp_path.iterdir()) == [before]


def _facts(frame: pd.DataFrame) -> dict[str, Any]:
    # The sentence about an empty result describes the rows that were kept, and a streamed list keeps none.
    return {name: value for name, value in frame.attrs["zenpro"].items() if name not in ("time", ANSWER)}
