"""Rotating the secret of a webhook in a workspace of the sandbox (API facts 12.5)."""

from __future__ import annotations

from tests.sandbox.conftest import Plane
from tests.sandbox.workspaces.conftest import Enter, rows


def test_a_secret_is_generated_or_set(plane: Plane, enter: Enter) -> None:
    api = enter()
    (webhook,) = rows(api, "/webhooks", project="churn")
    path = f"/webhooks/{webhook['id']}"
    plane.clock.advance(minutes=1)
    first, second = (api("PUT", f"{path}/secret", body={})["secret"] for _ in range(2))
    assert len(first) > 30
    assert first != second
    assert api("PUT", f"{path}/secret", body={"secret": "chosen"}) == {"secret": "chosen"}
    assert api("PUT", f"{path}/secret", expect=422, body={"secret": ""})[0] == "ValueError"
    assert api("GET", path)["body"]["updated"] > webhook["body"]["updated"]
    assert "secret" not in str(api("GET", path)).lower()
