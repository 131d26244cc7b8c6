"""Measurements, each beside a yardstick measured in the same run. ``python -m benchmarks`` runs them all."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")  # errors of rooms are told through gettext
