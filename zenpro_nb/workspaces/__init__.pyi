from . import dataset as dataset
from . import filter_values as filter_values
from . import logs as logs
from . import many as many
from . import oss_server as oss_server
from . import targets as targets
from .names import read_project_names as read_project_names
from .usage import read_activity as read_activity
