"""The HTML pages: the index at / and the page that approves a device.

They contain no scripts and load nothing from other sites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse
from msgspec import Struct

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1f; }
code { font-size: 1.05em; } table { border-collapse: collapse; }
td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
fieldset { border: 1px solid #8a8a94; margin: 1rem 0; padding: .5rem 1rem; } label { display: block; margin: .4rem 0; }
input[type=text], input[type=password], select { font: inherit; padding: .3rem; width: 100%; box-sizing: border-box; }
button { font: inherit; padding: .4rem 1.4rem; margin: .5rem .6rem 0 0; }
.note { background: #f3eefc; padding: .6rem 1rem; }
.error { background: #fdecea; padding: .6rem 1rem; }
"""
_NOTICE = "This is a sandbox with sample data, not ZenML Pro."


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """Return an HTML page with a notice that this is a sandbox."""
    # The page must not be framed or run scripts, because users approve devices on it.
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f'<body><main><h1>{escape(title)}</h1><p class="note">{_NOTICE}</p>{body}</main></body></html>'
    )
    return HTMLResponse(html, status, headers)


def message(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Return a page with a single message."""
    return page(title, f'<p role="status">{escape(text)}</p>', status)


def index(operations: Iterable[tuple[str, str, str]], document: str) -> HTMLResponse:
    """Return a page with every route and its summary."""
    rows = "".join(
        f"<tr><td>{escape(method)}</td><td><code>{escape(path)}</code></td><td>{escape(summary)}</td></tr>"
        for method, path, summary in operations
    )
    return page(
        "zenpro_nb sandbox",
        f"<p>The routes below answer like the control plane of ZenML Pro. OpenAPI document: "
        f'<a href="{escape(document)}">{escape(document)}</a>.</p><table>{rows}</table>',
    )


def operations_of(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return method, path and summary of every operation of an OpenAPI document."""
    return [
        (method.upper(), path, operation.get("summary", ""))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


class DeviceForm(Struct, frozen=True):
    """The contents of the form. ``device`` describes the device, and ``workspaces`` are pairs of id and label."""

    user_code: str
    device: str
    admin: str
    workspaces: Sequence[tuple[str, str]]
    selected: str


def device_form(form: DeviceForm, error: str | None = None) -> HTMLResponse:
    """Return the form in which a user identifies themselves and approves or denies a device."""
    complaint = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    body = f"""{complaint}
<p>{escape(form.device)}</p>
<form method="post">
<label>Code shown on the device
<input type="text" name="user_code" value="{escape(form.user_code)}" autocomplete="off"></label>
<fieldset><legend>Who are you?</legend>
<label><input type="radio" name="who" value="admin" checked> {escape(form.admin)}, the sandbox's administrator</label>
<label><input type="radio" name="who" value="key"> The owner of this key</label>
<label>API key <input type="password" name="key" autocomplete="off"></label>
</fieldset>
<label>Workspace to connect to <select name="workspace">{_options(form)}</select></label>
<label><input type="checkbox" name="trusted" value="yes"> Trust this device for 30 days</label>
<button name="decision" value="approve">Approve</button><button name="decision" value="deny">Deny</button>
</form>"""
    return page("Approve a device", body, 400 if error else 200)


def _options(form: DeviceForm) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == form.selected else ""}>{escape(label)}</option>'
        for value, label in (*form.workspaces, ("", "none"))
    )
