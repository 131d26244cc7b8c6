"""What the tests of faults share."""

from tests.config.conftest import folder, server

__all__ = ["folder", "server"]
