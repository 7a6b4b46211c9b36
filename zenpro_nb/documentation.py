"""The documentation pages for each command, by the short names used in help and errors."""

from __future__ import annotations

from collections.abc import Sequence

ADDRESS = ""
"""The address where the documentation is published, without a trailing slash. It has not been published yet.

While this is empty, a page is mentioned by its short name, which is also its path in the project's folder `docs`.
"""

FIRST = "tutorial/first-hour"
"""The page for beginners."""

REPOSITORY = ""
"""The address of the repository on a code-hosting site. It has not been published yet; Binder links begin with it."""

LISTS = "how-to/lists"
"""The page about the options that all lists have."""

# The how-to and explanation pages for each command. An entry for a noun also applies to its verbs. Commands without an
# entry are lists, whose page is `LISTS`.
_JOBS = {
    "users onboard": ("how-to/onboard",),
    "users offboard": ("how-to/offboard", "how-to/idle-and-unused"),
    "users impact": ("how-to/offboard",),
    "users deactivate": ("how-to/offboard", "how-to/guards"),
    "users delete": ("how-to/offboard", "how-to/guards"),
    "users update": ("how-to/guards",),
    "members remove": ("how-to/offboard", "how-to/guards"),
    "invitations": ("how-to/onboard",),
    "teams add": ("how-to/onboard",),
    "teams remove": ("how-to/guards",),
    "teams delete": ("how-to/guards",),
    "roles assign": ("how-to/temporary-access", "how-to/onboard", "how-to/forms"),
    "roles revoke": ("how-to/guards",),
    "roles": ("how-to/who-may-do-what", "explanation/roles-and-paths"),
    "assignments": ("how-to/who-may-do-what", "how-to/compare-with-last-month"),
    "permissions": ("how-to/who-may-do-what",),
    "access": ("how-to/who-may-do-what", "how-to/idle-and-unused", "explanation/roles-and-paths"),
    "audit": ("how-to/quarterly-review", "how-to/rotate-keys", "how-to/ci"),
    "reviews": ("how-to/quarterly-review", "how-to/idle-and-unused"),
    "plan": ("how-to/access-as-code", "how-to/idp-groups", "how-to/from-sync-sso-users", "how-to/idle-and-unused"),
    "apply": ("how-to/access-as-code", "how-to/guards"),
    "undo": ("how-to/access-as-code", "explanation/lost-answers"),
    "export": ("how-to/access-as-code",),
    "diff": ("how-to/compare-with-last-month", "how-to/leaked-keys"),
    "history": ("how-to/compare-with-last-month",),
    "captures": ("how-to/compare-with-last-month", "how-to/keep-data"),
    "api-keys": ("how-to/rotate-keys", "how-to/leaked-keys"),
    "service-accounts": ("how-to/rotate-keys", "how-to/ci"),
    "workspaces create": ("how-to/enroll-a-workspace",),
    "schedules": ("how-to/pause-schedules",),
    "triggers": ("how-to/pause-schedules",),
    "projects": ("how-to/projects",),
    "snapshots": ("how-to/clean-up-snapshots",),
    "usage": ("how-to/usage",),
    "statistics": ("how-to/usage",),
    "runs": ("how-to/failed-runs", "how-to/runs-as-a-dataset", "how-to/slow-lists"),
    "logs": ("how-to/failed-runs",),
    "dag": ("how-to/failed-runs",),
    "steps": ("how-to/failed-runs", "how-to/runs-as-a-dataset"),
    "sql": ("how-to/sql",),
    "form": ("how-to/forms",),
    "sandbox": ("explanation/sandbox",),
    "demo": ("tutorial/first-hour", "explanation/sandbox"),
    "journal": ("explanation/lost-answers", "how-to/leaked-keys"),
    "pseudonyms": ("how-to/share-a-notebook",),
    "require": ("how-to/share-a-notebook", "how-to/read-only", "how-to/automated-assistants"),
    "notebooks": ("how-to/share-a-notebook", "how-to/papermill-and-schedules"),
    "login": ("how-to/leaked-keys", "reference/settings"),
    "logout": ("how-to/leaked-keys", "reference/settings"),
    "profiles": ("how-to/self-hosted", "reference/settings"),
    "use": ("how-to/self-hosted", "reference/settings"),
    "doctor": ("how-to/troubleshooting", "how-to/install", "how-to/self-hosted"),
    "docs": ("how-to/troubleshooting",),
    "completion": ("how-to/shell-completion",),
    "api": ("how-to/slow-lists",),
}

# Forms that are not the form of a command.
_NOUN_OF_FORM = {"review": "reviews"}


def pages_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the pages about a command, given its words; pages about its tasks come first.

    Example:
        >>> pages_of(["users", "onboard"])
        ('how-to/onboard', 'reference/commands/users')
        >>> pages_of(["review"])
        ('how-to/quarterly-review', 'how-to/idle-and-unused', 'reference/commands/reviews')
    """
    if not words:
        return (FIRST,)
    words = [_NOUN_OF_FORM.get(words[0], words[0]), *words[1:]]
    jobs = next((_JOBS[text] for text in (" ".join(words[:count]) for count in (2, 1)) if text in _JOBS), (LISTS,))
    return (*jobs, f"reference/commands/{words[0]}")


def commands_of(page: str) -> tuple[str, ...]:
    """Return the commands that a page is about.

    Example:
        >>> commands_of("how-to/sql")
        ('sql',)
    """
    return tuple(words for words, pages in _JOBS.items() if page in pages)


def reference_to(pages: Sequence[str]) -> str:
    """Return the sentence that mentions pages, by address if the documentation is published, or else by short name.

    Example:
        >>> reference_to(["how-to/sql"])
        'Documentation: how-to/sql'
    """
    return "Documentation: " + ", ".join(f"{ADDRESS}/{page}.html" if ADDRESS else page for page in pages)
