"""The tools of the MCP server; the only module that imports `mcp`.

Loaded when FAQ_MCP is on, and never otherwise. Streamable HTTP without sessions and with JSON for
responses: any worker or replica can answer any request. All tools read only.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, unquote

from mcp import MCPError, types
from mcp.server import Server, ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from service.answering.catalogue import answer_unit, canned_questions
from service.answering.errors import UnknownAnswer
from service.answering.pipeline import VisitorQuestion
from service.api import presenters
from service.api.dependencies import get_state, wants_privacy
from service.api.errors import DETAILS, REFUSALS, REFUSED, field_errors, problem
from service.api.middleware import MAX_BODY, MCP, client_of
from service.api.schemas import DEFAULT_LIMIT, AskResponse, QuestionList
from service.extras.mcp.schemas import AskArguments, AskResult, NoArguments, ask_result, quoted

INSTRUCTIONS = (
    "Answers from one careers site's own article and FAQ, written and reviewed by people. Use "
    "`ask` with the question in a sentence. With outcome `answer`, quote `answer.text` as it "
    "stands and cite `answer.url`. With `no_answer`, say that this site does not cover it; the "
    "suggestions are other questions, not answers."
)
ANSWERS = "faq://answers/"
"""Before an id, the address of one answer as a resource."""
JSON = "application/json"
FOREIGN_ORIGIN = (
    "Pages of this origin may not use the service. Its operator can list the origin in "
    "FAQ_ALLOWED_ORIGINS; a program sends no Origin header."
)

Context: TypeAlias = ServerRequestContext[dict[str, Any], Request]
Params = TypeVar("Params")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AgentServer:
    """What the app needs to serve MCP."""

    route: Route
    running: Callable[[], AbstractAsyncContextManager[None]]
    """To be entered once, for as long as the app runs."""


def agent_server(version: str) -> AgentServer:
    """Make the server. Requests from browsers are accepted from the allowed origins only."""
    # What the SDK logs of each request is in the access log already.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    server = Server(
        "careers-faq",
        version=version,
        title="Careers FAQ",
        instructions=INSTRUCTIONS,
        on_list_tools=_list_tools,
        on_call_tool=_contained(_call_tool),
        on_list_resources=_contained(_list_resources),
        on_list_resource_templates=_list_templates,
        on_read_resource=_contained(_read_resource),
    )
    manager = StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=MAX_BODY
    )
    # No GET: it would hold a connection open for notifications, and there are none.
    route = _NamedRoute(MCP, _Endpoint(manager), methods=["POST"])
    return AgentServer(route, manager.run)


class _NamedRoute(Route):
    """Puts itself into the scope, where the log and the metrics look for the path of a route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


