"""Taking files in: members, purchases, balances and the sample company. The only writer of runs and their bad rows."""

from __future__ import annotations

from stammis.imports.services.balances import import_balances
from stammis.imports.services.members import import_members
from stammis.imports.services.purchases import import_purchases
from stammis.imports.services.runs import Standing, ask_to_stop
from stammis.imports.services.sample import load_sample

__all__ = ["Standing", "ask_to_stop", "import_balances", "import_members", "import_purchases", "load_sample"]
