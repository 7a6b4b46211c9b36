"""The command line: splitting, and values that can never become syntax."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.line import expand, split
from zenpro_nb.syntax.placeholders import Placeholders


def words(line: str, **namespace: object) -> list[object]:
    values = Placeholders()
    return [values.resolve(token) for token in expand(split(line), namespace, values)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("users", ["users"]),
        ("users --email ada@example.com", ["users", "--email", "ada@example.com"]),
        ('assign "Workspace Developer"', ["assign", "Workspace Developer"]),
        ("assign 'Workspace Developer'", ["assign", "Workspace Developer"]),
        ("--name='a b' x", ["--name=a b", "x"]),
        ("get o'neil@example.com", ["get", "o'neil@example.com"]),
        (r"--save C:\temp\new.csv", ["--save", r"C:\temp\new.csv"]),
        (r'--save "C:\my files\u.csv"', ["--save", r"C:\my files\u.csv"]),
        ("users  # the people", ["users"]),
        ("users;", ["users"]),
        ("users ; # quiet", ["users"]),
        ("get a#b", ["get", "a#b"]),
        ("--name ''", ["--name", ""]),
        ("cost $5 $$x {{x}}", ["cost", "$5", "$x", "{x}"]),
        ("'$who {not python'", ["$who {not python"]),
        ("a;b", ["a;b"]),
    ],
)
def test_split(line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_values_keep_spaces_quotes_and_dashes() -> None:
    assert words("get $who", who="--yes --org 'x'") == ["get", "--yes --org 'x'"]
    assert words("get {people[0] + ' x'}", people=["Ada"]) == ["get", "Ada x"]
    assert words('--name="dear $who"', who="Ada") == ["--name=dear Ada"]
    assert words("{ {'a': '}'}['a'] }") == ["}"]


def test_a_bound_value_cannot_be_read_as_an_option() -> None:
    values = Placeholders()
    (token,) = expand(split("$x"), {"x": "--yes"}, values)
    assert not token.startswith("-")


def test_lists_become_several_values() -> None:
    assert words("{people}", people=["a", "b"]) == [["a", "b"]]
    assert words("{people}", people=pd.Series(["a", "b"])) == [["a", "b"]]
    assert words("{number}", number=7) == ["7"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('roles assign "Workspace', "never closed"),
        ("get {who", "never closed"),
        ("get $nobody", "not defined"),
        ("get {nobody.email}", "not defined"),
        ('get {"a": 1}', "not a Python expression"),
        ("get {1/0}", "ZeroDivisionError"),
        ("users; y = 1", "Only one command is allowed per line"),
        ("get {None}", "missing value"),
        ("get {[float('nan')]}", "missing value"),
        ("get a{[1, 2]}", "several values"),
    ],
)
def test_mistakes_get_one_clear_line(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        words(line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_array_without_dimensions_is_a_single_value() -> None:
    assert words("--limit $x", x=np.array(5)) == ["--limit", "5"]


def test_a_line_being_typed_can_be_unfinished() -> None:
    assert [token.text for token in split("users ; te", complete=False)] == ["users", ";", "te"]
    assert [token.text for token in split("users; te", complete=False)] == ["users;", "te"]
    tokens = split('roles assign "Workspace De', complete=False)
    assert tokens[-1].text == "Workspace De"
    assert tokens[-1].open_quote == '"'
    assert tokens[-1].start == 13
