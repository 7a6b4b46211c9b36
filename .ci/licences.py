"""Write THIRD-PARTY.md, and look at the licence of everything that an installation brings: `python .ci/licences.py`.

Nothing of others is part of the sdist or of the wheel: pip or conda installs it beside them. The page says which
licences people agree to who install the package with its extras. Licences are read from what is installed here.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "THIRD-PARTY.md"
# What a user installs; the tools of those who work on the package are theirs to judge.
EXTRAS = ("sandbox", "excel", "polars", "sql", "keyring", "interactive", "png", "demo")
# A distributor of the package with its dependencies owes only a notice: permissive licences, and those
# that stay with the files that have them (MPL, LGPL: libraries that are imported and not changed).
ALLOWED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Python-2\.0|HPND|MPL-2\.0|Mozilla Public License 2\.0|LGPL|"
    r"Lesser General Public|Unlicense|CC0|0BSD|Zlib|CNRI",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"(?<!L)\bA?GPL|Affero|(?<!Lesser )General Public License|proprietary|commercial", re.IGNORECASE)
HEAD = """\
# Licences of what is installed beside this package

zenpro_nb itself is under the [Apache License 2.0](LICENSE), and neither its sdist nor its wheel contains anything of
others. Installing it brings these packages, each under its own licence, and those that they need in turn.
`python .ci/licences.py` writes this page from the metadata of what is installed, and refuses licences that would bind
whoever uses the package.

| package | needed for | licence |
|---|---|---|
"""


def licence(package: Distribution) -> str:
    """Return the licence of a package in the words of its metadata."""
    fields = package.metadata
    if expression := fields.get("License-Expression"):
        return str(expression)
    classifiers = [line for line in fields.get_all("Classifier") or () if line.startswith("License ::")]
    text = (fields.get("License") or "").strip().removeprefix("UNKNOWN")
    if text and "\n" not in text and len(text) <= 40:  # a name, and not the licence itself
        return text
    return ", ".join(line.rpartition(" :: ")[2] for line in classifiers) or text.partition("\n")[0] or "unknown"


def declared() -> Iterator[tuple[str, str]]:
    """Yield each direct dependency and what it is needed for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        yield Requirement(line).name, "everything"
    for extra in EXTRAS:
        for line in project["optional-dependencies"][extra]:
            if canonicalize_name(Requirement(line).name) != project["name"]:
                yield Requirement(line).name, f"`[{extra}]`"


def page() -> str:
    """Return the page."""
    rows = sorted(declared(), key=lambda row: (row[1] != "everything", row[1], row[0]))
    return HEAD + "".join(f"| {name} | {purpose} | {licence(distribution(name))} |\n" for name, purpose in rows)


def everything(names: Iterable[str]) -> dict[str, Distribution]:
    """Return the packages of these names, and those that they need in turn, as far as they are installed."""
    found: dict[str, Distribution] = {}
    seen = set()
    waiting = [(name, frozenset[str]()) for name in names]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another system
            continue
        found[canonicalize_name(name)] = package
        environments = [{**default_environment(), "extra": extra} for extra in extras or {""}]
        needed = [Requirement(line) for line in package.requires or ()]
        waiting += [
            (item.name, frozenset(item.extras))
            for item in needed
            if item.marker is None or any(item.marker.evaluate(dict(environment)) for environment in environments)
        ]
    return found


def refused(packages: Iterable[Distribution]) -> list[str]:
    """Return a line for each package whose licence restricts users of this package, or that declares none."""
    said = [(package.name, licence(package)) for package in packages]
    return [f"{name}: {text}" for name, text in said if FORBIDDEN.search(text) or not ALLOWED.search(text)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    if objections := refused(everything(name for name, _ in declared()).values()):
        sys.exit("\n".join(["These licences need somebody's look:", *objections]))
