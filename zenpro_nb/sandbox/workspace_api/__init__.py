"""The workspaces' own API: a ZenML server with sample runs (API facts 9.1 to 9.5).

calls        one request: the caller, and the contents of the workspace, which are generated on first access
items        the resources, each in the format of the real server
sample_data  the generators: people, stacks, pipelines, thirty days of runs
listings     the table of lists and their filters
routes       the handlers
sign_in      authentication
rights       permissions
"""
