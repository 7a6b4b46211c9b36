"""The table of the API: every resource, declared once."""

from __future__ import annotations

from zenpro_nb.resources.control_plane import CONTROL_PLANE
from zenpro_nb.resources.model import Column, DataType, Display, Filter, Paging, Resource, Table
from zenpro_nb.resources.workspace import WORKSPACE_LISTS

RESOURCES: dict[str, Resource] = {resource.noun: resource for resource in (*CONTROL_PLANE, *WORKSPACE_LISTS)}

__all__ = [
    "CONTROL_PLANE",
    "RESOURCES",
    "WORKSPACE_LISTS",
    "Column",
    "DataType",
    "Display",
    "Filter",
    "Paging",
    "Resource",
    "Table",
]
