from .addresses import addresses as addresses
from .nearby_names import paired_fields as paired_fields
from .notebook_file import OUTPUT as OUTPUT
from .notebook_file import NotebookText as NotebookText
from .notebook_file import records_of as records_of
from .people import NamedPerson as NamedPerson
from .people import people_in as people_in
from .pseudonyms import Pseudonyms as Pseudonyms
