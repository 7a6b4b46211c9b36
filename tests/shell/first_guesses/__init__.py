"""The lines that newcomers typed first, each with what it shows: `Works`, or words of the error with the line to use.

A new command adds its own first guesses to the module about its subject. No guess changes anything on a server.
"""

from __future__ import annotations

from tests.shell.first_guesses import keys_and_sharing, lists_and_plans, people, spelling
from tests.shell.first_guesses.answers import Guesses, Works

__all__ = ["GUESSES", "Works"]

GUESSES: Guesses = [*people.GUESSES, *lists_and_plans.GUESSES, *keys_and_sharing.GUESSES, *spelling.GUESSES]
