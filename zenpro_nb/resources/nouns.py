"""The nouns of the resources in sentences and options: in the plural, in the singular, and with an article."""

from __future__ import annotations

from collections.abc import Sequence

# By the prefix of a name in the output of `access` and in a plan file, the noun of its object.
PREFIXES = {"user": "users", "bot": "service-accounts", "team": "teams", "invitation": "invitations"}
_ABBREVIATIONS = frozenset({"api"})


def words(noun: str) -> str:
    """Return a noun, or the name of a list of an inventory, as words of a sentence.

    >>> words("service-accounts"), words("api-keys"), words("api_keys")
    ('service accounts', 'API keys', 'API keys')
    """
    parts = noun.replace("_", "-").split("-")
    return " ".join(part.upper() if part in _ABBREVIATIONS else part for part in parts)


def singular(noun: str) -> str:
    """Return the singular of the noun, as words of a sentence.

    >>> singular("service-accounts"), singular("code-repositories"), singular("api-keys")
    ('service account', 'code repository', 'API key')
    """
    return words(option_word(noun))


def option_word(noun: str) -> str:
    """Return the singular of the noun, as a part of options and commands.

    >>> option_word("api-keys"), option_word("code-repositories")
    ('api-key', 'code-repository')
    """
    return noun.removesuffix("ies") + "y" if noun.endswith("ies") else noun.removesuffix("s")


def one_of(noun: str) -> str:
    """Return the singular of the noun with its indefinite article.

    >>> one_of("organizations"), one_of("users"), one_of("api-keys")
    ('an organization', 'a user', 'an API key')
    """
    word = singular(noun)
    vowel = word[0].lower() in "aeiou" and not word.startswith("us")
    return f"{'an' if vowel else 'a'} {word}"


def without_prefix(noun: str, text: str) -> str:
    """Return a name without the prefix of its noun; a name with another prefix, or with none, is unchanged.

    >>> without_prefix("teams", "team:Research"), without_prefix("teams", "bot:ci-bot"), without_prefix("teams", "Ops")
    ('Research', 'bot:ci-bot', 'Ops')
    """
    prefix, _, name = text.partition(":")
    return name if name and PREFIXES.get(prefix) == noun else text


def alternatives(nouns: Sequence[str]) -> str:
    """Return the nouns in the singular as alternatives of a sentence.

    >>> alternatives(["users", "teams"]), alternatives(["users", "service-accounts", "teams"])
    ('user or team', 'user, service account, or team')
    """
    return joined([singular(noun) for noun in nouns], "or")


def joined(parts: Sequence[str], last: str) -> str:
    """Return the words as a list in a sentence.

    >>> joined(["a role"], "and"), joined(["a role", "a workspace"], "and"), joined(["user", "team", "role"], "or")
    ('a role', 'a role and a workspace', 'user, team, or role')
    """
    if len(parts) < 3:
        return f" {last} ".join(parts)
    return f"{', '.join(parts[:-1])}, {last} {parts[-1]}"
