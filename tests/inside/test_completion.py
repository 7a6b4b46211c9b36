"""Completion for the contents of workspaces: values of filters after operators and commas; from memory only."""

from __future__ import annotations

import pytest

from tests.shell.conftest import Shell, bare_shell
from tests.support.completion import completions

__all__ = ["bare_shell"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%zenpro runs --status fa", "%zenpro runs --status failed"),
        ("%zenpro runs --status oneof:fa", "%zenpro runs --status oneof:failed"),
        ("%zenpro runs --status oneof:failed,sto", "%zenpro runs --status oneof:failed,stopped"),
        ("%zenpro runs --created ", "%zenpro runs --created gte:-7d"),
        ("%zenpro runs --created gte:", "%zenpro runs --created gte:today"),
        ("%zenpro stacks --workspace a", "%zenpro stacks --workspace all"),
        ("%zenpro runs --columns name,start", "%zenpro runs --columns name,start_time"),
        ("%zenpro artifact-v", "%zenpro artifact-versions"),
        ("%zenpro snapshots ru", "%zenpro snapshots run"),
    ],
)
def test_words(bare_shell: Shell, typed: str, expected: str) -> None:
    assert expected in completions(bare_shell, typed)


def test_fetched_names(bare_shell: Shell) -> None:
    names = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.session.names
    names.remember("pipelines", [("train churn", "1"), ("nightly_export", "2")])
    assert "%zenpro runs --pipeline oneof:nightly_export" in completions(bare_shell, "%zenpro runs --pipeline oneof:ni")
    assert '%zenpro pipelines get "train churn"' in completions(bare_shell, "%zenpro pipelines get tr")
