"""Measurements, each beside a yardstick measured in the same run. ``python -m benchmarks`` runs them all."""
