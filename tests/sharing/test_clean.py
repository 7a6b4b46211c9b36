"""`notebooks clean`: no person remains in the file's bytes, and the outputs keep their shape."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.sharing.canaries import (
    ADDRESS,
    ID,
    JWT,
    NAME,
    PASSWORD,
    PEOPLE,
    SECRET,
    SECRETS,
    TRACES,
    V4,
    Planted,
    code,
    data,
    notebook,
    stream,
    users,
    widget,
    write,
)
from tests.shell.conftest import Shell
from zenpro_nb import frames
from zenpro_nb.errors import SaveError, UsageError, ZenProError
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms


def clean_copy(shell: Shell, folder: Path, made: Any, options: str = "--pseudonyms") -> tuple[Any, str]:
    """The copy, and its text."""
    write(made, folder / "n.ipynb")
    shell.run(f"%zenpro notebooks clean {folder / 'n.ipynb'} --out {folder / 'copy.ipynb'} {options}")
    text = (folder / "copy.ipynb").read_text(encoding="utf-8")
    copy = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(copy)
    return copy, text


def everything() -> Any:
    """All notebooks with people, merged into one."""
    made = [person.make() for person in PEOPLE.values()]
    cells = [cell for item in made for cell in item.cells[2:]]
    whole = notebook(
        V4.new_markdown_cell(f"Owned by {NAME}, ask Zelda or [write]( mailto:{ADDRESS})."),
        code(f'owner = "{ADDRESS}"', **{"text/plain": f"'{ID}'", "text/html": f'<td title="{ID}">{ID[:8]}…</td>'}),
        stream("O'Quackenbush, Zelda | zelda.quackenb… | /home/zelda/x.csv | zelda_quackenbush.csv"),
        *cells,
        **widget("SelectModel", choices=[f"{NAME} · {ADDRESS}"], owner=ID),
    )
    for number, cell in enumerate(whole.cells):
        cell.id = f"cell-{number}"
    return whole


@pytest.mark.parametrize("planted", PEOPLE.values(), ids=PEOPLE)
def test_no_person_remains_in_the_bytes(bare_shell: Shell, tmp_path: Path, planted: Planted) -> None:
    made = planted.make()
    copy, text = clean_copy(bare_shell, tmp_path, made)
    assert not [trace for trace in TRACES if trace in text.casefold()]
    assert [len(cell.get("outputs", ())) for cell in copy.cells] == [
        len(cell.get("outputs", ())) for cell in made.cells
    ]
    assert bare_shell.run(f"%zenpro notebooks check {tmp_path / 'copy.ipynb'} --fail-on low").empty


def test_a_person_has_the_same_pseudonym_everywhere(bare_shell: Shell, tmp_path: Path) -> None:
    copy, text = clean_copy(bare_shell, tmp_path, everything())
    assert not [trace for trace in TRACES if trace in text.casefold()], text
    owner = copy.cells[3].source.partition('"')[2].rstrip('"')
    first, last = owner.partition("@")[0].split(".")
    assert owner.endswith("@pseudonym.example")
    assert f"Owned by {first.capitalize()} {last.capitalize()}, ask {first.capitalize()} or" in copy.cells[2].source
    (state,) = next(iter(copy.metadata.widgets.values()))["state"].values()
    assert state["state"]["choices"] == [f"{first.capitalize()} {last.capitalize()} · {owner}"]
    shown = copy.cells[3].outputs[0].data
    made_up = shown["text/plain"].strip("'")
    assert made_up == state["state"]["owner"] != ID
    assert shown["text/html"] == f'<td title="{made_up}">{made_up[:8]}…</td>'
    cut = f"{first}.{last}@pseudonym"[: len("zelda.quackenb")]
    assert f"{last.capitalize()}, {first.capitalize()} | {cut}…" in copy.cells[4].outputs[0].text
    assert "~/x.csv" in copy.cells[4].outputs[0].text


def test_two_people_get_two_pseudonyms(bare_shell: Shell, tmp_path: Path) -> None:
    table = "\n".join(f"Ann {letter * 4}son <ann.{letter}@corp.io>" for letter in string.ascii_lowercase)
    copy, text = clean_copy(bare_shell, tmp_path, notebook(stream(table)))
    lines = copy.cells[2].outputs[0].text.splitlines()
    assert len(set(lines)) == len(lines) == 26
    assert "corp.io" not in text


def test_pictures_are_removed_unless_kept(bare_shell: Shell, tmp_path: Path) -> None:
    document = notebook(
        data("image/png", "aWFtYWRh"), data("text/html", f'<img src="data:image/png;base64,aWFtYWRh"> {ADDRESS}')
    )
    assert "aWFtYWRh" not in clean_copy(bare_shell, tmp_path, document)[1]
    assert clean_copy(bare_shell, tmp_path, document, "--pseudonyms --keep-pictures")[1].count("aWFtYWRh") == 2
    assert isinstance(
        bare_shell.error(f"%zenpro notebooks clean {tmp_path}/n.ipynb --out x --keep-pictures"), UsageError
    )


def test_code_stays_valid_code(bare_shell: Shell, tmp_path: Path) -> None:
    source = f'Zelda = 1  # {ADDRESS}\nprint(Zelda, max(1, 2))\nframe = "{ADDRESS}".upper()'
    records = repr([{"email": ADDRESS, "name": NAME}, {"email": "m@corp.io", "name": "max"}])
    copy, _ = clean_copy(bare_shell, tmp_path, notebook(code(source), stream(records)))
    assert "print(Zelda, max(1, 2))" in copy.cells[2].source
    compile(copy.cells[2].source, "cell", "exec")


@pytest.mark.parametrize("options", ["", "--pseudonyms"])
@pytest.mark.parametrize("planted", SECRETS.values(), ids=SECRETS)
def test_no_secret_remains_in_either_mode(bare_shell: Shell, tmp_path: Path, planted: Planted, options: str) -> None:
    _, text = clean_copy(bare_shell, tmp_path, planted.make(), options)
    assert not [item for item in (SECRET, JWT, PASSWORD) if item in text]
    assert "secret" not in set(bare_shell.run(f"%zenpro notebooks check {tmp_path}/copy.ipynb --fail-on never").check)


def test_without_outputs_no_trace_of_a_run_remains(bare_shell: Shell, tmp_path: Path) -> None:
    document = notebook(code("1", **{"text/plain": "x"}), papermill={"output_path": "/home/z/x"}, **widget("HTMLModel"))
    document.cells[2].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    copy, _ = clean_copy(bare_shell, tmp_path, document, "")
    assert all(not cell.outputs and cell.execution_count is None for cell in copy.cells if cell.cell_type == "code")
    assert set(copy.metadata) == {"kernelspec"}
    assert copy.cells[2].metadata == {}


def test_without_pseudonyms_the_names_left_in_cells_are_counted(
    bare_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = notebook(
        V4.new_markdown_cell("Grace Hopper asked for this."),
        code("# contact grace@example.com, Grace Hopper\n%zenpro access grace@example.com", **{"text/plain": "x"}),
        code("grace = 1\nprint(grace)"),
    )
    clean_copy(bare_shell, tmp_path, document, "")
    output = capsys.readouterr()
    line = f"%zenpro notebooks clean {tmp_path}/n.ipynb --out {tmp_path}/copy.ipynb --pseudonyms"
    assert (
        f"{tmp_path}/copy.ipynb still names 1 person in cells 3 and 4: Grace Hopper, grace@example.com. Before you "
        f"share it, replace them: `{line}`\nwrote {tmp_path}/copy.ipynb, without outputs; no secrets found\n"
    ) in output.out + output.err
    assert "send" not in output.out + output.err
    frame = bare_shell.run(line.removesuffix(" --pseudonyms"))
    # The finding has the same name and severity as in `notebooks check`.
    checked = bare_shell.run(f"%zenpro notebooks check {tmp_path}/n.ipynb --fail-on never")
    for found in (frame, checked[checked.location == "source"]):
        assert found.cell.tolist() == [3, 4]
        assert found.problem.tolist() == ["Grace Hopper", "grace@example.com, Grace Hopper"]
        assert set(found.severity) == {"info"}
    bare_shell.run(line)
    assert "race" not in (tmp_path / "copy.ipynb").read_text().replace("grace = 1", "").replace("print(grace)", "")
    capsys.readouterr()
    clean_copy(bare_shell, tmp_path, notebook(code("1", **{"text/plain": ADDRESS})), "")
    output = capsys.readouterr()
    assert "still names" not in output.out + output.err
    assert f"send {tmp_path}/copy.ipynb, not {tmp_path}/n.ipynb" in output.out + output.err


def test_the_answer_is_about_sharing_and_leads_to_one_copy(
    bare_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"%zenpro users offboard grace@corp.com\nkey = {SECRET!r}"
    write(V4.new_notebook(cells=[code(source)]), tmp_path / "n.ipynb")
    frame = bare_shell.run(f"%zenpro notebooks clean {tmp_path}/n.ipynb")
    assert frame.check.tolist() == ["person-in-source"]
    output = capsys.readouterr()
    assert f"1 secret masked: revoke what {tmp_path}/n.ipynb contains" in output.out + output.err
    checks = set(bare_shell.run(f"%zenpro notebooks check {tmp_path}/n.ipynb --fail-on never").check)
    assert {"interactive", "parameters"} <= checks
    # The suggested line overwrites the copy that still has names.
    bare_shell.run(frame.fix[0].split("`")[1])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n-to-share.ipynb", "n.ipynb"]
    assert "grace" not in (tmp_path / "n-to-share.ipynb").read_text()


def test_the_file_itself_is_written_only_with_in_place(bare_shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "n.ipynb"
    write(notebook(code("1", **{"text/plain": "x"})), file)
    before = file.read_bytes()
    assert isinstance(bare_shell.error(f"%zenpro notebooks clean {file} --out {file}"), UsageError)
    assert isinstance(bare_shell.error(f"%zenpro notebooks clean {file} --out {tmp_path}/x --in-place"), UsageError)
    assert file.read_bytes() == before
    for number in ("", "-2"):  # a copy with a free name
        bare_shell.run(f"%zenpro notebooks clean {file}")
        assert json.loads((tmp_path / f"n-to-share{number}.ipynb").read_text())["cells"][2]["outputs"] == []
    assert file.read_bytes() == before
    bare_shell.run(f"%zenpro notebooks clean {file} --in-place")
    assert json.loads(file.read_text())["cells"][2]["outputs"] == []


def test_it_is_written_completely_or_not_at_all(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(notebook(code("1", **{"text/plain": "x"})), tmp_path / "n.ipynb")
    (tmp_path / "copy.ipynb").write_text("before")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    error = bare_shell.error(f"%zenpro notebooks clean {tmp_path}/n.ipynb --out {tmp_path}/copy.ipynb")
    assert isinstance(error, SaveError)
    assert (tmp_path / "copy.ipynb").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_written_if_a_person_remains(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulates a replacement that misses a person."""
    monkeypatch.setattr(Pseudonyms, "replace_in", lambda pseudonyms, text, code=False: text)
    write(notebook(**widget("HTMLModel", value=ADDRESS)), tmp_path / "n.ipynb")
    error = bare_shell.error(f"%zenpro notebooks clean {tmp_path}/n.ipynb --out {tmp_path}/copy.ipynb --pseudonyms")
    assert isinstance(error, ZenProError)
    assert "Nothing was written" in str(error)
    assert not (tmp_path / "copy.ipynb").exists()


