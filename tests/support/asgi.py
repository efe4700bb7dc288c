"""One request to an ASGI app, without a server."""

import asyncio
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.ops.observability import request_id

JSON_HEADER = (b"content-type", b"application/json")


class Echo:
    """Answers with the body that it was given."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        body = message["body"] + request_id.get().encode() * (scope["path"] == "/id")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


def call(
    app: ASGIApp,
    received: Sequence[Message] = ({"type": "http.request", "body": b"", "more_body": False},),
    **scope: object,
) -> list[Message]:
    """Everything that the app sends in answer to one request."""
    sent: list[Message] = []
    waiting = list(received)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(3600)
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    whole = {
        "type": "http",
        "method": "POST",
        "path": "/v1/ask",
        "headers": [JSON_HEADER],
        "client": ("192.0.2.1", 5000),
        **scope,
    }

    async def serve() -> None:
        await app(whole, receive, send)

    asyncio.run(serve())
    return sent


def status_and_body(sent: Sequence[Message]) -> tuple[int, bytes]:
    return sent[0]["status"], sent[1]["body"]


def headers(sent: Sequence[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}
