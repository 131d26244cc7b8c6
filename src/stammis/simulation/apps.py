"""Simulation as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SimulationConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.simulation"
    label = "simulation"
