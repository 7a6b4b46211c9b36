"""The words of a form's fields: label, help and example of each parameter, by rules and by one table of exceptions.

The help of a command-line option speaks about other options and about repeating it. A form shows labels instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import click
from msgspec import Struct

from zenpro_nb.framework.lists.options import FilterType
from zenpro_nb.framework.parameters.types import NameType, NewNameType
from zenpro_nb.resources.model import DataType
from zenpro_nb.resources.nouns import singular


class Wording(Struct, frozen=True):
    """The words of a field that replace the results of the rules.

    Attributes:
        label: empty: the label that the rules give.
        help: None: the help of the option.
        example: empty: the example of the parameter's type.
    """

    label: str = ""
    help: str | None = None
    example: str = ""


# By the name of the parameter, or by `name:type` where parameters of the same name differ.
WORDINGS: dict[str, Wording] = {
    "active": Wording("Account can sign in", ""),
    "all_orgs": Wording("In all organizations", "Includes every organization you can see."),
    "allow": Wording("Service accounts allowed as admins", example="ci-bot"),
    "allow_self": Wording("Allow changes to your own access"),
    "avatar_url": Wording("Picture address", "Web address of your picture.", "https://example.com/ada.png"),
    "check_usage": Wording(example="90d"),
    "company": Wording(help="", example="Example Inc."),
    "deactivate": Wording("Deactivate inactive accounts"),
    "description": Wording(example="Training runs of the ads team"),
    "desired": Wording("Desired state", "The file that describes the desired state.", "access.yaml"),
    "display_name": Wording(example="ML production"),
    "emails": Wording("Email addresses", "The addresses to invite."),
    "enroll": Wording("Enroll your own infrastructure"),
    "expires_in": Wording("Expires after"),
    "fail_fast": Wording("Stop at the first failure", ""),
    "until:text": Wording(example="7d or 2026-12-31"),
    "file": Wording(example="access.yaml"),
    "force": Wording("Force the update"),
    "from_": Wording("Original table", example="access-before.csv"),
    "graceful": Wording("Let running steps finish", ""),
    "grants": Wording("Roles in workspaces and projects", "Each role with the workspace or project it applies to."),
    "groups": Wording("Groups file", example="groups.csv"),
    "invitation": Wording(
        help="The invitation's ID, or its organization's name. Optional if you have only one.",
        example="acme",
    ),
    "invite": Wording("Role for new members"),
    "job_title": Wording(help="", example="ML engineer"),
    "key": Wording("API key"),
    "like:role": Wording("Copy permissions from"),
    "like:user": Wording("Copy teams and roles from"),
    "logo_url": Wording("Logo address", "Web address of a picture.", "https://example.com/logo.png"),
    "max_affected": Wording("Maximum number of affected accounts", example="2"),
    "max_removals": Wording("Maximum number of removals", example="10 or 25%"),
    "min_org_admins": Wording("Minimum number of admins", example="2"),
    "name:text": Wording("Full name", "", "Ada Lovelace"),
    "name:review": Wording("Review", "Name of the review."),
    "new_password": Wording(
        "Set a new password",
        "zenpro reads the password from the variable ZENPRO_NEW_PASSWORD, because forms are saved with the notebook.",
    ),
    "no_trusted_domains": Wording("Remove all trusted domains", ""),
    "out": Wording("Variable for the result", "Stores the result as a DataFrame in this variable.", "result"),
    "product": Wording("Product"),
    "retain": Wording("Keep the old value for", example="12h"),
    "run_metadata": Wording("Run metadata", example="accuracy:0.9"),
    "skip_blocked": Wording("Skip blocked rows"),
    "timeout": Wording("Maximum wait in seconds", example="600"),
    "to": Wording(
        "Destination of the secret",
        "The secret is never displayed. If you choose a file, it must not exist yet.",
        "env:MY_KEY, file:key.txt or keyring",
    ),
    "trust": Wording("Trust the device for 30 days", "Otherwise, the device is trusted for one day."),
    "trusted_domains": Wording(example="example.com"),
    "user_code": Wording("Code shown by the device", "", "BCDF-GHJK"),
    "version": Wording(example="0.92.0"),
    "wait": Wording("Wait until the change has taken effect", ""),
    "which": Wording(
        "Command to undo",
        "The ID of the command in the journal. Leave this empty to undo the last command.",
        "3f2c9a1be0d44c6d9a51c2f7b8e6d013",
    ),
}

_UUID = "6c187095-1f12-4de4-98fb-cb7e41cf7eda"
# Examples of values, by the name of the parameter's type.
_BY_TYPE: dict[str, str] = {
    "destination": "env:MY_KEY, file:key.txt or keyring",
    "duration": "30d, 12h, or 90 for minutes",
    "email": "ada@example.com",
    "project": _UUID,
    "resource:action,…": "pipeline:read,create",
    "review": "q4",
    "role@workspace": "Workspace Developer@ml-prod",
}
# Examples of names, by noun.
_BY_NOUN: dict[str, str] = {
    "api-keys": "nightly-export",
    "code-repositories": "training-code",
    "models": "churn",
    "organizations": "acme",
    "pipelines": "training",
    "projects": "default",
    "roles": "Pipeline Reader",
    "run-templates": "nightly-training",
    "runs": "training-2026-11-25",
    "service-accounts": "ci-bot",
    "snapshots": "nightly-training",
    "components": "gpu-orchestrator",
    "stacks": "default",
    "tags": "nightly",
    "teams": "ml-platform",
    "users": "ada@example.com",
    "workspace-api-keys": "nightly-export",
    "workspace-service-accounts": "ci-bot",
    "workspaces": "ml-prod",
}
_BY_DATA_TYPE: dict[DataType, str] = {
    DataType.TIME: "7d or 2026-01-31",
    DataType.ID: _UUID,
    DataType.COUNT: "3",
}
_TEXT_EXAMPLE = "training"

_SPELLED_OUT = {
    "id": "ID",
    "ids": "IDs",
    "api": "API",
    "url": "address",
    "org": "organization",
    "orgs": "organizations",
}
_COUNTED = {"min": "minimum number of", "max": "maximum number of"}
_OPTION = re.compile(r"--[a-z][a-z-]*")
_ABOUT_REPEATING = re.compile(r"\b(?:may|can) be repeated|^repeat it", re.IGNORECASE)


def wording(param: click.Parameter) -> Wording:
    """Return the declared wording of a parameter; most have none."""
    name = param.name or ""
    return WORDINGS.get(f"{name}:{param.type.name}") or WORDINGS.get(name) or Wording()


def noun_of(param: click.Parameter) -> str:
    """Return the noun of the objects that a parameter names: `teams`. Empty if it takes no names."""
    return str(getattr(param.type, "noun", ""))


def label(param: click.Parameter, *, several: bool, renames: bool = False) -> str:
    """Return the label of a field.

    Args:
        param: the parameter of the command.
        several: the field takes several values.
        renames: the value is the new name of an object that has one already.

    >>> label(click.Option(["--min-replicas"]), several=False), label(click.Option(["--tag"]), several=True)
    ('Minimum number of replicas', 'Tags')
    """
    declared_text = wording(param).label
    if declared_text:
        return declared_text
    noun = noun_of(param)
    if isinstance(param, click.Argument) and noun and not isinstance(param.type, NewNameType):
        return _sentence(noun if several else singular(noun))
    name = param.name or ""
    if isinstance(param, click.Option) and param.opts:
        # The spelling of the option is clearer than the name of its variable: `--trusted-domain`, trusted_domains.
        name = max(param.opts, key=len).lstrip("-")
    text = _sentence(f"new {name}" if renames else name)
    return _plural(text) if several else text


def explanation(param: click.Parameter, *, several: bool, labels: Mapping[str, str]) -> str:
    """Return the help of a field, with labels in place of options.

    Args:
        param: the parameter of the command.
        several: the field takes several values.
        labels: the labels of the other fields, by their options. A sentence about an option that the form does not
            have is left out.
    """
    declared_text = wording(param).help
    if declared_text is not None:
        return declared_text
    text = " ".join(str(getattr(param, "help", None) or "").split())
    noun = noun_of(param)
    if not text and isinstance(param.type, NameType) and param.type.emails:
        return f"Email addresses of new people, or names or IDs of {_words(noun)}."
    if not text and noun and not isinstance(param.type, NewNameType):
        thing = _words(noun if several else singular(noun))
        return f"Names or IDs of the {thing}." if several else f"Name or ID of the {thing}."
    sentences = [_with_labels(sentence, labels) for sentence in re.split(r"(?<=\.) ", text)]
    return " ".join(filter(None, sentences)).replace("`", "")


def example(param: click.Parameter) -> str:
    """Return an example of the text to type into a field; empty if it is not a text field.

    >>> example(click.Option(["--description"])), example(click.Option(["--type"], type=click.Choice(["a"])))
    ('Training runs of the ads team', '')
    """
    declared_text = wording(param).example
    if declared_text:
        return declared_text
    kind = param.type
    if isinstance(kind, FilterType):
        return _example_of_filter(kind)
    if isinstance(kind, click.Choice | click.types.BoolParamType | click.DateTime | NameType):
        return ""
    return _BY_NOUN.get(noun_of(param)) or _BY_TYPE.get(str(kind.name)) or _TEXT_EXAMPLE


def _example_of_filter(kind: FilterType) -> str:
    if kind.filter.choices:
        return str(next(iter(kind.filter.choices)))
    noun = kind.filter.refers_to or _plural(kind.filter.name.replace("_", "-"))
    return _BY_NOUN.get(noun) or _BY_DATA_TYPE.get(kind.filter.kind, _TEXT_EXAMPLE)


def _with_labels(sentence: str, labels: Mapping[str, str]) -> str:
    """Return the sentence with labels in place of options; empty if it is about the command line only."""
    options = _OPTION.findall(sentence)
    if _ABOUT_REPEATING.search(sentence) or any(option not in labels for option in options):
        return ""
    return _OPTION.sub(lambda match: f"“{labels[match[0]]}”", sentence)


def _sentence(name: str) -> str:
    """Return a name as words, with abbreviations spelled out and a capital at the beginning.

    >>> _sentence("max-parent-run-id"), _sentence("logo_url")
    ('Maximum number of parent run ID', 'Logo address')
    """
    text = _words(name)
    return text[:1].upper() + text[1:]


def _words(name: str) -> str:
    first, *rest = name.replace("_", " ").replace("-", " ").split()
    words = [_COUNTED.get(first, first) if rest else first, *rest]
    return " ".join(_SPELLED_OUT.get(word, word) for word in words)


def _plural(text: str) -> str:
    if text.endswith("s"):
        return text
    return f"{text[:-1]}ies" if text.endswith("y") else f"{text}s"
