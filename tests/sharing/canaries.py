"""Notebooks with people and secrets planted in one place each, and others without findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import nbformat
import pandas as pd

from zenpro_nb import frames
from zenpro_nb.resources.control_plane import USERS

V4 = nbformat.v4
ADDRESS, NAME, ID = "zelda.quackenbush@corp-canary.io", "Zelda O'Quackenbush", "5b0c7d4e-9d3a-4f0e-8f8a-0c1d2e3f4a5b"
# Any remains of her in a file would contain one of these.
TRACES = ("quackenbush", "zelda", "5b0c7d4e")
SECRET = "ZENPROKEY_eyJpZCI6ImNhbmFyeSJ9abcdef0123456789"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
PASSWORD = "hunter-canary-2"
PARAMETERS = 'organization = "acme"'
WIDGETS = "application/vnd.jupyter.widget-state+json"


def notebook(*cells: Any, parameters: bool = True, **metadata: Any) -> Any:
    """A notebook with these cells below its parameters cell, run from top to bottom."""
    first = V4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]} if parameters else {})
    made = V4.new_notebook(cells=[V4.new_markdown_cell("# Canary"), first, *cells])
    made.metadata = nbformat.from_dict({"kernelspec": {"name": "python3", "display_name": "Python 3"}, **metadata})
    for number, cell in enumerate((cell for cell in made.cells if cell.cell_type == "code"), start=1):
        if cell.execution_count is None:
            cell.execution_count = number
    return made


def code(source: str = "1", **data: Any) -> Any:
    """A cell whose output is this data, by type; an underscore represents the slash."""
    outputs = [V4.new_output("display_data", data=data)] if data else []
    return V4.new_code_cell(source, outputs=outputs)


def stream(text: str) -> Any:
    return V4.new_code_cell("1", outputs=[V4.new_output("stream", name="stdout", text=text)])


def data(mime: str, value: Any) -> Any:
    return V4.new_code_cell("1", outputs=[V4.new_output("display_data", data={mime: value})])


def traceback(*lines: str) -> Any:
    return V4.new_code_cell("1", outputs=[V4.new_output("error", ename="E", evalue="no", traceback=list(lines))])


def widget(name: str, **state: Any) -> dict[str, Any]:
    """The metadata of a notebook whose only widget has this state."""
    model = {"model_name": name, "model_module": "@jupyter-widgets/controls", "model_module_version": "2.0.0"}
    states = {"0" * 31 + "1": {**model, "state": {"_model_name": name, **state}}}
    return {"widgets": {WIDGETS: {"state": states, "version_major": 2, "version_minor": 0}}}


def users() -> pd.DataFrame:
    """A frame as `%zenpro users` returns it."""
    rows = [{"id": ID, "email": ADDRESS, "name": NAME, "username": ADDRESS, "is_active": True, "company": "Ducks Ltd"}]
    frame = frames.from_records(USERS, rows)
    frames.describe(frame, server="https://pro.example.com", route="/users", time=pd.Timestamp.now("UTC"))
    return frame


@dataclass(frozen=True)
class Planted:
    """A notebook in which a check has a finding.

    Attributes:
        cell: the number of the cell; None for the notebook itself.
        shown: the text of the finding.
    """

    check: str
    cell: int | None
    make: Callable[[], Any] = field(repr=False)
    shown: str = ""


def _names_elsewhere() -> Any:
    return notebook(stream(f"{NAME} <{ADDRESS}>"), stream(f"run by {NAME} today"))


def _svg() -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{ADDRESS}</title><text>Zelda O&#39;Quackenbush</text></svg>'


_RECORD, _LABEL = {"email": ADDRESS, "name": NAME}, f"{NAME} · {ADDRESS}"
PEOPLE = {
    "stream": Planted("person", 3, lambda: notebook(stream(f"sent to {ADDRESS}\n"))),
    "text of a frame": Planted("person", 3, lambda: notebook(code(**{"text/plain": frames.text(users(), 200)}))),
    "HTML of a frame": Planted("person", 3, lambda: notebook(data("text/html", frames.html(users()))), NAME),
    "pandas' own HTML": Planted("person", 3, lambda: notebook(data("text/html", users().to_html())), NAME),
    "pandas' own text": Planted("person", 3, lambda: notebook(stream(users()[["email", "name"]].to_string())), NAME),
    "records": Planted("person", 3, lambda: notebook(stream(repr([{"email": ADDRESS, "name": "Zelda Quackenbush"}])))),
    "JSON": Planted("person", 3, lambda: notebook(data("application/json", {"u": [_RECORD]})), NAME),
    "a key of JSON": Planted("person", 3, lambda: notebook(data("application/json", {ADDRESS: 3}))),
    "vega": Planted("person", 3, lambda: notebook(data("application/vnd.vega.v5+json", {"d": [{"by": ADDRESS}]}))),
    "SVG": Planted("person", 3, lambda: notebook(data("image/svg+xml", _svg()))),
    "script": Planted("person", 3, lambda: notebook(data("text/html", f"<script>d = {_RECORD!r}</script>")), NAME),
    "traceback": Planted("person", 3, lambda: notebook(traceback(f"\x1b[0;31mno user\x1b[0m \x1b[1m{ADDRESS}\x1b[0m"))),
    "a name by itself": Planted("person", 4, _names_elsewhere, NAME),
    "a quoted address": Planted("person", 3, lambda: notebook(stream(f"/users?email={quote(ADDRESS)} {ADDRESS}"))),
    "widget's choices": Planted("person", None, lambda: notebook(**widget("SelectModel", choices=[_LABEL])), NAME),
    "widget's HTML": Planted("person", None, lambda: notebook(**widget("HTMLModel", value=f"<b>{ADDRESS}</b>"))),
    "papermill": Planted("person", None, lambda: notebook(papermill={"parameters": {"person": ADDRESS}})),
}  # fmt: skip
SECRETS = {
    "source": Planted("secret", 3, lambda: notebook(code(f'key = "{SECRET}"')), "ZENPROKEY_***"),
    "text": Planted("secret", 3, lambda: notebook(V4.new_markdown_cell(f"The key is {SECRET}."))),
    "named in a source": Planted("secret", 3, lambda: notebook(code(f"login(password='{PASSWORD}')"))),
    "enrollment key": Planted("secret", 3, lambda: notebook(stream(f"{{'enrollment_key': '{PASSWORD}'}}"))),
    "script": Planted("secret", 3, lambda: notebook(data("text/html", f"<script>key = {SECRET!r}</script>"))),
    "token in an output": Planted("secret", 3, lambda: notebook(stream(f"Authorization: {JWT}"))),
    "password in an address": Planted("secret", 3, lambda: notebook(code(f'url = "https://ada:{PASSWORD}@db.corp.io/x"'))),
    "field for passwords": Planted("secret", None, lambda: notebook(**widget("PasswordModel", value=PASSWORD))),
    "widget's text": Planted("secret", None, lambda: notebook(**widget("HTMLModel", value=f"<code>{JWT}</code>"))),
    "metadata": Planted("secret", None, lambda: notebook(papermill={"parameters": {"api_key": PASSWORD}})),
    "metadata of a cell": Planted("secret", 3, lambda: notebook(V4.new_code_cell("1", metadata={"note": SECRET}))),
}  # fmt: skip
OTHERS = {
    "home": Planted("home-path", 3, lambda: notebook(traceback("File /home/zelda/work/x.py:3, in f()"))),
    "Windows": Planted("home-path", 3, lambda: notebook(stream(r"saved C:\Users\zelda\out.csv"))),
    "temporary folder": Planted("path", 3, lambda: notebook(code('frame.to_csv("/tmp/abc/out.csv")'))),
    "login": Planted("interactive", 3, lambda: notebook(code("%zenpro login"))),
    "question": Planted("interactive", 3, lambda: notebook(code("for t in x:\n    %zenpro teams delete $t"))),
    "input": Planted("interactive", 3, lambda: notebook(code('who = input("who? ")'))),
    "unknown command": Planted("command", 3, lambda: notebook(code("df = %zenpro usres --limit 3")), "usres"),
    "unknown option": Planted("command", 3, lambda: notebook(code("%zenpro users --colums email")), "--colums"),
    "unknown column": Planted("command", 3, lambda: notebook(code("%zenpro users --columns email,nmae")), "nmae"),
    "line of a cell": Planted("command", 3, lambda: notebook(code("%%zenpro\nteams\nusers --limit many")), "many"),
    "no parameters": Planted("parameters", None, lambda: notebook(code("1"), parameters=False)),
    "order": Planted("order", 4, lambda: notebook(V4.new_code_cell("1", execution_count=7), V4.new_code_cell("2"))),
}  # fmt: skip
_KINDS = {"person": PEOPLE, "secret": SECRETS, "other": OTHERS}
PLANTED = {f"{kind}: {name}": item for kind, many in _KINDS.items() for name, item in many.items()}

CLEAN = {
    "nothing": lambda: notebook(),
    "git": lambda: notebook(stream("git clone git@github.com:zenml-io/zenml.git")),
    "decorators": lambda: notebook(code("import functools\n\n@functools.cache\ndef f(): ...")),
    "grants": lambda: notebook(code("%zenpro users onboard $who --grant 'Workspace Developer@ml-prod' --dry-run")),
    "words about keys": lambda: notebook(V4.new_markdown_cell("Set KEY=ZENPROKEY_…, sent as Bearer authentication")),
    "placeholders": lambda: notebook(code('password = "***"\ntoken = "$TOKEN"\napi_key = os.environ["KEY"]')),
    "addresses without a password": lambda: notebook(stream("https://host.corp.io/x and https://user@host/y")),
    "masked addresses": lambda: notebook(stream("postgres://zenml:***@db/zenml")),
    "routes": lambda: notebook(code("%zenpro api GET /users/me"), stream("GET /organizations/x/members/tmp")),
    "addresses of pages": lambda: notebook(stream("https://x.io/home/ada/y https://x.io/tmp/z/a.csv")),
    "values of the notebook": lambda: notebook(code("n = 3\n%zenpro users --limit $n --sort {column} --out result")),
    "help": lambda: notebook(code("%zenpro teams delete --help"), code("%zenpro --help --all")),
    "confirmed": lambda: notebook(
        code("%zenpro teams delete Platform --yes"), code("%zenpro teams delete X --dry-run\n")
    ),
    "cells of commands": lambda: notebook(code("%%zenpro\n# two\nusers --limit 3\nworkspaces \\\n  --sort name")),
    "other magics": lambda: notebook(code("%%bash\nzenpro usres"), code("!ls\n%time 1")),
    "await": lambda: notebook(code("import asyncio\nawait asyncio.sleep(0)")),
    "state of a widget": lambda: notebook(**widget("PasswordModel", value="")),
    "made-up people": lambda: notebook(stream("Robin Alder <robin.alder@pseudonym.example>")),
    "JSON": lambda: notebook(data("application/json", {"key": "status", "token": "word", "values": [1]})),
}


def write(made: Any, path: Any) -> None:
    path.write_text(json.dumps(made), encoding="utf-8")
