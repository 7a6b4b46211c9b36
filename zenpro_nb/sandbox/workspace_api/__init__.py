"""The workspaces' own API: what a ZenML server answers, with made-up runs (API facts 9.1 to 9.5).

visit       one request: who asks, and what is in the workspace, made up when it is first asked for
items       the things there are, each laid out as the real server does
made_up     the invention: people, stacks, pipelines, thirty days of runs
listings    the table of lists and their filters
routes      what is answered
entrance    who may come in;  rights: what they may do there
"""
