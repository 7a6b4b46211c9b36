"""Break the code in one place at a time, and check that a test fails: `python .ci/mutations.py --help`.

`.ci/mutations.toml` lists the mutations: each replaces one piece of text in one file and names the tests of the default
suite that notice it. The script applies them to a copy of the tree, never to the tree itself.

Exit codes: 0, every mutation was caught; 1, at least one survived; 2, the run proves nothing, because an entry no
longer applies or a named test fails without any mutation.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
LIST = Path(".ci", "mutations.toml")
PAGE = Path("docs", "contributing", "mutations.md")
BEGIN, END = "<!-- mutations: begin -->", "<!-- mutations: end -->"
NOT_COPIED = (".git", ".venv", ".ci-venv", "_build", "mutants", "dist", ".*_cache", ".hypothesis", "node_modules")
PASSED, FAILED = 0, 1  # exit codes of pytest; every other one says nothing about the mutation
DEFAULT_MINUTES = 30.0  # for one run of the tests
# The default suite, whatever the arguments name: see tests/support/selection.py.
DEFAULT_SUITE = "not (slow or browser or kernel or third_party or real_server or docs or release)"
FIRST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class Mutation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One breakage.

    Attributes:
        name: unique, for `--only`.
        area: the part of the package, for `--area`.
        breakage: what goes wrong for users, as a phrase.
        file: the file that is changed, relative to the project.
        old: the text that is replaced; it must occur exactly once.
        new: the text that replaces it.
        tests: tests of the default suite, as pytest takes them; at least one of them must fail.
    """

    name: str
    area: str
    breakage: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


class CannotRunError(Exception):
    """The run would prove nothing; the message says why."""


def read(project: Path) -> list[Mutation]:
    """Return the mutations of a project."""
    data = tomllib.loads((project / LIST).read_text(encoding="utf-8"))
    mutations = msgspec.convert(data["mutation"], list[Mutation])
    names = [mutation.name for mutation in mutations]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise CannotRunError(f"{LIST} has two mutations of the same name: {', '.join(doubles)}")
    return mutations


def chosen(mutations: Sequence[Mutation], options: argparse.Namespace) -> list[Mutation]:
    """Return the mutations that the options select."""
    for option, wanted, known in (
        ("--only", options.only, {mutation.name for mutation in mutations}),
        ("--area", options.area, {mutation.area for mutation in mutations}),
    ):
        if unknown := sorted(set(wanted) - known):
            raise CannotRunError(f"{option}: {', '.join(unknown)} is not in {LIST}. Known: {', '.join(sorted(known))}")
    found = [
        mutation
        for mutation in mutations
        if (not options.only or mutation.name in options.only) and (not options.area or mutation.area in options.area)
    ]
    if options.sample is not None and options.sample < len(found):
        drawn = random.Random(options.seed).sample(found, options.sample)
        found = [mutation for mutation in found if mutation in drawn]
    return found


def mutated(project: Path, mutation: Mutation) -> str:
    """Return the text of the file with the mutation applied.

    Raises:
        CannotRunError: the old text does not occur exactly once.
    """
    path = project / mutation.file
    if not path.is_file():
        raise CannotRunError(f"{mutation.name}: {mutation.file} does not exist. Change `file` in {LIST}.")
    text = path.read_text(encoding="utf-8")
    if (count := text.count(mutation.old)) != 1:
        raise CannotRunError(
            f"{mutation.name}: `old` occurs {count} times in {mutation.file}, and must occur once. Change it in {LIST}."
        )
    return text.replace(mutation.old, mutation.new)


def problems(project: Path, mutations: Sequence[Mutation]) -> Iterator[str]:
    """Yield one line for each entry that no longer applies."""
    for mutation in mutations:
        try:
            if mutated(project, mutation) == (project / mutation.file).read_text(encoding="utf-8"):
                yield f"{mutation.name}: `old` and `new` are the same."
        except CannotRunError as error:
            yield str(error)
        for test in mutation.tests:
            path, _, function = test.partition("::")
            found = project / path
            if not found.exists():
                yield f"{mutation.name}: {path} does not exist. Change `tests` in {LIST}."
            elif function and f"def {function.partition('[')[0]}(" not in found.read_text(encoding="utf-8"):
                yield f"{mutation.name}: {path} has no test {function}. Change `tests` in {LIST}."


