"""Find the server and the credential: in the environment, a profiles file, and stored logins."""

from __future__ import annotations

from zenpro_nb.profiles.environment import KEY_VARIABLE as KEY_VARIABLE
from zenpro_nb.profiles.environment import ORGANIZATION_VARIABLE as ORGANIZATION_VARIABLE
from zenpro_nb.profiles.environment import PASSWORD_VARIABLE as PASSWORD_VARIABLE
from zenpro_nb.profiles.environment import PROFILE_VARIABLE as PROFILE_VARIABLE
from zenpro_nb.profiles.environment import TOKEN_VARIABLE as TOKEN_VARIABLE
from zenpro_nb.profiles.environment import URL_VARIABLE as URL_VARIABLE
from zenpro_nb.profiles.environment import USERNAME_VARIABLE as USERNAME_VARIABLE
from zenpro_nb.profiles.environment import WORKSPACE_VARIABLE as WORKSPACE_VARIABLE
from zenpro_nb.profiles.environment import from_environment as from_environment
from zenpro_nb.profiles.environment import no_credential as no_credential
from zenpro_nb.profiles.resolver import Profiles as Profiles
from zenpro_nb.profiles.resolver import account_of as account_of
from zenpro_nb.profiles.settings import SAAS_URL as SAAS_URL
from zenpro_nb.profiles.settings import Settings as Settings
from zenpro_nb.profiles.sources import for_workspace as for_workspace
from zenpro_nb.profiles.sources import recognize as recognize
