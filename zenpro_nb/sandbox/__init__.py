"""An embedded ZenML Pro control plane with sample data, served over real HTTP.

The rest of the package reaches it over HTTP like any server, so neither imports the other.
``python -m zenpro_nb.sandbox`` starts it.
"""
