"""What goes over the wire, declared once: the OpenAPI document and the replies are both made from these models.

Section 4 of the API fact sheet is the source; a field or model that is inferred there says so here.
"""
