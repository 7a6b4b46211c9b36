"""The commands of the workspaces' own servers: runs, pipelines, stacks, models and the rest."""
