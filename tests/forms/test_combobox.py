"""Comboboxes offer the few best matches and keep no names longer than needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.forms.conftest import ByHand, Opener, run
from zenpro_nb import limits
from zenpro_nb.errors import ConnectionFailedError
from zenpro_nb.forms import choices
from zenpro_nb.forms.choices import Choice, find, offer
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.widgets.combobox import Combobox
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.session.session import Session


def people(count: int) -> list[Choice]:
    records = [
        {"id": f"{number:08d}", "email": f"person.{number}@example.com", "name": f"Person {number}"}
        for number in range(count)
    ]
    return choices.choices_of("users", records)


def test_the_number_of_choices_is_limited() -> None:
    found = offer(people(10_000), "person")
    assert len(found.choices) == limits.FORM_OPTIONS
    assert (found.found, found.total) == (10_000, 10_000)


def test_the_best_match_comes_first_and_every_word_must_match() -> None:
    choices_read = people(2_000)
    assert offer(choices_read, "person.77@example.com").choices[0].value == "person.77@example.com"
    assert offer(choices_read, "person 1999").choices[0].value == "person.1999@example.com"
    assert offer(choices_read, "PERSON.12@").choices[0].value == "person.12@example.com"
    assert offer(choices_read, "nobody").found == 0
    assert "person.3@example.com" not in [
        choice.value for choice in offer(choices_read, "person.3@", without=["person.3@example.com"]).choices
    ]


def test_equal_names_are_distinguished_by_ids() -> None:
    choices_read = choices.choices_of(
        "teams", [{"id": "1" * 8, "name": "ops"}, {"id": "2" * 8, "name": "ops"}, {"id": "3" * 8, "name": "ml"}]
    )
    assert [choice.value for choice in choices_read] == ["1" * 8, "2" * 8, "ml"]
    assert find(choices_read, "ML") is choices_read[2]
    assert find(choices_read, "ops") is None
    assert [choice.title for choice in choices_read] == ["ops · 11111111…", "ops · 22222222…", "ml"]


def test_deleted_users_and_service_accounts_are_not_choices() -> None:
    assert choices.choices_of("workspaces", [{"id": "1", "name": "gone", "status": "deleted"}]) == []
    assert choices.choices_of("users", [{"id": "1", "username": "bot", "is_service_account": True}]) == []


@pytest.fixture
def view(open_form: Opener) -> FormView:
    return FormView(open_form("roles assign"), "key")


def row(view: FormView, name: str) -> Any:
    found = view.row(name)
    assert isinstance(found, Combobox)
    return found


def enter(text: Any) -> None:
    text._handle_custom_msg({"event": "submit"}, [])


def test_typing_filters_enter_adds_and_a_click_removes(view: FormView) -> None:
    users = row(view, "users")
    users._text.value = "ada lovelace"
    assert [value for _, value in users._matches.options] == ["ada@example.com"]
    enter(users._text)
    users._text.value = "grace"
    users._matches.value = "grace@example.com"
    assert view.form.values["users"] == ["ada@example.com", "grace@example.com"]
    assert users._text.value == ""
    assert users._matches.options == ()
    users._chips.value = "ada@example.com"
    assert view.form.values["users"] == ["grace@example.com"]
    assert [value for _, value in users._chips.options] == ["grace@example.com"]


def test_a_choice_sent_as_text_is_accepted_after_the_list_changed(view: FormView) -> None:
    users, role = row(view, "users"), row(view, "role")
    users._text.value = "grace"
    users._text.value = "Ada Lovelace · ada@example.com\t"
    assert view.form.values["users"] == ["ada@example.com"]
    assert users._text.value == ""
    assert users._matches.options == ()
    role._text.value = "Project Admin · project\t"
    assert view.form.values["role"] == role._text.value == "Project Admin"
    role._text.value = "Nobody's role\t"
    assert view.form.values["role"] == role._text.value == "Nobody's role"


def test_an_object_whose_name_is_not_unique_is_displayed_by_name_and_sent_by_id(
    open_form: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [{"id": digit * 8 + "-", "name": "ops", "level": "workspace", "member_count": 2} for digit in "12"]
    original = choices.read

    def read(session: Session, source: choices.ChoiceSource, *so_far: Any) -> list[Choice]:
        is_changed = source.noun in ("roles", "teams")
        return choices.choices_of(source.noun, records) if is_changed else original(session, source, *so_far)

    monkeypatch.setattr(choices, "read", read)
    view = FormView(open_form("roles assign"), "key")
    teams, role = row(view, "teams"), row(view, "role")
    teams._text.value = "ops"
    title = "ops · 2 members · 22222222…"
    assert (title, "22222222-") in teams._matches.options
    teams._matches.value = "22222222-"
    assert view.form.values["teams"] == ["22222222-"]
    assert teams._chips.options == ((f"{title} ✕", "22222222-"),)
    role._text.value = "ops"
    assert view.form.problems["role"] == "2 roles are called 'ops'."
    role._matches.value = "11111111-"
    assert view.form.values["role"] == "11111111-"
    assert role._text.value == "ops · workspace · 11111111…"
    assert "role" not in view.form.problems
    assert "roles assign 11111111- --team 22222222-" in view.form.line


def test_letters_that_arrive_after_enter_change_the_choice(view: FormView) -> None:
    users, role = row(view, "users"), row(view, "role")
    users._text.value = "a"
    enter(users._text)
    (first,) = view.form.values["users"]
    users._text.value = "alan"
    assert view.form.values["users"] == ["alan@example.com"]
    assert first != "alan@example.com"
    role._text.value = "workspace"
    enter(role._text)
    role._text.value = "workspace view"
    assert view.form.values["role"] == "Workspace Viewer"
    assert role._text.value == "Workspace Viewer"


def test_the_next_name_can_begin_like_the_previous_one(view: FormView) -> None:
    users = row(view, "users")
    users._text.value = "al"
    enter(users._text)
    (first,) = view.form.values["users"]
    for typed in ("a", "al", "ala"):  # each letter is a separate message, because no other one is in progress
        users._text.value = typed
        assert users._text.value == typed
    assert view.form.values["users"] == [first]


def test_several_addresses_can_be_pasted(view: FormView) -> None:
    users = row(view, "users")
    users._text.value = "ada@example.com, user:grace@example.com; alan@example.com"
    enter(users._text)
    assert view.form.values["users"] == ["ada@example.com", "grace@example.com", "alan@example.com"]


def test_a_name_with_the_prefix_of_its_kind_is_the_same_name(view: FormView, by_hand: ByHand) -> None:
    teams = row(view, "teams")
    teams._text.value = "team:platform"
    by_hand.settle()
    enter(teams._text)
    assert view.form.values["teams"] == ["Platform"]


def test_text_that_was_not_added_is_reported(view: FormView, by_hand: ByHand) -> None:
    view.form.set("role", "Organization Viewer")
    users = row(view, "users")
    users._text.value = "ada"
    enter(users._text)
    users._text.value = "gra"
    view.submit.click()
    by_hand.settle()
    assert view.form.status.text == "Nothing was sent. Check these fields: Users."
    assert view.form.problems["users"] == "'gra' has not been added yet: press Enter."


def test_the_list_opens_and_closes_by_its_button(view: FormView) -> None:
    role = row(view, "role")
    role._browse.click()
    assert len(role._matches.options) > 10
    role._browse.click()
    assert role._matches not in role.box.children


def test_names_that_are_read_while_the_form_is_open(open_form: Opener, by_hand: ByHand) -> None:
    view = FormView(open_form("teams delete"), "key")
    by_hand.hold()
    team = row(view, "team")
    team._text.value = "plat"
    assert "Reading the names of the teams" in team._message.value
    by_hand.release()
    assert [value for _, value in team._matches.options] == ["Platform"]


def test_a_complete_name_typed_before_the_names_arrive_opens_no_list(open_form: Opener, by_hand: ByHand) -> None:
    view = FormView(open_form("teams delete"), "key")
    by_hand.hold()
    team = row(view, "team")
    team._text.value = "Platform"
    by_hand.release()
    assert view.form.choices.selected_choice("team") is not None
    assert team._matches is None or team._matches not in team.box.children


def test_enter_before_the_names_arrive_takes_the_later_match(open_form: Opener, by_hand: ByHand) -> None:
    view = FormView(open_form("teams add", team="Platform"), "key")
    by_hand.hold()
    users = row(view, "users")
    users._text.value = "grace"
    enter(users._text)
    assert view.form.values["users"] == []
    by_hand.release()
    assert view.form.values["users"] == ["grace@example.com"]


def test_enter_without_a_match_is_reported(view: FormView) -> None:
    users, role = row(view, "users"), row(view, "role")
    users._text.value = "zzz"
    assert "No match among" in users._message.value
    assert users._matches is None or users._matches not in users.box.children
    enter(users._text)
    assert "✗ The user &#x27;zzz&#x27; does not exist, or you cannot see it." in users._message.value
    users._text.value = "grac"
    assert "✗" not in users._message.value
    role._text.value = "zzz"
    enter(role._text)
    assert "✗ The role &#x27;zzz&#x27; does not exist, or you cannot see it." in role._message.value
    assert view.form.status.text == ""


def test_a_list_that_loses_its_last_options_is_redrawn(view: FormView) -> None:
    """A front end compares only as many options as the new list has (ipywidgets 8.1)."""
    role = row(view, "role")
    role._text.value = "workspace"
    sent: list[tuple[str, ...]] = []
    role._matches.observe(lambda change: sent.append(change["new"]), names="_options_labels")
    before = role._matches._options_labels
    role._elements.offer(role._matches, list(role._matches.options[:2]))
    assert sent[-1] == before[:2]
    for old, new in zip([before, *sent], sent, strict=False):
        assert any(new[at] != old[at] for at in range(len(new)) if at < len(old)) or len(new) > len(old)


def test_names_that_cannot_be_read_are_requested_once_per_edit(
    open_form: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = FormView(open_form("teams add", team="Platform"), "key")
    questions: list[str] = []

    def refuse(session: object, source: choices.ChoiceSource, so_far: object) -> list[Choice]:
        questions.append(source.noun)
        raise ConnectionFailedError("The server cannot be reached")

    monkeypatch.setattr(choices, "read", refuse)
    users = row(view, "users")
    users._text.value = "grace"
    assert "✗ Cannot read the names: The server cannot be reached" in users._message.value
    view.render()
    assert questions == ["users"]
    users._text.value = "grace@"
    assert questions == ["users", "users"]


def test_a_new_object_is_offered_after_its_creation(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    form: Form = open_form("teams add")
    field = form.field("team")
    form.choices.offer(field, "")
    run(ctx, f"teams create {name}")
    form.choices.refresh()
    form.choices.offer(field, "")
    found = form.choices.offer(field, name)
    assert found is not None
    assert [choice.value for choice in found.choices] == [name]


def test_the_organization_narrows_workspaces(open_form: Opener, ctx: CommandContext) -> None:
    (other,) = set(run(ctx, "organizations")["name"]) - {"acme"}
    form = open_form("roles assign", role="Workspace Viewer")
    field = form.field("workspace")
    form.choices.offer(field, "")
    first = form.choices.offer(field, "")
    form.set("org", other)
    form.choices.offer(field, "")
    second = form.choices.offer(field, "")
    assert first is not None
    assert second is not None
    assert {choice.value for choice in first.choices} & {choice.value for choice in second.choices} == set()
