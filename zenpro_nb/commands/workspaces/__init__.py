"""Commands about what is inside workspaces: runs, pipelines, stacks, models …"""
