"""Reading an OpenAPI document: its routes, fields and parameters. Pure functions over dicts.

Anything that a document does not specify is not guessed: a model without properties may have any field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb import limits

Schema = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")


class Parameter(Struct, frozen=True):
    """A query parameter, with the server's default and its maximum."""

    name: str
    default: object = None
    maximum: float | None = None


class Operation(Struct, frozen=True):
    """One route of the document."""

    method: str
    path: str
    query: Mapping[str, Parameter]
    response: Schema  # of a 200; empty if the document does not specify it


class OpenApiDocument:
    """An OpenAPI 3 document.

    Args:
        data: the document.
        prefix: what the document's paths may begin with, but zenpro's do not: `/api/v1`.
    """

    def __init__(self, data: Mapping[str, Any], prefix: str = "") -> None:
        self._data = data
        paths = _mapping(data.get("paths"))
        within = bool(prefix) and bool(paths) and all(str(path).startswith(prefix + "/") for path in paths)
        cut = len(prefix) if within else 0
        operations = [
            self._operation(method.upper(), str(path)[cut:], _mapping(record.get(method)), record)
            for path, record in ((path, _mapping(value)) for path, value in paths.items())
            for method in _METHODS
            if method in record
        ]
        self.operations = {(operation.method, shape(operation.path)): operation for operation in operations}

    def find(self, method: str, path: str) -> Operation | None:
        """Return the route with this path, whatever the names in its braces."""
        return self.operations.get((method, shape(path)))

    def item_model(self, schema: Schema) -> Schema | None:
        """Return the model of a list's items, or None if the schema is not a list."""
        resolved = self._resolve(schema)
        return _mapping(resolved.get("items")) if "items" in resolved or resolved.get("type") == "array" else None

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Return the fields of a model, including all its variants; empty if the document names none."""
        return dict(self._properties(schema, ()))

    def has(self, schema: Schema, steps: Sequence[str]) -> bool:
        """Return whether a model has a field, such as `organization.name`; True if the document does not specify it."""
        for step in steps:
            fields = self.properties(schema)
            if not fields:
                return True
            name = step.removesuffix("[]")
            if name not in fields:
                return False
            schema = fields[name]
            if step.endswith("[]"):
                models = (self.item_model(variant) for variant in self._variants(schema))
                schema = next((model for model in models if model is not None), {})
        return True

    def _operation(self, method: str, path: str, data: Schema, shared: Schema) -> Operation:
        parameters = [self._resolve(entry) for source in (shared, data) for entry in source.get("parameters") or ()]
        query = {
            str(parameter["name"]): self._parameter(parameter)
            for parameter in parameters
            if parameter.get("in") == "query"
        }
        content = _mapping(_mapping(_mapping(data.get("responses")).get("200")).get("content"))
        return Operation(method, path, query, _mapping(_mapping(content.get("application/json")).get("schema")))

    def _parameter(self, data: Schema) -> Parameter:
        schema = self._resolve(_mapping(data.get("schema")))
        largest = [float(variant["maximum"]) for variant in self._variants(schema) if "maximum" in variant]
        return Parameter(str(data["name"]), schema.get("default"), min(largest, default=None))

    def _properties(self, schema: Schema, visited: tuple[str, ...]) -> Iterator[tuple[str, Schema]]:
        reference = str(schema.get("$ref", ""))
        if reference in visited:
            return
        resolved = self._resolve(schema)
        for name, value in _mapping(resolved.get("properties")).items():
            yield str(name), _mapping(value)
        for word in ("allOf", "anyOf", "oneOf"):
            for variant in resolved.get(word) or ():
                yield from self._properties(_mapping(variant), (*visited, reference) if reference else visited)

    def _variants(self, schema: Schema) -> list[Schema]:
        resolved = self._resolve(schema)
        inner = [_mapping(variant) for word in ("allOf", "anyOf", "oneOf") for variant in resolved.get(word) or ()]
        return [resolved, *(self._resolve(variant) for variant in inner)]

    def _resolve(self, schema: Schema) -> Schema:
        """Return the schema that a reference points to."""
        for _ in range(limits.SCHEMA_REFERENCES):
            reference = str(schema.get("$ref", ""))
            if not reference.startswith("#/"):
                return schema
            target: Any = self._data
            for step in reference[2:].split("/"):
                target = _mapping(target).get(step.replace("~1", "/").replace("~0", "~"))
            schema = _mapping(target)
        return schema


def shape(path: str) -> str:
    """Return the path with the names in its braces removed.

    >>> shape("/teams/{team_id}/members") == shape("/teams/{id}/members")
    True
    """
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/") or "/"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
