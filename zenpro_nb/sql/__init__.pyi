from .engine import check as check
from .engine import execute as execute
from .engine import missing_values as missing_values
from .exclusions import without_missing_values as without_missing_values
from .mistakes import caret_lines as caret_lines
from .statement import Statement as Statement
from .statement import TableName as TableName
from .statement import parse as parse
