"""Find phrases that are hard to read in pages, notebooks, docstrings, comments, and messages. CI runs it in `lint`.

    python .ci/prose.py              check everything; exit code 1 if anything is found
    python .ci/prose.py PATH …       check these files only
    python .ci/prose.py --count      count the hits per phrase

Each phrase has a plain replacement below. If a sentence needs such a phrase, for example because it quotes a message of
ZenML, enter a part of it in `.ci/prose-allowed.txt`: one part per line, after the file and a colon.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ALLOWED = Path(".ci", "prose-allowed.txt")
NOT_OURS = ("docs/_build/", "docs/reference/commands/", "THIRD-PARTY.md", "LICENSE")
SUFFIXES = (".md", ".ipynb", ".py")


class Phrase(NamedTuple):
    """A phrase to avoid, and what to write instead."""

    name: str
    pattern: str
    instead: str


PHRASES = (
    Phrase(
        "is no",
        r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|way\b|\w+er than\b)[a-z]\w+",
        "is not a …",
    ),
    Phrase(
        "free relative",
        r"(?:^|[.;:] )(?:Who|What) (?:is|was|has|have|had|stays|cannot|can) [^?]*\.$",
        "Steps that …",
    ),
    Phrase(
        "as it was",
        r"\b(?:what is so|that is so|as it was(?! (?:when|written))|what there is|so already)\b",
        "the current state",
    ),
    Phrase(
        "looked at",
        r"\b(?:[Ii]t|[Tt]hat|[Tt]his) is (?:looked (?!up)|asked\b|noticed\b|told\b)|\bis looked at\b",
        "zenpro checks …",
    ),
    Phrase(
        "asks the server",
        r"\b(?:[Aa]sks?|[Aa]sked) (?:the|a|an|every|each) (?:server|list|workspace)s?\b(?!')",
        "queries, reads",
    ),
    Phrase(
        "heed",
        r"\b(?:heed(?:s|ed)?|bears?|betrays?|beforehand|withal|thereby|the like|sown|kindly)\b",
        "a common word",
    ),
    Phrase("stands", r"\b(?:stands?|stood) (?!for\b|by\b|out\b)\w+", "is in, appears in, comes after"),
    Phrase("mend", r"\bmend(?:s|ed|ing)?\b", "fix"),
    Phrase("anew", r"\banew\b", "again"),
    Phrase("whoever", r"\b[Ww]ho(?:m|so)?ever\b", "anyone who, the users that"),
    Phrase("somebody", r"\b(?:[Ss]omebody|[Ee]verybody|[Aa]nybody)\b", "a user, anyone, the caller"),
    Phrase("nobody who", r"\b[Nn]obody who\b", "no user who"),
    Phrase("you may", r"\b(?:you|they|who|people|users) may (?!(?:not )?(?:have|be)\b)", "can, are allowed to"),
    Phrase("says of", r"\b(?:says?|said|tells?|told) of (?:a|an|the|it|them|each)\b", "reports about, shows for"),
    Phrase("inverted if", r"(?:^|[.] )(?:Is|Holds|Are|Should) (?:it|they|none|there) [^?]*, ", "If …"),
    Phrase("of one's own", r"\bof (?:theirs|ours|its like|your own making)\b", "own, custom"),
    Phrase("lets in", r"\blets? (?:\w+ )?in\b(?! (?:the|a|an)\b)", "accepts, grants access"),
    Phrase("a row a change", r"\b(?:one|a) (?:row|line|page|cell|step|command) (?:a|an)\b", "one row per change"),
    Phrase("take back", r"\b(?:[Tt]akes?|[Tt]aken|[Tt]aking) (?:it |them |this )?back\b", "undo, revoke"),
    Phrase("old citation", r"\b[Ff]act sheet\b", "API facts N.M"),
)
_PATTERNS = [(phrase, re.compile(phrase.pattern, re.MULTILINE)) for phrase in PHRASES]


class Hit(NamedTuple):
    """A phrase in a sentence of a file."""

    path: str
    line: int
    phrase: Phrase
    sentence: str


def texts_of(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield each text of a file that people read, with its line."""
    if path.endswith(".md"):
        yield from _page(source)
    elif path.endswith(".ipynb"):
        for cell in json.loads(source)["cells"]:
            if cell["cell_type"] == "markdown":
                yield from ((1, text) for _, text in _page("".join(cell["source"])))
    else:
        yield from _python(path, source)


