"""The nouns of the control plane, each with its writes."""
