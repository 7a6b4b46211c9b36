from . import editing as editing
from .deadlines import expired_access as expired_access
from .parsing import desired_state as desired_state