def _page(source: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs and table rows of a page, without code and markup."""
    blank = _blank_lines
    text = re.sub(r"\A---\n.*?\n---\n", blank, source, flags=re.DOTALL)
    text = re.sub(r"^ *(`{3,}|~{3,}).*?^ *\1\s*$", blank, text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->|<[^>\n]+>", blank, text, flags=re.DOTALL)
    text = re.sub(r"`[^`\n]+`", "CODE", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text))
    line = 1
    for block in re.split(r"(\n\s*\n)", text):
        if block.strip():
            rows = block.split("\n") if block.lstrip().startswith("|") else [block]
            for number, row in enumerate(rows):
                yield from ((line + number, cell) for cell in (row.split("|") if row.startswith("|") else [row]))
        line += block.count("\n")


def _blank_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _python(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield docstrings, comments, and, in the package, messages."""
    tree = ast.parse(source)
    docstrings: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docstrings.add(id(first.value))
                yield first.lineno, first.value.value
    if path.startswith("zenpro_nb/"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in docstrings:
                continue
            if isinstance(node.value, str) and re.search(r"[a-z]{2,} [a-z]+ [a-z]", node.value):
                yield node.lineno, node.value
    comments = (
        token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT
    )
    yield from ((token.start[0], token.string.lstrip("# ")) for token in comments)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line, without code."""
    for part in re.split(r"(?<=[.?!])\s+(?=[A-Z`*])|\n\s*\n|\n(?=\s*[-*] )", text):
        sentence = " ".join(re.sub(r"`[^`]+`", "CODE", part).split())
        if len(sentence.split()) > 2:
            yield sentence


def find(path: str, source: str, allowed: Iterable[str] = ()) -> Iterator[Hit]:
    """Yield the phrases to avoid in a file, except in sentences that are allowed."""
    for line, text in texts_of(path, source):
        for sentence in sentences(text):
            if any(part in sentence for part in allowed):
                continue
            for phrase, pattern in _PATTERNS:
                if pattern.search(sentence):
                    yield Hit(path, line, phrase, sentence)


def allowed_parts(text: str) -> dict[str, list[str]]:
    """Return the allowed parts of sentences by file. Empty lines and lines that begin with # are left out."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            path, _, part = line.partition(":")
            found.setdefault(path.strip(), []).append(part.strip())
    return found


def main(arguments: Sequence[str]) -> int:
    """Print each hit, and return the exit code."""
    command = ["git", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    named = [str(Path(name).resolve().relative_to(ROOT)) for name in arguments if not name.startswith("-")]
    allowed = allowed_parts((ROOT / ALLOWED).read_text(encoding="utf-8"))
    hits: list[Hit] = []
    for name in named or listed:
        checked = name.endswith(SUFFIXES) and not name.startswith(NOT_OURS) and name != ".ci/prose.py"
        if checked and (named or not name.startswith("tests/")):
            hits += find(name, (ROOT / name).read_text(encoding="utf-8"), allowed.get(name, ()))
    if "--count" in arguments:
        for phrase, count in Counter(hit.phrase.name for hit in hits).most_common():
            print(f"{count:5}  {phrase}")
    else:
        for hit in hits:
            print(f"{hit.path}:{hit.line}: {hit.phrase.name!r} (write: {hit.phrase.instead}): {hit.sentence}")
    print(f"{len(hits)} phrases to rewrite." if hits else "No phrases to rewrite.", file=sys.stderr)
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
