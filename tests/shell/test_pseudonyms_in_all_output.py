"""With pseudonyms on, a Series, other values, printed text and errors show no real person, and values stay real."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from tests.shell.conftest import Shell

REAL = ("grace", "hopper", "ada@", "lovelace", "@example.com")
READ = "df = %zenpro users --where 'email=grace@example.com'"
VALUES = {
    "a Series": "df.email",
    "a Series of names": "df.name",
    "an Index": "df.set_index('email').index",
    "a text": "df.name[0]",
    "a list": "list(df.email), list(df.name)",
    "a dictionary": "{df.email[0]: {'name': df.name[0]}}",
    "an array": "df.email.to_numpy(dtype=object)",
    "records": "df[['email', 'name']].to_dict('records')",
    "a computed column": "df.email.str.upper()",
    # pandas draws styles with Jinja2, which Jupyter brings, and zenpro alone does not.
    **({"a style": "df[['email', 'name']].style"} if find_spec("jinja2") else {}),
    "HTML": "from IPython.display import HTML\nHTML(f'<b>{df.name[0]}</b>')",
    "JSON": "from IPython.display import JSON\nJSON({'who': df.name[0]})",
}
PRINTED = {
    "a DataFrame": "print(df[['email', 'name']])",
    "words": "print(df.name[0], df.email[0])",
    "parts": "print(*df.name[0].split())",
    "the standard error": "import sys\nprint(df.email[0], file=sys.stderr)",
    "lines": "import sys\nsys.stdout.writelines([df.email[0], df.name[0]])",
    "a display": "display(df.email)",
    "an error": "try:\n    raise KeyError(df.name[0])\nexcept KeyError:\n    get_ipython().showtraceback()",
}


@pytest.fixture
def masked_shell(shell: Shell) -> Shell:
    shell.run("%zenpro pseudonyms on")
    shell.run(READ)
    return shell


def nobody(text: str) -> bool:
    return not [name for name in REAL if name in text.casefold()]


@pytest.mark.parametrize("cell", VALUES.values(), ids=VALUES)
def test_a_value_shows_no_real_person(masked_shell: Shell, cell: str) -> None:
    value = masked_shell.run(cell)
    data, _ = masked_shell.ip.display_formatter.format(value)
    assert data
    assert nobody(str(data)), data
    masked_shell.run("%zenpro pseudonyms off")
    data, _ = masked_shell.ip.display_formatter.format(value)
    assert not nobody(str(data)), data


@pytest.mark.parametrize("cell", PRINTED.values(), ids=PRINTED)
def test_printed_text_shows_no_real_person(masked_shell: Shell, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    masked_shell.ip.run_cell(cell)
    printed = capsys.readouterr()
    assert nobody(printed.out + printed.err), printed
    masked_shell.run("%zenpro pseudonyms off")
    capsys.readouterr()
    masked_shell.ip.run_cell(cell)
    printed = capsys.readouterr()
    assert not nobody(printed.out + printed.err), printed


def test_values_and_files_stay_real(masked_shell: Shell, tmp_path: object) -> None:
    masked_shell.run(f"df.to_csv('{tmp_path}/x.csv')\ndf.email.to_csv('{tmp_path}/y.csv')")
    assert masked_shell.run("df.email[0]") == "grace@example.com"
    assert "Grace Hopper" in masked_shell.run(f"open('{tmp_path}/x.csv').read()")


def test_frames_read_before_are_known(shell: Shell) -> None:
    shell.run(READ)
    shell.run("%zenpro pseudonyms on")
    data, _ = shell.ip.display_formatter.format(shell.run("df.name"))
    assert nobody(str(data)), data


def test_a_name_has_the_pseudonym_of_the_account_in_its_row(masked_shell: Shell) -> None:
    frame = masked_shell.run("%zenpro users --where 'name=Alex Morgan'")
    (data, _) = masked_shell.ip.display_formatter.format(frame[["email", "name"]])
    rows = [line.split()[1:] for line in data["text/plain"].splitlines() if "@" in line]
    assert len(rows) == 2
    assert rows[0] != rows[1]
    for address, *name in rows:
        assert address.partition("@")[0] == ".".join(name).lower()


def test_everything_is_as_before_when_they_are_off(shell: Shell) -> None:
    before = sys.stdout, sys.stderr
    shell.run("%zenpro pseudonyms on")
    assert sys.stdout is not before[0]
    shell.run("%zenpro pseudonyms off")
    assert (sys.stdout, sys.stderr) == before
    assert "format" not in vars(shell.ip.display_formatter)
    assert "_showtraceback" not in vars(shell.ip)
    shell.run("%zenpro pseudonyms on")
    shell.run("%unload_ext zenpro_nb")
    assert (sys.stdout, sys.stderr) == before
    shell.run("%load_ext zenpro_nb")


def test_the_message_names_what_is_not_covered(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%zenpro pseudonyms on")
    output = capsys.readouterr()
    assert "except plots, pictures, widgets of other packages, and saved files" in output.out + output.err
    assert "Job titles, companies, and the names of teams stay, and can identify people." in output.out + output.err
    columns = "%zenpro users --columns email,name,is_active"
    assert f"select columns: `{columns}`" in output.out + output.err
    assert not {"company", "job_title"} & set(shell.run(columns).columns)
    assert '`df = %zenpro sql "SELECT * FROM users"`' in output.out + output.err
    frame = shell.run('%zenpro sql "SELECT * FROM users"')
    assert nobody(frame.to_csv())
