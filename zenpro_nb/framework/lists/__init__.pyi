from . import at_capture as at_capture
from . import counting as counting
from . import gaps as gaps
from . import inventory as inventory
from . import reading as reading
from . import where as where
