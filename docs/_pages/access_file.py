"""The page about `access.yaml`: its keys in the order of the parser, and their types and meanings from the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from zenpro_nb.access.desired.parsing import desired_state
from zenpro_nb.errors import UsageError

_HEAD = """# The file access.yaml

The keys of the file that `plan`, `apply`, and `access --after` read, and `export` writes. The guide [Manage access as
code](../how-to/access-as-code.md) shows how to work with it.

<!-- Made by `python docs/generate.py` from the parser and its JSON schema; a test checks that it matches the code. -->

## Keys

`NAME` stands for a name that you choose: of a team, role, workspace, or group. `ID` is the ID of a project.

| key | value | meaning |
|---|---|---|
"""
_REST = """
An unknown key, a duplicate key or entry, an empty value, or a value of another type is an error with the line number.

## Principals

| notation | refers to |
|---|---|
| `ada@example.com` | the account with this email address, otherwise an open invitation |
| `team:NAME` | a team |
| `bot:NAME` | a service account |
| `id:UUID` | any of them, by ID |

## Example

```yaml
{example}```

## JSON schema

Editors and your own checks can use the JSON schema in the package:

```{{code-block}} text
python -c "from importlib.resources import files
print((files('zenpro_nb.access.desired') / 'access.schema.json').read_text())" > access.schema.json
```

Editors with a YAML language server read `# yaml-language-server: $schema=access.schema.json` in the first line of the
file.
"""
EXAMPLE = """\
zenpro: 1
organization: acme
manage: {teams: exact}               # remove members that are not listed; everything else is additive
protect:
  users: [ada@example.com]
  max_removals: 40%
groups:
  okta-research: {team: Research}
teams:
  Research:
    previously: [Science]
    description: Looks for new methods
    members: [grace@example.com, "bot:ci-bot"]
organization_roles:
  Organization Viewer: ["team:Research"]
workspace_roles:
  ml-prod:
    Workspace Developer: ["team:Research"]
    projects:
      3fa85f64-5717-4562-b3fc-2c963f66afa6: {Project Viewer: [linus@example.com]}
"""
_VALID_KEYS = re.compile(r"Valid keys: (.+)\.")
# Where the schema allows any name, by the key that contains it.
_PLACEHOLDERS = {"projects": "ID"}
_TYPES = {"integer": "a whole number", "string": "text", "array": "a list", "object": "a mapping"}
_PROBE = "zz-no-such-key-zz"


def page() -> str:
    """Return the page."""
    desired_state(EXAMPLE, "access.yaml")  # raises an error if the example is not valid
    rows = [f"| `{key}` | {kind} | {meaning} |" for key, kind, meaning in keys()]
    return _HEAD + "\n".join(rows) + "\n" + _REST.format(example=EXAMPLE)


def keys() -> Iterator[tuple[str, str, str]]:
    """Yield each key with its path, type and meaning, in the order of the parser."""
    schema = json.loads(files("zenpro_nb.access.desired").joinpath("access.schema.json").read_text(encoding="utf-8"))
    yield from _keys_of(schema, schema, ())


def known_to_the_parser(path: tuple[str, ...]) -> list[str]:
    """Return the keys that the parser accepts in a mapping, from its message about an unknown one."""
    text = json.dumps({"zenpro": 1, **_nested((*path, _PROBE))})
    try:
        desired_state(text)
    except UsageError as error:
        found = _VALID_KEYS.search(error.hint)
        return found[1].split(", ") if found else []
    return []


def _nested(path: tuple[str, ...]) -> dict[str, Any]:
    key, *rest = path
    return {key: _nested(tuple(rest)) if rest else "x"}


def _keys_of(
    schema: Mapping[str, Any], node: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    declared = node.get("properties", {})
    order = known_to_the_parser(path) if node.get("additionalProperties") is False else list(declared)
    if set(order) != set(declared):
        raise ValueError(
            f"the parser and the schema differ in {'.'.join(path) or 'the file'}: {order}, {list(declared)}"
        )
    for name in order:
        yield from _key(schema, declared[name], (*path, name))
    other = node.get("additionalProperties")
    if isinstance(other, dict):
        yield from _key(schema, other, (*path, _PLACEHOLDERS.get(path[-1] if path else "", "NAME")))


def _key(schema: Mapping[str, Any], node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    target = _resolved(schema, node)
    meaning = node.get("description") or target.get("description", "")
    yield ".".join(path), _type(target), meaning.replace("|", "\\|")
    if target.get("type") == "object":
        yield from _keys_of(schema, target, path)


def _resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    name = node.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][name] if name else node


def _type(node: Mapping[str, Any]) -> str:
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return " or ".join(f"`{word}`" for word in node["enum"])
    if "anyOf" in node:
        return "a whole number or a percentage"
    return _TYPES[node["type"]]
