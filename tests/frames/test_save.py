"""Frames to files, and back."""

from __future__ import annotations

import gzip
import json
import os
import sys

import openpyxl
import pandas as pd
import pytest

from tests.frames.examples import FULL, THINGS, dtypes, read
from zenpro_nb import limits
from zenpro_nb.errors import MissingExtraError, SaveError
from zenpro_nb.frames import describe, empty, from_records, save
from zenpro_nb.frames.export import formats
from zenpro_nb.frames.export.files import WRITERS

EVIL = ['=HYPERLINK("https://evil.example","x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
# Names as an attacker may type them, and the cell that must result.
HIDDEN = {
    " =1": "' =1",
    "\u00a0\u3000=1": "'\u00a0\u3000=1",
    "\uff1d1": "'\uff1d1",
    "\uff0b1": "'\uff0b1",
    "\uff0d1": "'\uff0d1",
    "\uff20SUM(A1)": "'\uff20SUM(A1)",
    "\ufe661": "'\ufe661",
    "\u200b=1": "'\u200b=1",
    "\ufeff\u2060 =1": "'\ufeff\u2060 =1",
    "\u202e=1": "'\u202e=1",
    "\tplain": "'\tplain",
    "one\n=1\ntwo\n \u200b@x": "one\n'=1\ntwo\n' \u200b@x",
    "\n=1": "\n'=1",
    "one\u2028=1": "one\u2028'=1",
    "a = b": "a = b",
    "a-b\nc+d": "a-b\nc+d",
    "": "",
}


@pytest.fixture
def df():
    frame = read(THINGS, [FULL, {"id": "b2", "logins": -1, "share": -0.5, "name": "-1"}, {}])
    describe(frame, server="https://s", route="/things", filters={"name": "x"}, time="2026-01-01T00:00:00+00:00")
    return frame


def test_parquet_keeps_dtypes_values_and_attrs(df, tmp_path):
    path = save(df, tmp_path / "things.parquet")
    back = pd.read_parquet(path)
    typed = [name for name in df.columns if name != "extra"]  # nested objects come back as their JSON text
    assert dtypes(back[typed]) == dtypes(df[typed])
    assert back.attrs["zenpro"] == df.attrs["zenpro"]
    for name in ("id", "name", "created", "status", "active", "logins", "share", "organization", "size"):
        assert formats.to_records(back[[name]]) == formats.to_records(df[[name]])
    assert [list(cell) for cell in back["tags"]] == df["tags"].tolist()
    assert json.loads(back["extra"][0]) == df["extra"][0]
    assert back["name"][1] == "-1"


def test_csv_neutralizes_text_and_keeps_numbers(tmp_path):
    rows = [{"id": text, "name": text, "status": text, "logins": -1, "tags": [text]} for text in EVIL]
    df = from_records(THINGS, [*rows, {**FULL, "share": -0.5}])
    text = save(df, tmp_path / "things.csv").read_text(encoding="utf-8")
    back = pd.read_csv(tmp_path / "things.csv")
    for name in ("id", "name", "status"):
        assert back[name].tolist()[: len(EVIL) - 1] == [f"'{evil}" for evil in EVIL[:-1]]
        assert back[name].tolist()[len(EVIL) - 1] == "'\n'=1"
    assert back["logins"].tolist()[: len(EVIL)] == [-1] * len(EVIL)
    assert back["share"].tolist()[-1] == -0.5
    assert json.loads(back["tags"][0]) == [EVIL[0]]
    assert json.loads(back["extra"].tolist()[-1]) == {"a": [1, {}]}
    assert "2025-07-19T14:26:05.721000Z" in text
    assert FULL["name"] in text
    assert df["name"].tolist()[0] == EVIL[0]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".xlsx"])
def test_invisible_prefixes_and_every_line_are_neutralized(suffix, tmp_path):
    df = from_records(THINGS, [{"id": str(number), "name": text} for number, text in enumerate(HIDDEN)])
    path = save(df, tmp_path / f"things{suffix}")
    read_file = pd.read_excel if suffix == ".xlsx" else pd.read_csv
    assert read_file(path, keep_default_na=False)["name"].tolist() == list(HIDDEN.values())


def test_carriage_returns_hide_no_line(tmp_path):
    df = from_records(THINGS, [{"id": "1", "name": "one\r=1"}, {"id": "2", "name": "one\r\n=1"}])
    assert pd.read_csv(save(df, tmp_path / "a.csv"))["name"].tolist() == ["one\n'=1"] * 2


def test_names_of_raw_columns_are_neutralized(tmp_path):
    df = read(THINGS, [{"=1+1": "x"}], raw=True)
    assert save(df, tmp_path / "raw.csv").read_text().startswith("'=1+1\n")


def test_csv_can_be_compressed_and_is_reproducible(df, tmp_path):
    item, two = save(df, tmp_path / "a.csv.gz"), save(df, tmp_path / "b.csv.gz")
    assert item.read_bytes() == two.read_bytes()
    assert b".tmp" not in item.read_bytes()
    assert gzip.decompress(item.read_bytes()) == save(df, tmp_path / "a.CSV").read_bytes()


