"""The request and response models, from which both the OpenAPI document and the responses are created.

Their source is group 4 of the API facts. Fields and models that are inferred there are marked as inferred here.
"""
