"""Commands for the servers of workspaces: runs, pipelines, stacks, models and others."""
