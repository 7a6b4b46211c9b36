from .filling import WITH as WITH
from .filling import fill as fill
from .permissions import ActionOnType as ActionOnType
from .permissions import with_permissions as with_permissions
