"""What a page says is to be run, found in its text: cells, shell blocks, and fences that nothing would run.

A shell block becomes a cell of the page's own notebook, so that blocks and cells run in the order in which they stand,
in one folder, and the cache of executed pages knows both. Only blocks at the top level of a page run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Why a block is shown and not run.
EXEMPTIONS = ("install", "demo", "schedule", "network")
# Highlighting that says "this can be run": such a fence has to be a cell or a shell block.
RUNNABLE = frozenset({"bash", "sh", "shell", "zsh", "console", "python", "python3", "ipython", "ipython3", "pycon"})
# Directives whose content is no Markdown.
_LITERAL = frozenset({"{code-cell}", "{raw-cell}", "{code-block}", "{code}", "{sourcecode}", "{shell}", "{eval-rst}"})
_CODE = frozenset({"{code-block}", "{code}", "{sourcecode}"})
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_NOTEBOOK = "file_format: mystnb\nkernelspec:\n  name: python3\n"
_BLOCKS = MarkdownIt().disable("inline")  # links, code and emphasis within lines take most of the time of parsing
_SKIPPED = re.compile(r"^:tags:.*\bskip-execution\b", re.MULTILINE)


class BlockError(ValueError):
    """A block that cannot be understood; the message says what is wrong with it."""


@dataclass(frozen=True)
class Shell:
    """A shell block: lines of bash, and what is expected of them."""

    text: str
    exit: int = 0
    hide_output: bool = False
    exempt: str = ""


@dataclass(frozen=True)
class Page:
    """A page as it was written."""

    text: str

    @property
    def front_matter(self) -> dict[str, object]:
        """The YAML at its beginning."""
        found = _FRONT_MATTER.match(self.text)
        loaded = yaml.safe_load(found[1]) if found else None
        return loaded if isinstance(loaded, dict) else {}

    @property
    def own_sandbox(self) -> bool:
        """Whether it writes, and is to have a sandbox of its own."""
        return self.front_matter.get("sandbox") == "own"

    @property
    def runs(self) -> bool:
        """Whether anything of it is run."""
        return self._is_notebook or any(not shell.exempt for _, shell in self._shells())

    @property
    def shows_output(self) -> bool:
        """Whether it has a block whose lines run in the kernel of all pages of commands."""
        return any(fence.info.startswith("{zenpro-output}") for fence in self._fences())

    @property
    def _is_notebook(self) -> bool:
        return self.front_matter.get("file_format") == "mystnb"

    def not_run(self) -> list[str]:
        """Return why blocks are shown and not run, an entry for each."""
        shells = [shell.exempt for _, shell in self._shells() if shell.exempt]
        cells = [fence.content for fence in self._fences() if fence.info.startswith("{code-cell}")]
        return shells + ["cell" for content in cells if _SKIPPED.search(content)]

    def unlabelled(self) -> Iterator[tuple[int, str]]:
        """Yield line and language of each fence that looks as if it were run, and is not."""
        yield from _unlabelled(self.text, 1)

    def executable(self) -> str:
        """Return its text with a cell for each shell block, and the front matter of a notebook where anything runs."""
        lines = self.text.splitlines()
        for fence, shell in reversed(list(self._shells())):
            first, last = fence.map or (0, 0)
            lines[first:last] = _as_cell(shell)
        text = "\n".join(lines) + "\n"
        if not self.runs or self._is_notebook:
            return text
        return text.replace("---\n", f"---\n{_NOTEBOOK}", 1) if self.front_matter else f"---\n{_NOTEBOOK}---\n\n{text}"

    def _shells(self) -> Iterator[tuple[Token, Shell]]:
        for fence in self._fences():
            if fence.level == 0 and fence.info.split()[:1] == ["{shell}"]:
                yield fence, _shell(fence)

    def _fences(self) -> list[Token]:
        return _fences(self.text)


@lru_cache(maxsize=8)
def _fences(text: str) -> list[Token]:
    return [token for token in _BLOCKS.parse(text) if token.type == "fence"]


def _shell(fence: Token) -> Shell:
    options: dict[str, str] = {}
    lines = fence.content.splitlines()
    while lines and (found := re.fullmatch(r":([\w-]+):\s*(.*)", lines[0])):
        options[found[1]] = found[2]
        del lines[0]
    exempt = options.pop("exempt", "")
    if exempt and exempt not in EXEMPTIONS:
        raise BlockError(f"'{exempt}' is no reason not to run a block; there are {', '.join(EXEMPTIONS)}")
    expected = options.pop("exit", "0")
    if not expected.isdigit():
        raise BlockError(f":exit: takes a number, and not '{expected}'")
    hide = options.pop("hide-output", None) is not None
    if options:
        raise BlockError(f"A shell block knows :exit:, :hide-output: and :exempt:, and not :{next(iter(options))}:")
    return Shell("\n".join(lines).strip("\n"), int(expected), hide, exempt)


def _as_cell(shell: Shell) -> list[str]:
    shown = ["````{code-block} bash", *shell.text.splitlines(), "````"]
    if shell.exempt:
        return shown
    tags = "[remove-input, remove-output]" if shell.hide_output else "[remove-input]"
    call = f"__import__('run_shell').run({shell.text!r}, exit={shell.exit})"
    return [*shown, "", "````{code-cell} ipython3", f":tags: {tags}", call, "````"]


def _unlabelled(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    for fence in _fences(text):
        words = fence.info.split()
        line = first_line + (fence.map or [0])[0]
        language = words[1] if len(words) > 1 and words[0] in _CODE else words[0] if words else ""
        if language in RUNNABLE:
            yield line, language
        elif language.startswith("{") and language not in _LITERAL:
            yield from _unlabelled(fence.content, line + 1)
