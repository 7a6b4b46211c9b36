from . import gate as gate
from . import waiting as waiting
from . import write_command as write_command
