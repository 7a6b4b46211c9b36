"""`--save FOLDER/`: rows are streamed to Parquet files, and an interrupted stream can be resumed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from zenpro_nb import limits
from zenpro_nb.errors import InterruptedReadError, SaveError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.workspaces import dataset


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLICE", 2)
    monkeypatch.setattr(limits, "SLICE_HYDRATED", 2)


ALL = ("--workspace", "all", "--project", "all")


def test_a_dataset_partitioned_by_workspace(acme: Connection, small_slices: None, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    frame = acme.run("runs", *ALL, "--save", f"{folder}/")
    assert frame.set_index(["workspace", "project"]).new.to_dict() == {
        ("ml-prod", "default"): 3,
        ("ml-prod", "research"): 1,
        ("ml-dev", "default"): 2,
    }
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.parquet"))
    assert files == [
        "workspace=ml-dev/default-00000.parquet",
        "workspace=ml-prod/default-00000.parquet",
        "workspace=ml-prod/default-00001.parquet",
        "workspace=ml-prod/research-00000.parquet",
    ]
    whole = pd.read_parquet(folder)
    listed = acme.run("runs", *ALL)
    assert set(whole.id) == set(listed.id)
    assert len(whole) == len(listed)
    assert set(whole.workspace.astype(str)) == {"ml-prod", "ml-dev"}
    assert set(whole.columns) == set(listed.columns)
    item = whole[whole.id == listed.id[0]].iloc[0]
    assert (item.created, item.status, item.project) == (listed.created[0], listed.status[0], listed.project[0])


def test_it_resumes_where_it_stopped(
    acme: Connection, small_slices: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "steps"
    add, written = dataset._Files.add, []

    def failing(files: dataset._Files, table: object) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(1)
        add(files, table)

    item = ("--workspace", "ml-prod", "--project", "default", "--hydrate", "--save", f"{folder}/")
    monkeypatch.setattr(dataset._Files, "add", failing)
    with pytest.raises(InterruptedReadError, match="again to resume"):
        acme.run("steps", *item)
    monkeypatch.setattr(dataset._Files, "add", add)
    half = len(pd.read_parquet(folder))
    assert 0 < half < 6
    frame = acme.run("steps", *item)
    assert frame.new[0] == 6 - half
    assert pd.read_parquet(folder).id.nunique() == 6
    assert acme.run("steps", *item).new[0] == 0


def test_filters_apply_after_resuming(acme: Connection, small_slices: None, tmp_path: Path) -> None:
    save = ("--save", f"{tmp_path / 'runs'}/")
    acme.run("runs", *ALL, "--created", "gte:2020-01-01", "--status", "completed", *save)
    whole = pd.read_parquet(tmp_path / "runs")
    assert set(whole.status) == {"completed"}
    assert len(whole) == 4
    with pytest.raises(UsageError, match="other filters"):
        acme.run("runs", *ALL, *save)
    with pytest.raises(UsageError, match="contains a different list"):
        acme.run("stacks", "--workspace", "all", *save)


def test_contradictory_options_are_refused(acme: Connection, tmp_path: Path) -> None:
    for options in (["--sort", "name"], ["--limit", "3"], ["--raw"], ["--logical-operator", "or"]):
        with pytest.raises(UsageError):
            acme.run("runs", *ALL, *options, "--save", f"{tmp_path / 'runs'}/")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear diary")
    with pytest.raises(SaveError, match="not empty"):
        acme.run("stacks", "--workspace", "all", "--save", str(tmp_path / "full"))
