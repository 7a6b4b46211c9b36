"""The Sphinx extension that makes pages run: shell blocks, the sandbox, and the count of what is only shown."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from blocks import BlockError, Page
from jupyter_cache import get_cache
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from world import World

logger = logging.getLogger(__name__)
NOTEBOOKS = "notebooks"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what happens around the reading of pages."""
    app.connect("builder-inited", _make_world)
    app.connect("builder-inited", _copy_notebooks)
    app.connect("env-before-read-docs", _start)
    app.connect("source-read", _prepare)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}


def _make_world(app: Sphinx) -> None:
    app.zenpro_world = World()  # type: ignore[attr-defined]


def _copy_notebooks(app: Sphinx) -> None:
    """Make the notebooks pages of this documentation; their own folder is outside of it."""
    source, target = Path(app.confdir).parent / NOTEBOOKS, Path(app.srcdir) / NOTEBOOKS
    if Path(app.srcdir) != Path(app.confdir):  # the pages of a test
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    paths = sorted(source.glob("*.ipynb"))
    for path in paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}  # magics are known
        (target / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    names = "\n".join(path.stem for path in paths)
    contents = (source / "README.md").read_text(encoding="utf-8")
    (target / "index.md").write_text(f"{contents}\n```{{toctree}}\n:hidden:\n\n{names}\n```\n", encoding="utf-8")


def _start(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Start what all pages share before workers are made, which then have it together."""
    pages = [Page(Path(env.doc2path(name)).read_text(encoding="utf-8")) for name in docnames] if _executes(app) else []
    if pages:
        # Workers that create the database of executed pages at the same time fail.
        _ = get_cache(env.mystnb_config.execution_cache_path).db  # type: ignore[attr-defined]
    outputs = any(page.shows_output for page in pages)
    if outputs or any(page.runs for page in pages):
        _world(app).start(captures=outputs)


def _prepare(app: Sphinx, docname: str, source: list[str]) -> None:
    page = Page(source[0])
    for line, language in page.unlabelled():
        logger.warning(
            "Nothing would run this block of %s. Make it a {code-cell} or a {shell} block; what is not to be run says "
            "so: `:exempt:` of a {shell} block, the tag skip-execution of a cell.",
            language,
            location=(docname, line),
            type="zenpro",
            subtype="not-run",
        )
    try:
        _not_run(app.env)[docname] = page.not_run()
        source[0] = _with_index_entries(page).replace(f"](../../{NOTEBOOKS}/", f"](../{NOTEBOOKS}/")
        source[0] = source[0].replace("{{ version }}", app.config.version)
    except BlockError as error:
        logger.warning("%s", error, location=docname, type="zenpro", subtype="shell")
        return
    if _executes(app) and page.runs:
        _world(app).enter(docname, own=page.own_sandbox)


def _with_index_entries(page: Page) -> str:
    """Return the page as it is run, with entries of the index for the words that people search it by."""
    text, words = page.executable(), page.front_matter.get("search")
    if not isinstance(words, list):
        return text
    entries = ", ".join(f"! {word}" for word in words)
    before, title, after = text.partition("\n# ")
    heading, _, rest = after.partition("\n")
    return f"{before}{title}{heading}\n\n```{{index}} {entries}\n```\n{rest}"


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _not_run(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    _not_run(env).update({name: _not_run(other)[name] for name in docnames if name in _not_run(other)})


def _finish(app: Sphinx, error: Exception | None) -> None:
    _world(app).close()
    if error is not None:
        return
    counts = Counter(reason for reasons in _not_run(app.env).values() for reason in reasons)
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    logger.info("shown, and not run: %d blocks%s", counts.total(), f" ({told})" if told else "")
    if app._warncount:  # the next build would take the pages for read, and not warn again
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def _executes(app: Sphinx) -> bool:
    return bool(app.config["nb_execution_mode"] != "off")


def _world(app: Sphinx) -> World:
    world: World = app.zenpro_world  # type: ignore[attr-defined]
    return world


def _not_run(env: BuildEnvironment) -> dict[str, list[str]]:
    if not hasattr(env, "zenpro_not_run"):
        env.zenpro_not_run = {}  # type: ignore[attr-defined]
    found: dict[str, list[str]] = env.zenpro_not_run
    return found
