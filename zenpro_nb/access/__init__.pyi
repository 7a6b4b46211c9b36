from .inventory import Gap as Gap
from .inventory import GapReason as GapReason
from .inventory import Inventory as Inventory
from .inventory import InventoryList as InventoryList
from .inventory import list_of as list_of
from .lists import LISTS as LISTS
from .lists import ListType as ListType