class _Endpoint:
    """Checks the origin, as the protocol demands against DNS rebinding."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin", "").lower()
        allowed = get_state(Request(scope)).settings.allowed_origins
        if origin and origin not in allowed and "*" not in allowed:
            await problem(403, FOREIGN_ORIGIN)(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)


def _contained(
    handle: Callable[[Context, Params], Awaitable[Result]],
) -> Callable[[Context, Params], Awaitable[Result]]:
    """Hide the text of unforeseen errors, which the SDK would send to the client."""

    async def contained(context: Context, params: Params) -> Result:
        try:
            return await handle(context, params)
        except MCPError:
            raise
        except REFUSED as error:
            raise MCPError(types.INTERNAL_ERROR, REFUSALS[type(error)].detail) from None
        except Exception:
            log.exception("an agent's request failed")
            raise MCPError(types.INTERNAL_ERROR, DETAILS[500]) from None

    return contained


_READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_TOOLS = [
    types.Tool(
        name="ask",
        title="Ask the careers site",
        description="Answer one question verbatim from the site's own reviewed texts, with the "
        "address to cite, or say that the site does not cover it.",
        input_schema=AskArguments.model_json_schema(),
        output_schema=AskResult.model_json_schema(mode="serialization"),
        annotations=_READ_ONLY,
    ),
    types.Tool(
        name="list_questions",
        title="List the questions of the careers site",
        description="List all questions that the site has an answer prepared for, with their ids.",
        input_schema=NoArguments.model_json_schema(),
        output_schema=QuestionList.model_json_schema(mode="serialization"),
        annotations=_READ_ONLY,
    ),
]


async def _list_tools(_: Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(tools=_TOOLS)


async def _call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
    call = _CALLS.get(params.name)
    if call is None:
        raise MCPError(types.INVALID_PARAMS, "There is no such tool. List the tools.")
    try:
        return _structured(await call(_request(context), params.arguments or {}))
    except ValidationError as error:
        return _refusal("\n".join(_faults(error)))
    except REFUSED as error:
        return _refusal(REFUSALS[type(error)].detail)


async def _ask(request: Request, arguments: dict[str, Any]) -> AskResult:
    given = AskArguments.model_validate(arguments)
    question = VisitorQuestion(
        given.question,
        DEFAULT_LIMIT,
        given.conversation_id,
        is_private=wants_privacy(request),
        client=client_of(request.scope),
    )
    exchange = await get_state(request).pipeline.ask(question)
    response = AskResponse.model_validate_json(presenters.body(exchange))
    return ask_result(response, str(request.base_url))


async def _list_questions(request: Request, arguments: dict[str, Any]) -> QuestionList:
    NoArguments.model_validate(arguments)
    canned = canned_questions(get_state(request).ready)
    return QuestionList(questions=presenters.suggestions(canned))


_CALLS: dict[str, Callable[[Request, dict[str, Any]], Awaitable[BaseModel]]] = {
    "ask": _ask,
    "list_questions": _list_questions,
}


def _structured(result: BaseModel) -> types.CallToolResult:
    # Both forms, as the protocol advises: not every client hands structured content to its model.
    content = result.model_dump(mode="json")
    text = json.dumps(content, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=content
    )


def _refusal(sentence: str) -> types.CallToolResult:
    content = [types.TextContent(type="text", text=sentence)]
    return types.CallToolResult(content=content, is_error=True)


def _faults(error: ValidationError) -> list[str]:
    faults = [
        {**fault, "loc": ("arguments", *fault["loc"])}
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return [f"{fault.field}: {fault.message}." for fault in field_errors(faults)]


async def _list_resources(
    context: Context, _: types.PaginatedRequestParams | None
) -> types.ListResourcesResult:
    canned = canned_questions(get_state(_request(context)).ready)
    return types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=f"{ANSWERS}{quote(entry.id, safe='')}",
                name=entry.id,
                title=entry.question,
                mime_type=JSON,
            )
            for entry in canned
        ]
    )


async def _list_templates(
    _: Context, __: types.PaginatedRequestParams | None
) -> types.ListResourceTemplatesResult:
    template = types.ResourceTemplate(
        uri_template=f"{ANSWERS}{{id}}",
        name="answer",
        title="One answer by its id",
        description="Ids are in the results of `ask` and `list_questions`.",
        mime_type=JSON,
    )
    return types.ListResourceTemplatesResult(resource_templates=[template])


async def _read_resource(
    context: Context, params: types.ReadResourceRequestParams
) -> types.ReadResourceResult:
    request = _request(context)
    uri = str(params.uri)
    try:
        unit = answer_unit(get_state(request).ready, unquote(uri.removeprefix(ANSWERS)))
    except UnknownAnswer:
        raise MCPError(types.INVALID_PARAMS, "No answer has this address.") from None
    answer = quoted(presenters.answer(unit), str(request.base_url))
    text = types.TextResourceContents(uri=uri, text=answer.model_dump_json(), mime_type=JSON)
    return types.ReadResourceResult(contents=[text])


def _request(context: Context) -> Request:
    assert context.request is not None  # noqa: S101 - over HTTP there always is one
    return context.request
