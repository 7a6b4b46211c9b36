from . import idle_people as idle_people
