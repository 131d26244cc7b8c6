"""The web application: the bare handler of the hot path beside Django, in one ASGI application."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
