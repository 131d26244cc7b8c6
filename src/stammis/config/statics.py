"""Static files as whole answers: the server is asynchronous, and would have to read what is streamed to it first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class Statics(WhiteNoiseMiddleware):  # type: ignore[misc] # it carries no types
    """Gives the files of the console; they are small, and compressed where the browser takes that."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Answer with a file, a part of it, or that it is still the same."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer["content-type"]  # it has its own
        for name, value in found.headers:
            answer[name] = value
        return answer
