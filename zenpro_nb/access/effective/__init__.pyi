from .effective import effective_access as effective_access
from .implied_roles import IMPLIES as IMPLIES
from .implied_roles import NOT_IMPLIED as NOT_IMPLIED
from .paths import alive as alive
from .paths import roles_of as roles_of
from .paths import workspaces_of as workspaces_of
