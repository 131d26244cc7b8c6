"""The promise: programmes, their published versions; rules as sentences."""
