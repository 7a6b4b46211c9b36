"""Items in places that only one kind of cell, output or field has, and in MIME types in capitals."""

from __future__ import annotations

from tests.sharing.canaries import V4, code, data, notebook, widget
from tests.sharing.planted import ADDRESS, LOCAL, NAME, SVG, Item, b64

DOMAIN = "@corp-canary.io"


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
    items |= {f"capitals: {name}": item for name, item in _capitals().items()}
    return items | {f"password: {name}": Item(make, password, "secret") for name, make in passwords.items()}


ELSEWHERE = _all()
