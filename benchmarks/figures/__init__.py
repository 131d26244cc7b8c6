"""The figures: one module each, with ``measure(rounds) -> list[Figure]``."""
