from . import across_workspaces as across_workspaces