class Copy:
    """A copy of the project's tree, in which the tests run.

    Args:
        project: the original.
        place: the folder of the copy.
        whole: run the whole default suite instead of the named tests.
        minutes: how long one run of the tests can take.
    """

    def __init__(self, project: Path, place: Path, *, whole: bool, minutes: float) -> None:
        self._whole = whole
        self._minutes = minutes
        self._times = 0
        self.place = place
        shutil.copytree(project, place, ignore=shutil.ignore_patterns(*NOT_COPIED), dirs_exist_ok=True)

    def run(self, tests: Sequence[str]) -> tuple[int, str]:
        """Run tests, or the whole default suite, until the first failure; return the exit code and the output."""
        selection = [] if self._whole else ["-n", "0", "-m", DEFAULT_SUITE, *tests]
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "--tb=short", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, *selection],
            cwd=self.place,
            env={**os.environ, "PYTHONPATH": str(self.place), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60 * self._minutes,
        )
        return done.returncode, done.stdout + done.stderr

    def check_baseline(self, mutations: Sequence[Mutation]) -> None:
        """Run all named tests without a mutation: one that fails then would prove nothing."""
        code, output = self.run(list(dict.fromkeys(test for mutation in mutations for test in mutation.tests)))
        if code != PASSED:
            raise CannotRunError(f"The tests fail without any mutation:\n{output}")

    def try_out(self, mutation: Mutation) -> tuple[str, str]:
        """Apply one mutation, run its tests, and restore the file; return the result and the first test that failed."""
        path = self.place / mutation.file
        text, original, was = mutated(self.place, mutation), path.read_bytes(), path.stat()
        self._times += 1
        try:
            path.write_text(text, encoding="utf-8")
            # Python recognizes a stale .pyc by the file's size and its time in whole seconds.
            os.utime(path, (was.st_atime, was.st_mtime + self._times))
            code, output = self.run(mutation.tests)
        except subprocess.TimeoutExpired:
            return "no result", f"more than {self._minutes:g} minutes"
        finally:
            path.write_bytes(original)
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
        if code == PASSED:
            return "SURVIVED", ""
        if code != FAILED:
            return "no result", f"pytest ended with {code}: {output.strip().splitlines()[-1]}"
        failure = FIRST_FAILURE.search(output)
        return "caught", failure.group(1) if failure else ""


def table(mutations: Sequence[Mutation]) -> str:
    """Return the mutations as a table in Markdown."""
    rows = ["| area | breakage | caught by |", "|---|---|---|"]
    for mutation in sorted(mutations, key=lambda mutation: mutation.area):
        tests = ", ".join(f"`{test.removeprefix('tests/')}`" for test in mutation.tests)
        rows.append(f"| {mutation.area} | {mutation.breakage} | {tests} |")
    return "\n".join(rows)


def page(text: str, mutations: Sequence[Mutation]) -> str:
    """Return a page with the table between its two markers."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise CannotRunError(f"{PAGE} needs the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n\n{table(mutations)}\n\n{END}{after}"


def run(project: Path, mutations: Sequence[Mutation], options: argparse.Namespace) -> int:
    """Try the mutations one after the other, print a row for each, and return the exit code."""
    if found := list(problems(project, mutations)):
        raise CannotRunError("\n".join(found))
    results = []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = Copy(project, Path(folder, "tree"), whole=options.default, minutes=options.minutes)
        copy.check_baseline(mutations)
        width = max((len(mutation.name) for mutation in mutations), default=0)
        for mutation in mutations:
            begun = time.monotonic()
            result, detail = copy.try_out(mutation)
            results.append(result)
            seconds = time.monotonic() - begun
            print(f"{mutation.area:<19} {mutation.name:<{width}} {result:<9} {seconds:5.1f} s  {detail}", flush=True)
    counts = {result: results.count(result) for result in ("caught", "SURVIVED", "no result")}
    print(", ".join(f"{count} {result.lower()}" for result, count in counts.items()))
    if counts["no result"]:
        return 2
    return 1 if counts["SURVIVED"] else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(description="Break the code in one place at a time, and check that a test fails.")
    made.add_argument("--only", metavar="NAME", action="append", default=[], help="Try this mutation. Repeatable.")
    made.add_argument("--area", action="append", default=[], help="Try the mutations of this area. Repeatable.")
    made.add_argument("--sample", metavar="N", type=int, help="Try N of the selected mutations, chosen at random.")
    made.add_argument("--seed", default=str(random.randrange(10**6)), help="Seed of --sample. Default: a random one.")
    made.add_argument("--default", action="store_true", help="Run the whole default suite, not only the named tests.")
    made.add_argument("--minutes", type=float, default=DEFAULT_MINUTES, help="Time limit of one run of the tests.")
    made.add_argument("--list", action="store_true", help="List the selected mutations, and whether they apply.")
    made.add_argument("--markdown", action="store_true", help=f"Write the table into {PAGE}.")
    made.add_argument("--project", type=Path, default=ROOT, help=argparse.SUPPRESS)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    options = parser().parse_args(words)
    project = options.project
    try:
        mutations = read(project)
        if options.markdown:
            path = project / PAGE
            path.write_text(page(path.read_text(encoding="utf-8"), mutations), encoding="utf-8")
            return 0
        mutations = chosen(mutations, options)
        if options.list:
            for mutation in mutations:
                print(f"{mutation.area:<19} {mutation.name}: {mutation.breakage}")
            if found := list(problems(project, mutations)):
                raise CannotRunError("\n".join(found))
            return 0
        if options.sample is not None:
            print(f"seed {options.seed}")
        return run(project, mutations, options)
    except CannotRunError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
