"""An embedded ZenML Pro control plane: fake data, real HTTP.

It is reached over HTTP like any server, so it imports nothing of the rest of the package and nothing of the rest
imports it. ``python -m zenpro_nb.sandbox`` starts it.
"""
