from . import name_validation as name_validation
from . import principals as principals
from . import role_scope as role_scope
