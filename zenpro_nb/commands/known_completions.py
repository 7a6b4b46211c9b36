"""The nouns and verbs that Tab offers without importing a command."""

from __future__ import annotations

from collections.abc import Sequence

from click.shell_completion import CompletionItem

from zenpro_nb.commands.first_screen import SUMMARIES
from zenpro_nb.commands.verb_summaries import VERBS


def known_completions(words: Sequence[str], incomplete: str) -> list[CompletionItem] | None:
    """Return the nouns, or the verbs of a noun, that begin with the typed text; None if only the tree knows the answer.

    Args:
        words: the words before it, without the program.
        incomplete: the typed text.
    """
    summaries = VERBS.get(words[0]) if len(words) == 1 else None if words else SUMMARIES
    if summaries is None or (incomplete and not incomplete[0].isalnum()):
        return None
    return [
        CompletionItem(word, help=summaries[word], kind="command")
        for word in sorted(summaries)
        if word.startswith(incomplete)
    ]
