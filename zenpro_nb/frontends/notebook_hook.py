"""The pre-commit hook: `notebooks check` without DataFrames. Its environment has neither pandas nor pyarrow."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from zenpro_nb.commands.tool.line_check import checker
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import ZenProError
from zenpro_nb.sharing.checks import SEVERITIES, NotebookFinding, scan_file
from zenpro_nb.syntax.counts import counted
from zenpro_nb.ui import console

_FAILED, _FOUND = 1, 3


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, type=click.Path())
@click.option(
    "--fail-on",
    type=click.Choice([*reversed(SEVERITIES), "never"]),
    default="low",
    show_default=True,
    help="Fail if a finding is at least as severe.",
)
@click.option("--allow", multiple=True, metavar="ADDRESS", help="Allow an address or domain. Can be repeated.")
def main(files: tuple[str, ...], fail_on: str, allow: tuple[str, ...]) -> None:
    """Check notebooks before they are shared. Works offline: no server is contacted and no cell is run."""
    findings: list[tuple[str, NotebookFinding]] = []
    try:
        for name in files:
            findings += [(name, finding) for finding in scan_file(Path(name), allow, checker(tree))]
    except ZenProError as error:
        for line in error.lines():
            console.say(line)
        sys.exit(_FAILED)
    if not findings:
        return
    findings.sort(key=lambda pair: SEVERITIES.index(pair[1].severity))
    counts = Counter(finding.severity for _, finding in findings)
    totals = ", ".join(f"{counts[severity]} {severity}" for severity in reversed(SEVERITIES) if counts[severity])
    console.say(f"{totals} in {counted(len(files), 'notebook')}, the most severe last:", on_stdout=True)
    for name, finding in findings:
        console.say(_line(name, finding), on_stdout=True)
    worst = SEVERITIES.index(findings[-1][1].severity)
    if fail_on != "never" and worst >= SEVERITIES.index(fail_on):
        sys.exit(_FOUND)


def _line(name: str, finding: NotebookFinding) -> str:
    where = f"{name}:cell {finding.cell}" if finding.cell else name
    place = f" ({finding.location})" if finding.location else ""
    return f"{where}: {finding.severity} {finding.check}{place}: {finding.problem}. {finding.fix}"


if __name__ == "__main__":
    main()
