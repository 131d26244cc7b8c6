"""The web application: the bare handler of the hot path beside Django, in one ASGI application."""

from __future__ import annotations

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

# Under ASGI each request has a thread of its own for a moment: connections come from a pool, no thread keeps one.
_database = settings.DATABASES["default"]
_database["CONN_MAX_AGE"] = 0
_database["OPTIONS"] = {**_database["OPTIONS"], "pool": {"min_size": 1, "max_size": 12, "timeout": 5}}

_django = get_asgi_application()

# Django's tables must be known first; the addresses are loaded now, not by whoever calls first.
from stammis.config import environment, production  # noqa: E402 - Django's tables must be known first

production.check_secret()

from stammis.api.hot.application import ASGI, Application  # noqa: E402 - see above
from stammis.config import urls  # noqa: E402 - see above

assert urls.urlpatterns

application = Application(cast("ASGI", _django), lanes=environment.read("STAMMIS_BATCHES"))
