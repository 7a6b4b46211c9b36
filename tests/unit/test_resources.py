"""The table of the API names no column, filter or noun that is not there."""

from __future__ import annotations

import pytest

from zenpro_nb.resources import RESOURCES, Resource

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)


@EACH
def test_label_paths_are_columns(resource: Resource) -> None:
    columns = {column.name for column in resource.columns}
    if columns:
        assert {resource.label, *resource.aliases} <= columns
    else:
        assert resource.schemaless, "only what has an unknown shape may declare no columns"


@EACH
def test_columns_and_filters_are_unique(resource: Resource) -> None:
    for names in ([column.name for column in resource.columns], [filter_.name for filter_ in resource.filters]):
        assert len(names) == len(set(names))


@EACH
def test_it_is_looked_up_by_a_filter_of_its_own(resource: Resource) -> None:
    assert not resource.lookup or resource.lookup in {filter_.name for filter_ in resource.filters}


@EACH
def test_filters_name_nouns_of_the_table(resource: Resource) -> None:
    assert {filter_.refers_to for filter_ in resource.filters if filter_.refers_to} <= set(RESOURCES)


@EACH
def test_the_help_of_a_filter_has_no_full_stop(resource: Resource) -> None:
    # The help of its option adds one.
    assert [filter_.help for filter_ in resource.filters if filter_.help.endswith(".")] == []
