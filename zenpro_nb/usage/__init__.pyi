from .blind_spots import with_blind_spots as with_blind_spots
from .idle import idle_people as idle_people
from .removals import usage_of_removals as usage_of_removals
from .removals import with_marks as with_marks
from .unused import role_usage as role_usage
from .unused import usage_of_paths as usage_of_paths
