"""Read settings from the environment."""

from __future__ import annotations

from collections.abc import Mapping

from zenpro_nb.client import ApiKey, BearerToken, Credential
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.settings import SAAS_URL, Settings
from zenpro_nb.profiles.sources import FoundCredential, Need, from_variable
from zenpro_nb.security.secret import Secret

# The first two names are ZenML's own (API facts 1.6); the others are named by analogy.
URL_VARIABLE = "ZENML_PRO_API_URL"
KEY_VARIABLE = "ZENML_PRO_API_KEY"
TOKEN_VARIABLE = "ZENML_PRO_API_TOKEN"  # noqa: S105 - the name of a variable, not a secret
USERNAME_VARIABLE = "ZENML_PRO_USERNAME"
PASSWORD_VARIABLE = "ZENML_PRO_PASSWORD"  # noqa: S105
PROFILE_VARIABLE = "ZENPRO_PROFILE"
ORGANIZATION_VARIABLE = "ZENPRO_ORGANIZATION"
WORKSPACE_VARIABLE = "ZENPRO_WORKSPACE"
WORKERS_VARIABLE = "ZENPRO_WORKERS"
WRITES_VARIABLE = "ZENPRO_WRITES_AT_ONCE"

NAME = "environment"


def _token(secret: Secret, username: str | None) -> Credential:
    return BearerToken(secret)


def _key(secret: Secret, username: str | None) -> Credential:
    return ApiKey(secret)


# The variable determines the kind of its value, whatever the value looks like.
_MAKERS = {TOKEN_VARIABLE: _token, KEY_VARIABLE: _key}


def from_environment(environ: Mapping[str, str] | Watch) -> Settings:
    """Return the settings in the environment; without a credential if none is set."""
    watch = environ if isinstance(environ, Watch) else Watch(environ)
    url = watch.variable(URL_VARIABLE).rstrip("/") or SAAS_URL
    credential = _credential(url, watch)
    return Settings(
        url=url,
        credential=credential.credential,
        source=credential.source,
        problem=credential.problem,
        organization=watch.variable(ORGANIZATION_VARIABLE) or None,
        workspace=watch.variable(WORKSPACE_VARIABLE) or None,
        workers=_number(watch.variable(WORKERS_VARIABLE)),
        writes_at_once=_number(watch.variable(WRITES_VARIABLE)),
        profile=NAME if credential.credential is not None else None,
    )


def _credential(url: str, watch: Watch) -> FoundCredential:
    # A token comes first: it is usually set for the current task, while a key may be set permanently.
    for name in (TOKEN_VARIABLE, KEY_VARIABLE):
        if watch.variable(name):
            return from_variable(name, Need(url, url, make=_MAKERS[name]), watch)
    username = watch.variable(USERNAME_VARIABLE)
    if username and watch.variable(PASSWORD_VARIABLE):
        return from_variable(PASSWORD_VARIABLE, Need(url, url, username), watch)
    return FoundCredential(None, "none")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) > 0 else None
