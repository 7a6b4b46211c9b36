from . import gate as gate
from . import waiting as waiting