def test_xlsx_neutralizes_text_drops_time_zones_and_keeps_numbers(tmp_path):
    df = from_records(THINGS, [{**FULL, "name": evil, "logins": -1, "share": -0.5} for evil in EVIL[:4]])
    sheet = openpyxl.load_workbook(save(df, tmp_path / "things.xlsx")).active
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert [sheet.cell(row, 2).value for row in range(2, 6)] == [f"'{evil}" for evil in EVIL[:4]]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert (cells["logins"].value, cells["share"].value, cells["active"].value) == (-1, -0.5, True)
    assert cells["created"].value == df["created"].dt.tz_localize(None)[0]
    assert json.loads(cells["tags"].value) == ["x", "y"]


def test_xlsx_accepts_control_characters(tmp_path):
    df = from_records(THINGS, [{"id": "1", "name": "a\x00b\x1fc\nd"}])
    sheet = openpyxl.load_workbook(save(df, tmp_path / "things.xlsx")).active
    assert sheet["B2"].value == "abc\nd"


def test_xlsx_errors_name_the_limit(tmp_path, monkeypatch):
    with pytest.raises(SaveError, match="'name' contains text that is too long"):
        save(from_records(THINGS, [{"name": "x" * (limits.XLSX_CELL + 1)}]), tmp_path / "a.xlsx")
    with pytest.raises(SaveError, match="'extra' contains text that is too long"):
        save(from_records(THINGS, [{"extra": ["x" * limits.XLSX_CELL]}]), tmp_path / "a.xlsx")
    monkeypatch.setattr("zenpro_nb.frames.export.files.XLSX_ROWS", 3)
    with pytest.raises(SaveError, match=r"cannot contain 3 rows.*\.csv or \.parquet"):
        save(from_records(THINGS, [FULL] * 3), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_without_openpyxl_the_error_names_the_extra(df, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r'Run: pip install "zenpro-nb\[excel\]"'):
        save(df, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_object_per_row(df, tmp_path):
    rows = json.loads(save(df, tmp_path / "things.json").read_text(encoding="utf-8"))
    assert rows[0]["name"] == FULL["name"]
    assert rows[0]["created"] == "2025-07-19T14:26:05.721000+00:00"
    assert (rows[0]["tags"], rows[0]["extra"]) == (["x", "y"], {"a": [1, {}]})
    assert rows[1]["name"] == "-1"
    assert rows[2]["logins"] is rows[2]["share"] is rows[2]["created"] is None


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_an_empty_frame_can_be_saved(suffix, tmp_path):
    assert save(empty(THINGS), tmp_path / f"things{suffix}").stat().st_size > 0


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_raw_frames_can_be_saved(suffix, tmp_path):
    df = read(THINGS, [FULL, {"id": 5, "logins": 2**70, "odd": [1, {"a": 1}]}, {"id": None, "active": True}], raw=True)
    assert save(df, tmp_path / f"raw{suffix}").stat().st_size > 0


@pytest.mark.parametrize("name", ["things.txt", "things", "things.csv.zip", ".csvx"])
def test_an_unknown_suffix_lists_the_known_ones(df, tmp_path, name):
    with pytest.raises(SaveError, match=r"\.csv, \.csv\.gz, \.parquet, \.xlsx, \.json"):
        save(df, tmp_path / name)


def test_a_missing_folder(df, tmp_path):
    with pytest.raises(SaveError, match=r"The folder .*gone.* does not exist.*Create it first"):
        save(df, tmp_path / "gone" / "things.csv")


def test_a_folder_in_the_way(df, tmp_path):
    (tmp_path / "things.csv").mkdir()
    with pytest.raises(SaveError, match="is a folder"):
        save(df, tmp_path / "things.csv")


def test_a_path_below_a_file(df, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SaveError, match="does not exist"):
        save(df, tmp_path / "file" / "things.csv")


def test_a_failed_write_gives_the_reason_and_keeps_the_old_file(df, tmp_path, monkeypatch):
    path = tmp_path / "things.csv"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SaveError, match="could not be written: No space left on device"):
        save(df, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_an_interruption_keeps_the_old_file_and_leaves_no_other(suffix, df, tmp_path, monkeypatch):
    path = tmp_path / f"things{suffix}"
    path.write_text("old")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(df, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_too_long_for_the_file_system(df, tmp_path):
    with pytest.raises(SaveError, match="could not be written"):
        save(df, tmp_path / ("x" * 400 + ".csv"))


def test_home_links_and_permissions(df, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert save(df, "~/things.csv") == tmp_path / "things.csv"
    (tmp_path / "plain").touch()
    assert (tmp_path / "things.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "link.csv").symlink_to(tmp_path / "things.csv")
    (tmp_path / "things.csv").write_text("old")
    save(df, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "things.csv").read_text() != "old"


def test_the_home_of_an_unknown_user(df):
    with pytest.raises(SaveError, match=r"unknown home directory.*in full"):
        save(df, "~no-such-user/things.csv")
