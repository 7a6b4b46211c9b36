"""Statistics of runs, with the behavior of 0.98.0 (API facts 12.1 and 12.2).

question  the body of a request, validated
values    what is read from each run
groups    the groups, their order, and truncation
"""
