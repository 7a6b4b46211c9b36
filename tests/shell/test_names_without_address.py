"""`notebooks clean --pseudonyms`: names without an address, and tables of text that stay aligned."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from tests.shell.conftest import Shell
from zenpro_nb import frames
from zenpro_nb.sharing.aligned import align
from zenpro_nb.ui.cells import text_width


def notebook(*outputs: Any) -> Any:
    """Return a notebook with these outputs in its second cell, after one with parameters."""
    parameters = v4.new_code_cell('organization = "acme"', metadata={"tags": ["parameters"]}, execution_count=1)  # type: ignore[no-untyped-call]
    cell = v4.new_code_cell("1", execution_count=2, outputs=list(outputs))  # type: ignore[no-untyped-call]
    return v4.new_notebook(cells=[parameters, cell])  # type: ignore[no-untyped-call]


def stream(text: str) -> Any:
    return v4.new_output("stream", text=text)  # type: ignore[no-untyped-call]


def data(**content: Any) -> Any:
    return v4.new_output("display_data", data=content)  # type: ignore[no-untyped-call]


def clean_copy(shell: Shell, folder: Path, made: Any, options: str = "") -> Any:
    """Return the copy with pseudonyms."""
    nbformat.write(made, folder / "n.ipynb")  # type: ignore[no-untyped-call]
    shell.run(f"%zenpro notebooks clean {folder}/n.ipynb --out {folder}/copy.ipynb --pseudonyms {options}")
    return nbformat.read(folder / "copy.ipynb", as_version=4)  # type: ignore[no-untyped-call]


def people_list(shell: Shell) -> list[Any]:
    """Return the outputs of a list of users without addresses, and a sentence about one of them."""
    users = shell.run("%zenpro users --columns name,is_active --limit 3")
    return [
        data(**{"text/plain": frames.text(users, 120), "text/html": frames.html(users)}),
        stream("Grace Hopper has left\n"),
    ]


def test_the_names_in_a_list_of_people_are_replaced(shell: Shell, tmp_path: Path) -> None:
    copy = clean_copy(shell, tmp_path, notebook(*people_list(shell)))
    text = str(copy)
    assert "Lovelace" not in text
    assert "Hopper" not in text
    assert "is_active" in text
    # The copy is clean, and the original is not.
    assert shell.run(f"%zenpro notebooks check {tmp_path}/copy.ipynb --fail-on low").empty
    found = shell.run(f"%zenpro notebooks check {tmp_path}/n.ipynb --fail-on never")
    assert "Grace Hopper" in " ".join(found.problem[found.check == "person"])


def test_the_names_in_other_lists_stay(shell: Shell, tmp_path: Path) -> None:
    teams = shell.run("%zenpro teams --columns name --limit 3")
    copy = clean_copy(shell, tmp_path, notebook(data(**{"text/html": frames.html(teams)})))
    assert all(name in str(copy) for name in teams.name)


@pytest.mark.parametrize("options", ["", "--people-of acme"])
def test_people_whom_the_session_or_an_organization_knows_are_replaced(
    shell: Shell, tmp_path: Path, options: str
) -> None:
    if not options:
        shell.run("df = %zenpro members")
    made = notebook(stream("Grace Hopper has left. Hopper knew. Nobody Else stays.\n"))
    (output,) = clean_copy(shell, tmp_path, made, options).cells[1].outputs
    assert "Hopper" not in output.text
    assert "Nobody Else stays." in output.text


def test_nobody_is_read_without_the_option(shell: Shell, tmp_path: Path) -> None:
    made = notebook(stream("Grace Hopper has left.\n"))
    (output,) = clean_copy(shell, tmp_path, made).cells[1].outputs
    assert output.text == "Grace Hopper has left.\n"


def test_tables_of_text_stay_aligned(shell: Shell, tmp_path: Path) -> None:
    shell.run("df = %zenpro users --limit 12 --columns email,name,company,is_active")
    df = shell.ip.user_ns["df"]
    for text in (frames.text(df, 160), str(df[["name", "company"]]), str(df)):
        (output,) = clean_copy(shell, tmp_path, notebook(stream(text))).cells[1].outputs
        before, after = text.split("\n"), output.text.split("\n")
        assert after != before
        rows = [line for line in after if "pseudonym.example" in line or "Corp" in line][:12]
        # Companies are not people, so their column begins, or ends in pandas, at the same place in each row.
        places = {line.index("Acme Corp") for line in rows if "Acme Corp" in line}
        assert len(rows) > 2
        assert len(places) == 1
        assert max(places) <= max(line.index("Acme Corp") for line in before if "Acme Corp" in line) + 20


def test_alignment_keeps_everything_else() -> None:
    generator = random.Random(7)
    for _ in range(300):
        lines = ["".join(generator.choice("ab   李✓") for _ in range(generator.randrange(30))) for _ in range(6)]
        text = "\n".join(lines)
        assert align(text, lambda part: part.replace("x", "y")) == text
        # The same words in the same order, whatever is replaced.
        replaced = align(text, lambda part: part.replace("a", "longer"))
        assert replaced.replace("longer", "a").split() == text.split()
    numbers = "name    teams\nAda         2\n李雷       10\nBo Mac      3\n[3 users · read now]"
    short = align(numbers, lambda part: part.replace("Bo Mac", "B").replace("Ada", "Wilhelmina"))
    assert short.split("\n") == [
        "name        teams",
        "Wilhelmina      2",
        "李雷           10",
        "B               3",
        "[3 users · read now]",
    ]
    assert {text_width(line) for line in short.split("\n")[:4]} == {17}
    assert str(pd.DataFrame({"a": [1]})) == align(str(pd.DataFrame({"a": [1]})), str)
