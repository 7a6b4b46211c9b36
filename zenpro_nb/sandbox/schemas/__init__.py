"""What goes over the wire, declared once: the OpenAPI document and the replies are both made from these models.

The source is group 4 of the API facts. A field or model that is inferred there is marked as inferred here.
"""
