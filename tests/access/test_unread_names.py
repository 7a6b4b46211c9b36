"""A name in a list that the account may not read: the error does not claim that the object does not exist."""

from __future__ import annotations

import pytest

from tests.access.conftest import SignIn
from tests.support.person import Person
from tests.support.sandbox import SandboxProcess
from zenpro_nb.access import Inventory, effective_access, missing, select
from zenpro_nb.access.model.inventory import Gap, list_of
from zenpro_nb.access.model.names import principal_ids, role_ids
from zenpro_nb.errors import PermissionDeniedError, UnknownNameError


def test_an_account_that_may_not_read_roles(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    shell = sign_in(**Person(sandbox).take("Organization Member").settings)
    error = shell.error("%zenpro access --role 'Organization Admin' --org acme")
    assert isinstance(error, PermissionDeniedError)
    assert str(error) == (
        "The roles of acme could not be read, so it is unknown whether there is a role 'Organization Admin' "
        "(HTTP 403). Ask an Organization Admin of acme "
        "for a role with the permission read:role, such as Organization Viewer."
    )
    # Without assignments, no path does not mean no access.
    frame = shell.run("%zenpro access grace@example.com --org acme")
    answer = "unknown whether grace@example.com has access in acme: not all lists could be read"
    assert frame.attrs["zenpro"]["answer"] == answer
    # The role that the error names is enough.
    reader = sign_in(**Person(sandbox).take("Organization Viewer").settings)
    assert len(reader.run("%zenpro access --role 'Organization Admin' --org acme"))


def test_roles_that_could_not_be_read_for_another_reason() -> None:
    whole = Inventory.of({"roles": [{"id": "1", "name": "Ops"}]})
    with pytest.raises(UnknownNameError, match="There is no role 'ops admins'"):
        role_ids(whole, "ops admins")
    unread = list_of("roles", complete=False, gap=Gap("failed", "HTTP 500."))
    with pytest.raises(UnknownNameError, match=r"it is unknown whether there is a role 'Ops'. HTTP 500\."):
        role_ids(Inventory.of({"roles": unread}), "Ops")


def test_members_that_could_not_be_read() -> None:
    unread = list_of("members", complete=False, gap=Gap("forbidden", "Insufficient permissions."))
    with pytest.raises(UnknownNameError, match=r"The members of the organization could not be read.*\(HTTP 403\)"):
        principal_ids(Inventory.of({"members": unread}), "ada@example.com")


def test_admins_of_the_organization_are_listed_without_workspaces_and_roles() -> None:
    unread = list_of("workspaces", complete=False, gap=Gap("forbidden", "Insufficient permissions."))
    assigned = [
        {"user_id": "1", "role_id": "7", "role": "Organization Admin", "level": "organization"},
        {"user_id": "1", "role_id": "8", "role": "Workspace Admin", "level": "workspace", "workspace_id": "9"},
    ]
    lists = {"users": [{"id": "1", "email": "ada@example.com", "is_superuser": True}], "workspaces": unread}
    for custom in (False, True):
        roles = [{"id": "8", "name": "Workspace Admin", "level": "workspace", "system_managed": not custom}]
        inventory = Inventory.of({**lists, "assignments": assigned, "roles": roles})
        found = select(effective_access(inventory), inventory, admins=True)
        organization = ["superuser", "Organization Admin"]
        assert sorted(found["role"].tolist()) == sorted([*organization, *([] if custom else ["Workspace Admin"])])
        assert any(line.startswith("workspaces: superusers, owners, ") for line in missing(inventory))
