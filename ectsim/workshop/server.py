"""The web server: addresses of pages, texts, ground and exports; headers that keep browsers safe.

What goes through the websocket lives in room.py.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ectsim.locale import LANGUAGES
from ectsim.workshop.addresses import is_expected, is_same_origin
from ectsim.workshop.exporting import EXPORTS, modules, page_texts
from ectsim.workshop.room import Room

PAGES = resources.files(__package__).joinpath("pages")
LARGEST_BODY = 4096
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}


class Guard:
    """Refuses requests for other hosts or from other origins, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = given.get("host", "")

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = message | {"headers": [*message["headers"], *headers]}
            await send(message)

        if is_expected(host) and is_same_origin(given.get("origin"), host):
            await self.app(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(1008)
        else:
            await PlainTextResponse("", 421)(scope, receive, send_with_headers)


def make_app(room: Room, language: str, ground: dict[str, Any]) -> Starlette:
    """The application of one session.

    Parameters
    ----------
    room
        The session and its people.
    language
        Language of the pages, "fr" or "en", until a page asks for the other.
    ground
        See :func:`ectsim.workshop.ground.packed_ground`.
    """

    def page(role: str) -> Callable[[Request], Response]:
        def shown(request: Request) -> Response:
            asked = request.query_params.get("lang", language)
            spoken = asked if asked in LANGUAGES else language
            return Response(written_page(role, spoken), media_type="text/html")

        return shown

    def spoken(request: Request) -> Response:
        asked = request.path_params["language"]
        return JSONResponse(page_texts(asked)) if asked in LANGUAGES else PlainTextResponse("", 404)

    async def export(request: Request) -> Response:
        if not room.may(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return PlainTextResponse("", 401)
        make = EXPORTS.get(request.path_params["name"])
        body = await request.body()
        if make is None or len(body) > LARGEST_BODY:
            return PlainTextResponse("", 404 if make is None else 413)
        try:
            names = json.loads(body or b"{}").get("names") is True
        except (ValueError, AttributeError):
            return PlainTextResponse("", 400)
        media, written = await asyncio.to_thread(make, room, ground, language, names)
        return Response(written, media_type=media)

    async def websocket(socket: WebSocket) -> None:
        await room.serve(socket)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        playing = asyncio.create_task(room.stage.run())
        yield
        playing.cancel()
        room.stage.close()
        room.journal.close()

    return Starlette(
        routes=[
            Route("/", page("participant")),
            Route("/facilitator", page("facilitator")),
            Route("/screen", page("screen")),
            Route("/texts/{language}.json", spoken),
            Route("/ground.json", lambda request: JSONResponse(ground)),
            Route("/export/{name}", export, methods=["POST"]),
            WebSocketRoute("/ws", websocket),
            Mount("/pages", StaticFiles(packages=[("ectsim.workshop", "pages")])),
        ],
        middleware=[Middleware(Guard), Middleware(GZipMiddleware, minimum_size=1000)],
        lifespan=lifespan,
    )


@cache
def written_page(role: str, language: str) -> str:
    """The frame of a page; its modules fill it, and are asked for at once rather than as each names the next."""
    frame = Template(PAGES.joinpath("page.html").read_text(encoding="utf-8"))
    said = page_texts(language)
    return frame.substitute(
        role=role,
        language=language,
        title=said[f"workshop.title.{role}"],
        loading=said["workshop.loading"],
        script=said["workshop.no_script"],
        preloads="\n".join(f'<link rel="modulepreload" href="/pages/{name}">' for name, _ in modules(f"{role}.js")),
    )
