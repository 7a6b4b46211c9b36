"""The lists of a workspace, which is a ZenML server (API facts 9.4; the routes are those of its 0.98.0).

`devices`, `users`, `service-accounts` and `api-keys` are nouns of the control plane, so the workspace's own are called
`workspace-devices` and so on.
"""

from __future__ import annotations

from zenpro_nb.resources.workspace.columns import METADATA, needs_hydration
from zenpro_nb.resources.workspace.models import MAKING
from zenpro_nb.resources.workspace.people import PEOPLE
from zenpro_nb.resources.workspace.pipelines import PLANNING
from zenpro_nb.resources.workspace.runs import RUNNING
from zenpro_nb.resources.workspace.stacks import STACK_LISTS

WORKSPACE_LISTS = (*RUNNING, *PLANNING, *STACK_LISTS, *MAKING, *PEOPLE)

__all__ = ["METADATA", "WORKSPACE_LISTS", "needs_hydration"]
