"""Forms of changes inside a workspace."""

from __future__ import annotations

from tests.forms.conftest import ByHand, Opener, run
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext


def test_the_form_creates_a_project(open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str) -> None:
    form = open_form("projects create")
    form.set("name", name)
    form.set("workspace", "ml-prod")
    form.set("description", "for the test")
    by_hand.settle()
    assert form.preview.text.startswith("POST /api/v1/projects\n")
    assert "This cannot be undone: the project may already be in use" in form.preview.text
    assert form.line.startswith(f"%zenpro projects create {name} --workspace ml-prod --description 'for the test'")
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT
    assert name in set(run(ctx, "projects --workspace ml-prod")["name"])


def test_the_form_of_a_deletion_asks_for_the_name(open_form: Opener, by_hand: ByHand, ctx: CommandContext) -> None:
    form = open_form("projects delete")
    form.set("project", "pricing")
    form.set("workspace", "ml-staging")
    by_hand.settle()
    assert form.preview.text.startswith("DELETE /api/v1/projects/")
    form.submit()
    by_hand.settle()
    assert "pricing" in set(run(ctx, "projects --workspace ml-staging")["name"])


def test_the_form_shows_the_pause_of_a_schedule(open_form: Opener, by_hand: ByHand, ctx: CommandContext) -> None:
    form = open_form("schedules pause")
    form.set("schedules", ["churn_batch_scoring_schedule"])
    form.set("workspace", ["ml-prod"])
    by_hand.settle()
    assert form.preview.text.startswith("PUT /api/v1/schedules/")
    assert '"active": false' in form.preview.text
    assert form.line.startswith("%zenpro schedules pause churn_batch_scoring_schedule --workspace ml-prod")
