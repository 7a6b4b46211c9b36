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
from zenpro_nb.profiles.resolver import Profiles as Profiles
from zenpro_nb.profiles.resolver import account_of as account_of
from zenpro_nb.profiles.settings import SAAS_URL as SAAS_URL
from zenpro_nb.profiles.settings import Settings as Settings
from zenpro_nb.profiles.sources import for_workspace as for_workspace
from zenpro_nb.profiles.sources import recognize as recognize
from zenpro_nb.profiles.sources import with_source as with_source
from zenpro_nb.profiles.ways_in import how_to_keep as how_to_keep
from zenpro_nb.profiles.ways_in import no_credential as no_credential
from zenpro_nb.profiles.ways_in import replacement as replacement
from zenpro_nb.profiles.ways_in import sandbox_not_started as sandbox_not_started
from zenpro_nb.profiles.ways_in import sign_in as sign_in
from zenpro_nb.profiles.ways_in import ways_in as ways_in
from zenpro_nb.profiles.ways_in import without_keyring as without_keyring
