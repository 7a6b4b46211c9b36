"""The noun `api-keys`: your personal access tokens, or the API keys of a service account."""
