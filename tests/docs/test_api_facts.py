"""Comments cite the facts about the API by their number on the page, so each cited number must be there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/api-facts.md"
_NUMBER = r"\d+\.\d+"
_CITATION = re.compile(
    rf"API\s+(?:#\s*)?facts?\s+(?:#\s*)?({_NUMBER}(?:(?:,| and|, and| to|, to)\s+(?:#\s*)?{_NUMBER})*)"
)
_FOLDERS = ("zenpro_nb", "tests", "benchmarks", "docs", ".ci")


def _facts() -> dict[str, str]:
    """Return the text of each fact by its number, up to the next fact or heading."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(rf"^(?:\*\*({_NUMBER})\*\*|#)", text, flags=re.MULTILINE)
    found = [(number, body) for number, body in zip(parts[1::2], parts[2::2], strict=True) if number]
    assert len({number for number, _ in found}) == len(found), "two facts have the same number"
    return dict(found)


def _citations() -> list[tuple[str, str]]:
    """Return every cited number with its file."""
    listed = subprocess.run(["git", "ls-files", *_FOLDERS], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split() or [str(path.relative_to(ROOT)) for path in ROOT.glob("zenpro_nb/**/*.py")]
    found = []
    for name in names:
        if Path(name).suffix not in {".py", ".md", ".txt", ".toml"} or name.endswith("test_api_facts.py"):
            continue
        for citation in _CITATION.finditer((ROOT / name).read_text(encoding="utf-8")):
            found += [(name, number) for number in re.findall(_NUMBER, citation[1])]
    return found


def test_every_cited_fact_exists() -> None:
    """A comment cites a number that is on the page."""
    facts, citations = _facts(), _citations()
    assert len(citations) > 200
    assert [(name, number) for name, number in citations if number not in facts] == []


def test_every_fact_is_observed_or_inferred() -> None:
    """A fact states how it is known, and an observed fact names its source."""
    facts = _facts()
    unstated = [number for number, text in facts.items() if not re.search(r"\*(?i:observed|inferred)", text)]
    sources = set(re.findall(r"^\| ([A-Z]\d*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    named = rf"\b(?:{'|'.join(sources)})\b|`zenml-io/zenml`"
    unsourced = [number for number, text in facts.items() if "bserved" in text and not re.search(named, text)]
    assert (unstated, unsourced) == ([], [])


def test_no_comment_cites_a_document_that_is_not_here() -> None:
    """References use the numbers of the page, not sections of a document elsewhere."""
    old = re.compile(r"(?i:fact sheet)|(?<!RFC \d{4}, )(?<!Sections )\b[Ss]ections? \d+(?:\.\d+)?\b")
    stale = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in ROOT.glob("zenpro_nb/**/*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if old.search(line)
    ]
    assert stale == []
