"""The sentence that answers a command whose list has no rows: why it is empty."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.counts import counted, plural
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.suggestions import did_you_mean

_MARK = re.compile(r"^(\w+)(!=|<=|>=|=|<|>|~)")


def of_empty(before: frames.Table, options: ListOptions, resource: Resource | None = None) -> str:
    """Return why a list has no rows.

    Args:
        before: its rows before `--where` selected some of them, with its attrs.
        options: the options of the command.
        resource: its declaration.
    """
    facts = frames.facts(before)
    noun = str(facts.get("noun") or "")
    item = singular(noun) if noun.endswith("s") else "row"
    # Marked conditions were applied while the list was read: `assignments --user ada@example.com`.
    marked = [_MARK.sub(r"\1 \2 ", text, count=1) for text in facts.get("where", ())]
    texts = list(dict.fromkeys([*marked, *_texts(options)]))
    if not texts:
        return (
            resource.empty if resource is not None and resource.empty else f"there are no {plural(item)}{_place(facts)}"
        )
    answer = f"no {item}{_place(facts)} matches {' and '.join(texts)}"
    if not len(before):
        return answer
    name, values = _values(before, options)
    these = counted(len(before), item)
    if not facts.get("complete") and len(before) == limits.COMPARED_ROWS:
        these = f"the first {these}"
    if not values:
        return f"{answer}; {these} did not match"
    if len(values) == 1:
        return f"{answer}; {these} {'has' if len(before) == 1 else 'have'} {name} = {values[0]}"
    is_short = len(values) <= limits.NAMES_IN_MESSAGE
    listed = f"have {len(values):,} different values of {name}: {', '.join(sorted(values))}"
    sentence = f"{answer}; {these} {listed if is_short else 'did not match'}"
    condition = options.where.conditions[0]
    words = condition.words or (str(condition.value),)
    hints = [did_you_mean(word, values) or ("" if is_short else _closest(word, name, values)) for word in words]
    return ". ".join([sentence, *filter(None, hints)])


def _closest(word: str, name: str, values: list[str]) -> str:
    """Return a sentence with the most similar value, if the others are too many to list; "" for IDs."""
    by_key = {value.casefold(): value for value in values if not is_id(value)}
    keys = difflib.get_close_matches(word.casefold(), by_key, n=1, cutoff=limits.CLOSEST_LIKENESS)
    return f"The most similar {name} is '{by_key[keys[0]]}'" if keys else ""


def rows_to_compare(
    frame: frames.Table, options: ListOptions, resource: Resource, read: Callable[[ListOptions], frames.Table]
) -> frames.Table:
    """Return the rows that a condition was compared with, if the server compared them itself and found none.

    Args:
        read: reads the list.
    """
    conditions = options.where.conditions
    if len(conditions) != 1 or resource.paging is Paging.PAGE:
        return frame
    if options.raw or options.at is not None or options.limit is not None:
        return frame
    wider = replace(
        options,
        where=options.where.without(conditions),
        columns=conditions[0].column,
        limit=limits.COMPARED_ROWS,
        sort=None,
        plot=False,
    )
    try:
        return read(wider)
    except ZenProError:
        return frame  # the list itself was read, and its answer is only shorter


def _texts(options: ListOptions) -> Iterator[str]:
    """Yield the conditions of the command, as typed."""
    named = {filter_.name for filter_ in options.resource.filters if filter_.refers_to}
    for name, value in options.filters.items():
        if value is not None and value != ():
            name = name.removesuffix("_id") if name in named else name
            values = value if isinstance(value, list | tuple) else [value]
            yield f"{name} = {', '.join(str(part).lower() if isinstance(part, bool) else str(part) for part in values)}"
    for condition in options.where.conditions:
        value = "''" if condition.value is None else condition.value
        yield f"{condition.column} {condition.operator} {value}"


def _values(before: frames.Table, options: ListOptions) -> tuple[str, list[str]]:
    """Return the column of the only condition, and its different texts; none for other conditions."""
    conditions = options.where.conditions
    if len(conditions) != 1 or conditions[0].operator not in ("=", "~"):
        return "", []
    frame = frames.as_frame(before)
    if conditions[0].column not in frame.columns:
        return "", []
    values = frame[conditions[0].column].dropna()
    if not all(isinstance(value, str) for value in values):
        return "", []
    return conditions[0].column, values.drop_duplicates().tolist()


def _place(facts: Mapping[str, Any]) -> str:
    workspaces = facts.get("workspaces") or ()
    if workspaces:
        return f" in {workspaces[0] if len(workspaces) == 1 else f'{len(workspaces)} workspaces'}"
    return f" in {facts['organization']}" if facts.get("organization") else ""
