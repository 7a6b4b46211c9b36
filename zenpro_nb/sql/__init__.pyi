from .engine import answer as answer
from .engine import check as check
from .mistakes import pointed as pointed
from .statement import Statement as Statement
from .statement import TableName as TableName
from .statement import parse as parse
