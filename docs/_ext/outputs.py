"""The directive `zenpro-output`: lines that run in one kernel for all pages of commands, with their output.

Each block runs in an empty folder, with a journal and reviews of its own. `:before: COMMAND` runs without being shown,
in which case the block has its own captures, too.
"""

from __future__ import annotations

import re
import tempfile
from multiprocessing.util import Finalize
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
TIMEOUT = 120  # seconds for one block, on a busy machine
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class FailedError(RuntimeError):
    """A block whose command failed."""


class OutputKernel:
    """A kernel that is started for the first block of a process, and ends with the process."""

    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._client: BlockingKernelClient | None = None
        self._folder = ""

    def run(self, code: str, before: str = "") -> list[dict[str, Any]]:
        """Run a command if there is one, then code, both in an empty folder; return the outputs of the code.

        Raises:
            FailedError: a line of it failed; the message has its error.
        """
        if self._client is None:
            self._client = self._start()
        folder = tempfile.mkdtemp(dir=self._folder)
        own = ["ZENPRO_STATE_DIR", *(["ZENPRO_CAPTURES_DIR"] if before else [])]
        variables = {name: f"{folder}-{name.lower()}" for name in own}
        self._execute(f"import os; os.chdir({folder!r}); _was = dict(os.environ); os.environ.update({variables!r})")
        try:
            if before:
                self._execute(f"%zenpro {before}")
            return self._execute(code)
        finally:
            self._execute("os.environ.clear(); os.environ.update(_was)")

    def _execute(self, code: str) -> list[dict[str, Any]]:
        assert self._client is not None  # noqa: S101 - started by `run`
        outputs: list[dict[str, Any]] = []
        reply = self._client.execute_interactive(
            code, timeout=TIMEOUT, allow_stdin=False, output_hook=lambda message: outputs.append(message["content"])
        )
        if reply["content"]["status"] != "ok":
            raise FailedError(f"{reply['content'].get('ename')}: {reply['content'].get('evalue')}")
        return outputs

    def _start(self) -> BlockingKernelClient:
        kept = tempfile.TemporaryDirectory(prefix="zenpro-docs-outputs-")
        self._folder = kept.name
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(env=self._app.zenpro_world.environment("outputs"))  # type: ignore[attr-defined]
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=TIMEOUT)
        self._client = client

        def end() -> None:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            kept.cleanup()

        # Runs at the end of a worker process too, where `atexit` does not.
        Finalize(self, end, exitpriority=10)
        self._execute("%load_ext zenpro_nb\n%zenpro use organization acme")
        return client


class ZenproOutput(SphinxDirective):
    """Show lines, and below them their output."""

    has_content = True
    option_spec = {"before": directives.unchanged}  # noqa: RUF012 - as docutils declares it

    def run(self) -> list[nodes.Node]:
        """Return the lines as a block of code, and their last output as in a notebook."""
        shown = list(self.content)
        code = nodes.literal_block("\n".join(shown), "\n".join(shown), language="text")
        kernel: OutputKernel | None = self.env.app.zenpro_outputs  # type: ignore[attr-defined]
        if kernel is None:
            return [code]
        try:
            outputs = kernel.run("\n".join(shown), self.options.get("before", ""))
        except FailedError as error:
            logger.warning("%s: %s", shown[-1], error, location=self.get_location(), type="zenpro", subtype="output")
            return [code]
        return [code, *(node for output in outputs if (node := _node(output)) is not None)]


def _node(output: dict[str, Any]) -> nodes.Node | None:
    data = output.get("data", {})
    if "text/html" in data:
        html = f'<div class="cell_output"><div class="output text_html">{data["text/html"]}</div></div>'
        return nodes.raw("", html, format="html")
    text = _ESCAPES.sub("", str(data.get("text/plain") or output.get("text") or "")).strip("\n")
    if not text:
        return None
    block = nodes.literal_block(text, text, language="text")
    return nodes.container("", block, classes=["cell_output"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive. Its kernel runs unless the build executes nothing."""
    app.add_directive("zenpro-output", ZenproOutput)
    app.connect("builder-inited", _prepare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _prepare(app: Sphinx) -> None:
    runs = app.config["nb_execution_mode"] != "off"
    app.zenpro_outputs = OutputKernel(app) if runs else None  # type: ignore[attr-defined]
