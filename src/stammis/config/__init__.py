"""Where everything is plugged together: settings, embedded PostgreSQL, command line."""
