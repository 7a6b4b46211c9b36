"""Provide examples of commands: lines that run unchanged in the sandbox, from docstrings or built from the resource.

An example is written without the prefix of a command: `teams get Platform`. Its result can be assigned, as in
`one = runs --limit 1`, and used by the following examples as `{one.id}`. The comment above an example, `# Show a team`,
states its effect.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zenpro_nb import query
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.resources.nouns import words
from zenpro_nb.syntax.unparse import quoted

# Where the sandbox has the sample objects of lists inside workspaces.
WORKSPACE, PROJECT = "ml-prod", "churn"

COMMENT = "# "

_SECTION = re.compile(r"^Examples?:\n(?P<lines>(?:[ \t]+\S.*\n?|\n)*)", re.MULTILINE)
_ASSIGNED = re.compile(r"(?P<name>\w+) = (?P<line>.*?(?P<one> --limit 1)?)")
_FIELD = re.compile(r"\{(?P<name>\w+)\.(?P<column>\w+)\}")


def examples_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the lines of the section `Examples:` of a function's docstring: each example below its comment.

    >>> def archive():
    ...     '''Archive a team.
    ...
    ...     Examples:
    ...         # Hide a team from all lists
    ...         teams archive Platform
    ...     '''
    >>> examples_of(archive)
    ('# Hide a team from all lists', 'teams archive Platform')
    """
    section = _SECTION.search(inspect.cleandoc(function.__doc__ or ""))
    return tuple(line.strip() for line in section["lines"].splitlines() if line.strip()) if section else ()


def of_list(resource: Resource, noun: str = "") -> tuple[str, ...]:
    """Return examples of a list: the newest rows, and saving them to a file."""
    line = f"{noun or resource.noun}{_place(resource)}"
    latest = (
        f"{line} --sort -created --limit 5" if any(column.name == "created" for column in resource.columns) else line
    )
    effect = "List the five newest" if latest != line else f"List all {words(resource.noun)}"
    return f"# {effect}", latest, "# Save all of them as CSV", f"{line} --save {resource.noun}.csv"


def of_get(resource: Resource) -> tuple[str, ...]:
    """Return an example of `get`: by the name of a sample object, otherwise by the id of the first row.

    >>> from zenpro_nb.resources.control_plane import TEAMS
    >>> of_get(TEAMS)
    ('# Show one by its name', 'teams get Platform')
    """
    place = _place(resource)
    if resource.sample:
        return "# Show one by its name", f"{resource.noun} get {quoted(resource.sample)}{place}"
    first = f"one = {resource.noun}{place} --limit 1"
    return "# Get one", first, "# Show it", f"{resource.noun} get {{one.id}}{place}"


def example_lines(examples: Sequence[str], command: str, *, variables: bool) -> Iterator[str]:
    r"""Yield the examples as the user types them after `%zenpro` or `zenpro`.

    Without Python variables, a single value is passed in a shell variable, and examples that need a whole column are
    left out with their comments.

    >>> lines = ["one = runs --limit 1", "runs get {one.id}", "df = users", "members remove {df.email}"]
    >>> print(*example_lines(lines[:2], "%zenpro", variables=True), sep="\n")
    one = %zenpro runs --limit 1
    %zenpro runs get {one.id}
    >>> print(*example_lines(lines, "zenpro", variables=False), sep="\n")
    one=$(zenpro runs --limit 1 --columns id --format csv | tail -n 1)
    zenpro runs get "$one"
    """
    column_of = {field["name"]: field["column"] for line in examples for field in _FIELD.finditer(line)}
    single_values = {match["name"] for line in examples if (match := _ASSIGNED.fullmatch(line)) and match["one"]}
    comments: list[str] = []
    for example in examples:
        if example.startswith(COMMENT):
            comments.append(example)
            continue
        assignment = _ASSIGNED.fullmatch(example)
        name, line = (assignment["name"], assignment["line"]) if assignment else ("", example)
        fields = {field["name"] for field in _FIELD.finditer(line)}
        if variables:
            yield from comments
            yield f"{name} = {command} {line}" if name else f"{command} {line}"
        elif fields | ({name} - {""}) <= single_values:
            yield from comments
            shell_line = f"{command} " + _FIELD.sub(r'"$\g<name>"', line)
            yield f"{name}=$({shell_line} --columns {column_of[name]} --format csv | tail -n 1)" if name else shell_line
        comments.clear()


def _place(resource: Resource) -> str:
    """Return the options that select the workspace and project of a resource's sample objects in the sandbox."""
    if resource.paging is not Paging.PAGE:  # only workspaces page by number
        return ""
    project = query.ALL if resource.sample_workspace else PROJECT
    return f" --workspace {resource.sample_workspace or WORKSPACE}" + (
        f" --project {project}" if resource.scoped else ""
    )
