"""Taking files in: members, purchases and the sample company. The only writer of runs and their bad rows."""

from __future__ import annotations

from stammis.imports.services.members import import_members
from stammis.imports.services.purchases import import_purchases

__all__ = ["import_members", "import_purchases"]