def test_counts_and_rows_are_unchanged(bare_shell: Shell, tmp_path: Path) -> None:
    html = frames.html(users())
    copy, _ = clean_copy(bare_shell, tmp_path, notebook(data("text/html", html)))
    made = copy.cells[2].outputs[0].data["text/html"]
    assert html is not None
    assert made.count("<td") == html.count("<td")
    assert "Ducks Ltd" in made


def test_random_names_are_replaced_everywhere() -> None:
    """Seeded: names with blanks, accents, apostrophes, in the spellings of texts, HTML, JSON and addresses."""
    chance = random.Random(14)
    letters = "abcdefghijklmnopqrstuvwxyzäéøñçşžабв"
    for _ in range(200):
        word = ["".join(chance.choices(letters, k=chance.randint(4, 9))).capitalize() for _ in range(2)]
        name = chance.choice([" ", " O'", " van ", "-Anne ", "  "]).join(word)
        address = f"{''.join(chance.choices(string.ascii_lowercase, k=8))}{chance.choice(['', '.x', '+tag'])}@corp.io"
        them = Pseudonyms([NamedPerson(address, {" ".join(name.split())})])
        shown = [name, name.upper(), address, address.upper(), repr({"n": name}), json.dumps([name, address])]
        shown += [
            f"<td>{name}</td><a href='mailto:{address}'>",
            f"x={address.replace('@', '%40')}",
            f"\x1b[1m{address}",
        ]
        for text in shown:
            made = them.replace_in(" ".join(text.split()))
            assert word[1].casefold() not in made.casefold(), (text, made)
            assert address.casefold() not in made.casefold(), (text, made)
