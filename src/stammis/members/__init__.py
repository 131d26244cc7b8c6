"""Who takes part: people and guests; their identities, contacts, consents and labels."""
