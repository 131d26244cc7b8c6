"""Who runs it: people, roles, API keys, audit."""
