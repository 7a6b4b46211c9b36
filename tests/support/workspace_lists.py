"""The lists of a workspace's server, and their commands."""

from __future__ import annotations

from zenpro_nb.resources import WORKSPACE_LISTS, Resource

# `snapshots` shows run templates as additional rows, with its own columns.
SHOWN = [resource for resource in WORKSPACE_LISTS if resource.noun != "run-templates"]


def noun_of(resource: Resource) -> str:
    """Return the noun that users type for a list."""
    return (resource.parent or resource.noun).split()[0]
