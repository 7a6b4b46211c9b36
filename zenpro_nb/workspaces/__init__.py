"""Inside a workspace: its server, its projects, its lists; one workspace or all of an organization at once."""
