"""The lists of a workspace's own server, and the commands that show them."""

from __future__ import annotations

from zenpro_nb.resources import WORKSPACE_LISTS, Resource

# `snapshots` shows run templates as rows of its own, with its own columns.
SHOWN = [resource for resource in WORKSPACE_LISTS if resource.noun != "run-templates"]


def noun_of(resource: Resource) -> str:
    """The noun that people type for a list."""
    return (resource.parent or resource.noun).split()[0]
