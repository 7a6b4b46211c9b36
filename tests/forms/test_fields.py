"""Every write command has a form, derived from its parameters."""

from __future__ import annotations

import inspect
import re

import click
import ipywidgets as widgets
import pytest

from tests.forms.conftest import ByHand, Opener, command
from tests.support.forms import FORMS
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms.fields import FieldKind, about, fields_of, start_value
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.parameters.types import DestinationType, NameType
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources import RESOURCES


def test_the_list_of_forms_is_the_list_of_write_commands() -> None:
    def walk(group: click.Group) -> int:
        return sum(
            isinstance(item, WriteCommand) or (isinstance(item, click.Group) and walk(item))
            for name, item in group.commands.items()
            if name != "form"
        )

    assert len(FORMS) == len(set(FORMS))
    assert {"workspaces create", "roles assign", "teams add", "users update", "api-keys create"} <= set(FORMS)
    assert walk(tree) > 0
    form = tree.commands["form"]
    assert isinstance(form, click.Group)
    for words in FORMS:
        found: click.Command = form
        for word in words.split():
            assert isinstance(found, click.Group)
            found = found.commands[word]
        assert not any(param.required for param in found.params)


@pytest.mark.parametrize("words", FORMS)
def test_a_form_has_a_field_for_each_parameter(words: str) -> None:
    item = command(words)
    fields = fields_of(item)
    asked = {field.name for field in fields} | {"dry_run", "yes", "quiet", "reveal"}
    # An option that only adds values to an argument has no separate field.
    assert asked >= {param.name for param in item.params if param.expose_value}
    # Labels are unique, for screen readers as well.
    assert len({field.label for field in fields}) == len(fields)
    for field in fields:
        assert field.label
        assert field.label[0].isupper()
        if isinstance(field.param.type, NameType):
            assert field.kind in (FieldKind.NAME, FieldKind.NAMES)
            assert field.noun in RESOURCES
        assert "`" not in field.help


@pytest.mark.parametrize("words", FORMS)
def test_a_form_is_drawn_and_closed(words: str, open_form: Opener, by_hand: ByHand) -> None:
    form = open_form(words)
    view = FormView(form, "key")
    assert form.line.startswith(f"%zenpro {words}")
    assert not form.choices.problems()
    assert form.status.tone is not Tone.BAD, form.status
    if form.command.destructive or any(form.needs(field) for field in form.fields):
        form.submit()  # it reports the empty fields and sends nothing
        by_hand.settle()
    if any(form.needs(field) for field in form.fields):
        assert form.status.text.startswith("Nothing was sent. Check these fields: ")
    form.close()
    (left,) = view.root.children
    assert isinstance(left, widgets.HTML)


def test_no_form_shows_a_secret() -> None:
    """A key that is shown once is saved to a destination; a password is never entered in a form."""
    for words in FORMS:
        item = command(words)
        fields = fields_of(item)
        assert "reveal" not in {field.name for field in fields}
        if any(param.name == "reveal" for param in item.params):
            assert any(isinstance(field.param.type, DestinationType) for field in fields)
    from zenpro_nb.forms.widgets import combobox, elements, rows, view

    for module in (elements, combobox, rows, view):
        assert "Password(" not in inspect.getsource(module)


@pytest.mark.parametrize("words", FORMS)
def test_labels_are_words_and_text_fields_have_examples(words: str) -> None:
    for field in fields_of(command(words)):
        label = field.label.split()
        assert not {"Min", "Max", "org", "orgs", "Org", "id", "Id", "api", "url"} & set(label), field.label
        assert "--" not in field.help
        assert "repeat" not in field.help.lower()
        if field.kind in (FieldKind.TEXT, FieldKind.TEXTS):
            assert field.example, field.label
        if field.kind is FieldKind.CHOICE:
            assert field.choices
        if field.several:
            assert label[-1].endswith(("s", "a")) or "admins" in label or "projects" in label, field.label


def test_labels_of_options_that_are_abbreviations_on_the_command_line() -> None:
    labels = {field.name: field.label for field in fields_of(command("apply"))}
    assert labels["min_org_admins"] == "Minimum number of admins"
    assert labels["max_removals"] == "Maximum number of removals"
    assert {field.name: field.label for field in fields_of(command("teams update"))}["name"] == "New name"


def test_help_names_other_fields_by_their_labels() -> None:
    fields = {field.name: field for field in fields_of(command("users onboard"))}
    assert "“Copy teams and roles from”" in fields["role"].help


@pytest.mark.parametrize("words", ["api-keys create", "api-keys rotate"])
def test_the_service_account_comes_before_its_key(words: str) -> None:
    names = [field.name for field in fields_of(command(words))]
    assert names.index("service_account") < max(names.index(name) for name in ("key", "name") if name in names)


@pytest.mark.parametrize("words", FORMS)
def test_at_most_two_sentences_are_above_the_fields(words: str) -> None:
    what, more = about(command(words))
    shown, *folded = html.title(what, "https://pro.example.com", more, sandbox=False).split("<details>")
    sentences = re.findall(r"[.!?](?= |<|$)", re.sub(r"<h3>.*?</h3>", "", shown))
    assert len(sentences) <= 1, shown  # the title is the other one
    assert not folded or "More about this command" in folded[0]


def test_what_is_given_on_the_line_is_filled_in(open_form: Opener) -> None:
    form = open_form("roles assign", role="Workspace Developer", users=("ada@example.com",), workspace="ml-prod")
    assert form.values["users"] == ["ada@example.com"]
    assert form.line == (
        "%zenpro roles assign 'Workspace Developer' --user ada@example.com --org acme --workspace ml-prod --out result"
    )


def test_three_states_of_a_flag(open_form: Opener) -> None:
    form: Form = open_form("users update", user="ada@example.com")
    assert form.values["active"] is None
    form.set("active", False)
    assert form.line == "%zenpro users update ada@example.com --inactive --out result" or "--no-active" in form.line
    form.set("active", None)
    assert form.line == "%zenpro users update ada@example.com --out result"


def test_start_values() -> None:
    by_name = {field.name: field for field in fields_of(command("roles assign"))}
    assert start_value(by_name["users"], ("a@x.com",)) == ["a@x.com"]
    assert start_value(by_name["users"], None) == []
    assert start_value(by_name["role"], None) == ""


@pytest.mark.parametrize("words", ["users deactivate", "roles assign", "apply"])
def test_stopping_at_a_failure_is_in_the_folded_section(words: str) -> None:
    (field,) = [field for field in fields_of(command(words), has_variables=True) if field.name == "fail_fast"]
    assert field.rare
