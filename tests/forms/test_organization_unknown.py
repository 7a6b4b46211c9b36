"""A form opened with several organizations and none in use."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.forms.conftest import ByHand, Opener, run, write_words
from tests.support.cutting import Cutter
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import Tone
from zenpro_nb.framework.cli.context import CommandContext

# Forms that read something when they open.
SOME_FORMS = ["roles revoke", "workspaces create", "teams add"]


def visible_fields(form: Form) -> set[str]:
    return {field.name for field in form.applicable_fields}


def test_nothing_is_requested_before_an_organization_is_chosen(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, proxy: Cutter
) -> None:
    assert len(run(ctx, "organizations")) == 2
    ctx.session.use(replace(ctx.session.settings, organization=None))
    questions: list[str] = []
    proxy.wanted = lambda method, path: questions.append(path) is not None
    form = open_form("roles assign", role="Project Viewer")
    assert form.status.tone is not Tone.BAD, form.status
    assert [path for path in questions if "//" in path or path.endswith("organization_id=")] == []
    assert not any(path.startswith(("/organizations/", "/roles", "/workspaces")) for path in questions)
    assert "project" not in visible_fields(form)
    form.set("org", "acme")
    by_hand.settle()
    assert {"workspace", "project"} <= visible_fields(form)


@pytest.mark.parametrize(
    "forms", [SOME_FORMS, pytest.param(write_words(), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_a_form_opens_without_an_empty_id(
    open_form: Opener, ctx: CommandContext, proxy: Cutter, forms: list[str]
) -> None:
    ctx.session.use(replace(ctx.session.settings, organization=None))
    questions: list[str] = []
    proxy.wanted = lambda method, path: questions.append(path) is not None
    wrong = {}
    for words in forms:
        form = open_form(words)
        if form.status.tone is Tone.BAD:
            wrong[words] = form.status.text
    assert wrong == {}
    assert [path for path in questions if "//" in path or "organization_id=&" in path or path.endswith("=")] == []
