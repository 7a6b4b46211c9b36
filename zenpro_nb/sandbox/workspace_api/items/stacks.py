"""Stacks, components, connectors, secrets and tags. Only code repositories belong to a project."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from typing_extensions import override

from zenpro_nb.sandbox.workspace_api.items.base import DataType, Document, Fields, Item

STACK: DataType[Stack] = DataType("stack", "stack")
COMPONENT: DataType[Component] = DataType("component", "stack_component")
FLAVOR: DataType[Document] = DataType("flavor", "flavor")
CONNECTOR: DataType[Document] = DataType("service connector", "service_connector")
SECRET: DataType[Secret] = DataType("secret", "secret")
CODE_REPOSITORY: DataType[Document] = DataType("code repository", "code_repository", scoped=True)
CODE_REFERENCE: DataType[Document] = DataType("code reference", owned=False, nested=False, has_name=False)
PROJECT: DataType[Document] = DataType("project", "project", owned=False, nested=False)
TAG: DataType[Tag] = DataType("tag", "tag")


class Component(Document):
    """A component of stacks."""

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item | None, flavor: Document, connector: Item | None,
        *, configuration: Fields, resource_id: str | None,
    ) -> None:  # fmt: skip
        super().__init__(
            COMPONENT, item_id, name, created, owner,
            body={
                "type": flavor.body(created)["type"],
                "flavor_name": flavor.name,
                "integration": flavor.body(created)["integration"],
                "logo_url": flavor.body(created)["logo_url"],
            },
            metadata={
                "configuration": configuration, "environment": {}, "secrets": [], "labels": {},
                "connector_resource_id": resource_id, "connector": connector,
            },
            resources={"flavor": flavor},
        )  # fmt: skip
        self.type = str(flavor.body(created)["type"])
        self._stacks: list[Item] = []

    def join(self, stack: Item) -> None:
        """Record that the component is part of a stack."""
        self._stacks.append(stack)

    def stacks(self, now: datetime) -> list[Item]:
        """Return the stacks that contain it."""
        return self._stacks


class Stack(Document):
    """A set of components that work together."""

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item | None, components: list[Component],
        description: str,
    ) -> None:  # fmt: skip
        by_type: dict[str, list[Component]] = {}
        for component in components:
            by_type.setdefault(component.type, []).append(component)
        super().__init__(
            STACK, item_id, name, created, owner,
            metadata={
                "components": by_type, "description": description, "stack_spec_path": None, "environment": {},
                "secrets": [], "labels": {},
            },
        )  # fmt: skip
        self.components = components
        for component in components:
            component.join(self)

    def parts(self, now: datetime) -> list[Component]:
        """Return its components."""
        return self.components

    def of_type(self, kind: str) -> Component | None:
        """Return its component of this type."""
        return next((component for component in self.components if component.type == kind), None)


class Secret(Document):
    """A secret. Its values are shown only to callers with permission to read them, and never in lists."""

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item | None, values: dict[str, str], *, private: bool
    ) -> None:
        super().__init__(SECRET, item_id, name, created, owner, body={"private": private, "values": {}})
        self.private = private
        self.values = values


class Tag(Item):
    """A label for items."""

    def __init__(self, item_id: str, name: str, created: datetime, owner: Item, color: str) -> None:
        super().__init__(TAG, item_id, name, created, owner)
        self._color = color
        self._uses: Counter[str] = Counter()

    def use(self, resource_type: str, number: int = 1) -> None:
        """Increase the number of items of this type that have the tag."""
        self._uses[resource_type] += number

    def tagged_types(self, now: datetime) -> list[str]:
        """Return the types of items that have the tag."""
        return [resource_type for resource_type, number in self._uses.items() if number > 0]

    @override
    def own_body(self, now: datetime) -> Fields:
        return {"color": self._color, "exclusive": False}

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"tagged_count": self._uses.total()}
