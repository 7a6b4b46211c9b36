"""The documentation pages for each command, by the short names used in help and errors."""

from __future__ import annotations

from collections.abc import Sequence

ADDRESS = ""
"""The address where the documentation is published, without a trailing slash. It has not been published yet.

While this is empty, a page is mentioned by its short name, which is also its path in the project's folder `docs`.
"""

FIRST = "tutorial/first-hour"
"""The page for beginners."""

# The how-to and explanation pages for each command. An entry for a noun also applies to its verbs.
_JOBS = {
    "users onboard": ("how-to/onboard",),
    "users offboard": ("how-to/offboard",),
    "roles assign": ("how-to/temporary-access",),
    "access": ("how-to/who-may-do-what", "explanation/roles-and-paths"),
    "reviews": ("how-to/quarterly-review",),
    "plan": ("how-to/access-as-code", "how-to/idp-groups"),
    "apply": ("how-to/access-as-code",),
    "undo": ("how-to/access-as-code", "explanation/lost-answers"),
    "export": ("how-to/access-as-code",),
    "diff": ("how-to/compare-with-last-month",),
    "history": ("how-to/compare-with-last-month",),
    "captures": ("how-to/compare-with-last-month",),
    "api-keys": ("how-to/rotate-keys",),
    "service-accounts": ("how-to/rotate-keys",),
    "workspaces create": ("how-to/enroll-a-workspace",),
    "runs": ("how-to/failed-runs", "how-to/runs-as-a-dataset"),
    "sql": ("how-to/sql",),
    "form": ("how-to/forms",),
    "sandbox": ("explanation/sandbox",),
    "journal": ("explanation/lost-answers",),
    "require": ("how-to/share-a-notebook",),
    "notebooks": ("how-to/share-a-notebook", "how-to/papermill-and-schedules"),
    "login": ("reference/settings",),
    "profiles": ("reference/settings",),
    "doctor": ("how-to/self-hosted",),
    "completion": ("how-to/shell-completion",),
}


def pages_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the pages about a command, given its words; pages about its tasks come first.

    Example:
        >>> pages_of(["users", "onboard"])
        ('how-to/onboard', 'reference/commands/users')
    """
    if not words:
        return (FIRST,)
    jobs = next((_JOBS[text] for text in (" ".join(words[:count]) for count in (2, 1)) if text in _JOBS), ())
    return (*jobs, f"reference/commands/{words[0]}")


def reference_to(pages: Sequence[str]) -> str:
    """Return the sentence that mentions pages, by address if the documentation is published, or else by short name.

    Example:
        >>> reference_to(["how-to/sql"])
        'Documentation: how-to/sql'
    """
    return "Documentation: " + ", ".join(f"{ADDRESS}/{page}.html" if ADDRESS else page for page in pages)


def every_page() -> set[str]:
    """Return every page that is mentioned by its short name for a task or for beginners."""
    return {FIRST, *(page for pages in _JOBS.values() for page in pages)}
