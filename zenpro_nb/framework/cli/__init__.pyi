from . import corrections as corrections
from . import hints as hints
from . import invited as invited
from . import leftover as leftover
from . import option_hints as option_hints
from . import organization as organization
from . import placing as placing
from . import shell_syntax as shell_syntax
