"""Where the server and the credential come from: the environment, a file of profiles, kept and stored logins."""

from __future__ import annotations

from zenpro_nb.profiles.environment import (
    KEY_VARIABLE,
    ORGANIZATION_VARIABLE,
    PASSWORD_VARIABLE,
    PROFILE_VARIABLE,
    TOKEN_VARIABLE,
    URL_VARIABLE,
    USERNAME_VARIABLE,
    WORKSPACE_VARIABLE,
    from_environment,
    no_credential,
)
from zenpro_nb.profiles.resolver import Profiles, account_of
from zenpro_nb.profiles.settings import SAAS_URL, Settings
from zenpro_nb.profiles.sources import for_workspace, recognized

__all__ = [
    "KEY_VARIABLE",
    "ORGANIZATION_VARIABLE",
    "PASSWORD_VARIABLE",
    "PROFILE_VARIABLE",
    "SAAS_URL",
    "TOKEN_VARIABLE",
    "URL_VARIABLE",
    "USERNAME_VARIABLE",
    "WORKSPACE_VARIABLE",
    "Profiles",
    "Settings",
    "account_of",
    "for_workspace",
    "from_environment",
    "no_credential",
    "recognized",
]
