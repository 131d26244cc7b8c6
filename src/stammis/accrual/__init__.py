"""Applies decisions: the one writer of effects; standings and reasons, the timeline, steps as sentences."""
