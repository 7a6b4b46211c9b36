"""Pictures, MIME types in capitals, and items in places that only one kind of cell, output or field has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat

from tests.sharing.canaries import V4, code, data, notebook, widget
from tests.sharing.planted import ADDRESS, LOCAL, NAME, PICTURE, SVG, Item, b64

DOMAIN = "@corp-canary.io"


def _attachment(mime: str) -> Any:
    cell = V4.new_markdown_cell("![x](attachment:x.png)")
    cell.attachments = nbformat.from_dict({"x.png": {mime: PICTURE}})
    return notebook(cell)


def _picture(make: Callable[[], Any]) -> Item:
    return Item(make, (PICTURE.lower(),), "picture")


def _pictures() -> dict[str, Item]:
    items = {}
    for mime in ("image/png", "IMAGE/PNG", "Image/Jpeg; x=1", "application/pdf", "video/mp4"):
        items[f"output {mime}"] = _picture(lambda mime=mime: notebook(data(mime, PICTURE)))
    for mime in ("image/png", "IMAGE/PNG"):
        items[f"attachment {mime}"] = _picture(lambda mime=mime: _attachment(mime))
    for mime in ("application/x-unknown", "application/octet-stream", "chemical/x-pdb"):
        items[mime] = Item(lambda mime=mime: notebook(data(mime, ADDRESS)), (LOCAL,), "picture")
    inside = {
        "in HTML": f'<img src="data:image/png;base64,{PICTURE}">',
        "in capitals in HTML": f"<img src='DATA:IMAGE/PNG;BASE64,{PICTURE}'>",
        "alone": f"picture: {PICTURE}",
        "in SVG": f'<svg><image href="data:image/png;base64,{PICTURE}"/></svg>',
    }
    for name, text in inside.items():
        items[name] = _picture(lambda text=text: notebook(data("text/html", text)))
    shown = {"output_type": "display_data", "data": {"image/png": PICTURE}, "metadata": {}}
    items["in a widget's output"] = Item(
        lambda: notebook(**widget("OutputModel", outputs=[shown])), (PICTURE.lower(),), ""
    )
    held = {"value": {"encoding": "base64", "data": PICTURE}}
    items["in a widget"] = Item(lambda: notebook(**widget("ImageModel", **held)), (PICTURE.lower(),), "")
    return items


def _capitals() -> dict[str, Item]:
    html, traces = f"<b>{NAME}</b> {ADDRESS}", (LOCAL, "hopper")
    mimes = ("TEXT/HTML", "Text/Html; charset=utf-8", "TEXT/MARKDOWN", "Application/JSON")
    bundles = {**dict.fromkeys(mimes, html), "Image/SVG+XML": SVG}
    return {
        mime: Item(lambda mime=mime, text=text: notebook(data(mime, text)), traces) for mime, text in bundles.items()
    }


def _all() -> dict[str, Item]:
    """Items in places that only one kind of cell, output or field has."""
    both, traces, password = f"{NAME} <{ADDRESS}>", (LOCAL, "hopper", "corp-canary"), ("hunter-canary",)
    shown = V4.new_output("display_data", data={"text/plain": "x"}, metadata={"text/plain": {"caption": both}})
    error = V4.new_output("error", ename=ADDRESS, evalue=f"no user {both}", traceback=[])
    variables = [{"name": "X_PASSWORD", "value": "hunter-canary-2"}]
    attached = V4.new_markdown_cell("![x](attachment:x.txt)", attachments={"x.txt": {"text/plain": b64(both)}})
    uploads = widget("FileUploadModel", value=[])
    next(iter(uploads["widgets"].values()))["state"]["0" * 31 + "1"]["buffers"] = [
        {"data": b64(both), "path": ["value"], "encoding": "base64"}
    ]
    people = {
        "metadata of an output": lambda: notebook(V4.new_code_cell("1", outputs=[shown])),
        "tag of a cell": lambda: notebook(V4.new_code_cell("1", metadata={"tags": [ADDRESS]})),
        "field of a cell's metadata": lambda: notebook(V4.new_code_cell("1", metadata={ADDRESS: 1})),
        "authors": lambda: notebook(authors=[{"name": NAME, "email": ADDRESS}]),
        "error": lambda: notebook(V4.new_code_cell("1", outputs=[error])),
        "text in an attachment": lambda: notebook(attached),
        "tspans": lambda: notebook(data("image/svg+xml", f"<svg><tspan>{LOCAL}</tspan><tspan>{DOMAIN}</tspan></svg>")),
        "split by a tag": lambda: notebook(data("text/html", f"{LOCAL}<wbr>{DOMAIN}")),
        "split by spans": lambda: notebook(data("text/html", f"<span>{LOCAL}</span><span>{DOMAIN}</span>")),
        "Plotly": lambda: notebook(data("application/vnd.plotly.v1+json", {"d": [{"text": f"{NAME}<br>{ADDRESS}"}]})),
        "widget's buffers": lambda: notebook(**uploads),
        "widget's output": lambda: notebook(**widget("OutputModel", outputs=[{"name": "stdout", "text": both}])),
    }  # fmt: skip
    sources = {
        "comment in Markdown": V4.new_markdown_cell(f"<!-- {both} -->"),
        "title of a link": V4.new_markdown_cell(f'[x](https://x.io "{both}")'),
        "raw cell": V4.new_raw_cell(both),
        "comment in code": code(f"x = 1  # {both}"),
    }
    passwords = {
        "variables of a cell": lambda: notebook(V4.new_code_cell("1", metadata={"env": variables})),
        "list in metadata": lambda: notebook(config={"password": ["hunter-canary-2"]}),
        "labeled field": lambda: notebook(**widget("TextModel", description="Password:", value="hunter-canary-2")),
        "comment": lambda: notebook(code("x = 1  # password: hunter-canary-2")),
        "code as a comment": lambda: notebook(code("#password=hunter-canary-2")),
        "shell cell": lambda: notebook(code("%%bash\nexport X_PASSWORD=hunter-canary-2")),
    }
    items = {f"person: {name}": Item(make, traces) for name, make in people.items()}
    items |= {
        f"person: {name}": Item(lambda cell=cell: notebook(cell), traces, "person-in-source")
        for name, cell in sources.items()
    }
    items |= {f"picture: {name}": item for name, item in _pictures().items()}
    items |= {f"capitals: {name}": item for name, item in _capitals().items()}
    return items | {f"password: {name}": Item(make, password, "secret") for name, make in passwords.items()}


ELSEWHERE = _all()
