"""`--plot`: a picture above the DataFrame, which is still the result of the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pytest
from matplotlib.image import imread
from nbclient import NotebookClient

import zenpro_nb
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import MissingExtraError, SaveError, UsageError
from zenpro_nb.frontends.connection import Connection

PLACE = ("--workspace", "ml-prod", "--project", "all")


@pytest.fixture
def acme(sandbox: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as connection:
        yield connection


@pytest.mark.kernel
def test_the_picture_is_displayed_and_the_value_stays_the_frame(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    line = f"runs = %zenpro runs {' '.join(PLACE)} --org acme --columns name --plot"
    cells = ["%load_ext zenpro_nb", line, "print(len(runs), *runs.columns)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120).execute()
    (picture,), (printed,) = (cell.outputs for cell in notebook.cells[1:])
    count, *columns = printed.text.split()
    assert columns == ["name"]
    description = ElementTree.fromstring(picture.data["text/html"]).findtext("{*}desc")  # noqa: S314 - our own
    assert str(description).startswith(f"{int(count):,} in total")
    assert picture.data["text/plain"].startswith("Runs per day by state")


@pytest.mark.parametrize("noun", ["runs", "steps"])
def test_it_is_saved_and_counts_the_rows_of_the_frame(acme: Connection, noun: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart.SVG"
    table = tmp_path / "rows.csv"
    frame = acme.run(
        noun, *PLACE, "--where", "status=failed", "--limit", "20", "--plot", "--save", chart, "--save", table
    )
    assert len(table.read_text().splitlines()) == 21
    assert isinstance(frame, pd.DataFrame)
    root = ElementTree.parse(chart).getroot()  # noqa: S314 - our own
    assert root.findtext("{*}desc") == (
        f"20 in total: 20 failed; most on {frame.created.dt.date.value_counts().sort_index().idxmax()}: "
        f"{frame.created.dt.date.value_counts().max()}."
    )
    assert "UTC (only 20 rows, because of --limit)" in (root.findtext("{*}title") or "")


def test_a_chart_can_be_saved_as_png(
    acme: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    svg, png = tmp_path / "chart.svg", tmp_path / "chart.png"
    acme.run("runs", *PLACE, "--status", "failed", "--plot", "--save", svg, "--save", png)
    assert f"saved the picture to {png}" in capsys.readouterr().err
    drawing = ElementTree.parse(svg).getroot()  # noqa: S314 - our own
    pixels = imread(png)
    assert pixels.shape[:2] == (2 * int(drawing.attrib["height"]), 2 * int(drawing.attrib["width"]))
    # The middle of the highest bar is red below its stripes, and the paper is white.
    bars = [part for part in drawing.findall(".//{*}rect") if part.attrib["fill"] == "#c62828"]
    highest = max(bars, key=lambda part: float(part.attrib["height"]))
    x, y, width = (float(highest.attrib[name]) for name in ("x", "y", "width"))
    middle = pixels[:, 2 * int(x + width / 2), :3]
    colors = {tuple(round(float(part), 1) for part in middle[2 * int(y + down)]) for down in range(8)}
    assert (0.8, 0.2, 0.2) in colors
    assert tuple(pixels[2, 2][:3]) == (1, 1, 1)
    # Without matplotlib, nothing is read, and the line that installs it is named.
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'A chart as PNG needs matplotlib.* pip install "zenpro-nb\[png\]"'):
        acme.run("runs", *PLACE, "--plot", "--save", png)
    with pytest.raises(SaveError, match=f"Use `.*--save {tmp_path}/chart.svg"):
        acme.run("runs", *PLACE, "--plot", "--save", f"{tmp_path}/chart.gif")


def test_all_matching_rows_count_as_complete(acme: Connection, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    frame = acme.run("runs", *PLACE, "--where", "pipeline~churn", "--plot", "--save", chart)
    assert not frame.empty
    assert "not complete" not in chart.read_text()


@pytest.mark.parametrize(
    ("line", "only"),
    [
        (["runs", *PLACE, "--status", "failed"], "only status=failed"),
        (["runs", *PLACE, "--where", "pipeline~churn"], "only pipeline~churn"),
        (["usage", "--by", "day", "--metric", "runs", "--status", "failed"], "only status="),
    ],
)
def test_filters_are_in_the_title_and_the_text(
    acme: Connection, line: list[str], only: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "chart.svg"
    acme.run(*line, "--plot", "--save", chart)
    root = ElementTree.parse(chart).getroot()  # noqa: S314 - our own
    assert f", {only}" in str(root.findtext("{*}title"))
    assert [text for text in root.itertext() if text.startswith(only)] != []
    printed = capsys.readouterr()
    assert f"\n  {only}" in printed.out + printed.err


def test_long_filters_are_wrapped_in_the_picture(acme: Connection, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    conditions = [f"name!=a-run-that-nobody-started-{number}" for number in range(9)]
    acme.run("runs", *PLACE, *(word for text in conditions for word in ("--where", text)), "--plot", "--save", chart)
    root = ElementTree.parse(chart).getroot()  # noqa: S314 - our own
    lines = [part for part in root.findall("{*}text") if "a-run" in str(part.text)]
    assert " ".join(str(part.text) for part in lines) == f"only {', '.join(conditions)}"
    assert max(len(str(part.text)) for part in lines) < 120
    lowest = max(float(part.attrib["y"]) for part in lines)
    assert all(float(box.attrib["y"]) > lowest for box in root.findall("{*}rect"))


def test_an_impossible_plot_is_refused_before_reading(acme: Connection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`--plot` cannot be combined with `--raw`"):
        acme.run("runs", *PLACE, "--raw", "--plot")
    with pytest.raises(UsageError, match="--plot cannot be combined with --save"):
        acme.run("runs", *PLACE, "--plot", "--save", f"{tmp_path}/rows/")
    for name, plot, words in (
        ("chart.svg", [], "chart.svg --plot"),
        ("chart.png", [], "chart.png --plot"),
        ("chart.pdf", ["--plot"], "chart.png"),
    ):
        with pytest.raises(SaveError, match=f"Use `.*--save {tmp_path}/{words}`"):
            acme.run("runs", *PLACE, *plot, "--save", f"{tmp_path / name}")
    with pytest.raises(SaveError, match="Add --plot"):
        acme.run("runs", *PLACE, "--save", tmp_path / "chart.svg")
    with pytest.raises(UsageError, match="--plot"):
        acme.run("users", "--plot")


def test_a_pipe_gets_the_data_alone(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    command = [sys.executable, "-m", "zenpro_nb", "runs", *PLACE, "--org", "acme", "--columns", "name", "--limit", "3"]
    command += ["--status", "completed"]  # which runs are the newest depends on the time
    done = subprocess.run([*command, "--plot", "--format", "csv"], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 4
    assert done.stderr.startswith("Runs per day by state")
    assert "█ completed" in done.stderr
    assert "`--save runs.png` saves the chart as a picture (.svg or .png)" in done.stderr


@pytest.mark.parametrize(("files", "is_shown"), [(["rows.csv"], True), (["rows.csv", "chart.svg"], False), ([], True)])
def test_a_chart_in_a_terminal_shows_how_to_save_it(
    sandbox: SandboxProcess, tmp_path: Path, files: list[str], is_shown: bool
) -> None:
    environment = {**os.environ, "ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}
    line = ["usage", "--org", "acme", "--workspace", "ml-prod", "--by", "day", "--status", "failed", "--plot"]
    for name in files:
        line += ["--save", str(tmp_path / name)]
    command = in_process(line, {**environment, "COLUMNS": "160"}, terminal=True)
    text = command.stdout.decode() + command.stderr.decode()
    assert ("--save usage.png saves the chart" in text.replace("`", "")) is is_shown
