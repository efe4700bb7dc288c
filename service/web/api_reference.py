"""The API reference at /docs: the OpenAPI description as one readable page.

Ours, since Swagger UI and ReDoc write styles and HTML from script, which the policy of our pages
forbids (styles by hash, trusted types). This page is whole without script, which only sends what
somebody tries out. /openapi.json has the whole description, for tools.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from service.web.page_templates import environment, policy

Schema = Mapping[str, Any]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a request, in its path, its query or its body."""

    name: str
    place: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """One possible response."""

    status: str
    description: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route."""

    anchor: str
    method: str
    path: str
    description: str
    needs_token: bool
    curl: str
    """Command that sends it."""
    parts: tuple[Part, ...]
    replies: tuple[DocumentedResponse, ...]


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request) -> HTMLResponse:
    """Show the API reference."""
    description = request.app.openapi()
    page = environment().get_template("docs.html")
    base = str(request.base_url).rstrip("/")
    text = page.render(info=description["info"], operations=operations(description, base))
    rules = policy("pages.css", "docs.css", script="docs.js")
    return HTMLResponse(text, headers={"Content-Security-Policy": rules})


def operations(description: Schema, base: str) -> list[Operation]:
    """Read every route of an OpenAPI description, in its order; `base` is where the service is."""
    schemas = description["components"]["schemas"]
    return [
        _operation(path, method, operation, schemas, base)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(path: str, method: str, operation: Schema, schemas: Schema, base: str) -> Operation:
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        description=operation["description"],
        needs_token="security" in operation,
        curl=_curl(path, method.upper(), operation, schemas, base),
        parts=(*_parameters(operation), *_body(operation, schemas)),
        replies=tuple(_reply(status, one) for status, one in operation["responses"].items()),
    )


def _curl(path: str, method: str, operation: Schema, schemas: Schema, base: str) -> str:
    lines = [f"curl '{base}{path}'"]
    if method not in ("GET", "POST"):
        lines.append(f"-X {method}")
    if "security" in operation:
        lines.append('-H "Authorization: Bearer $FAQ_ADMIN_TOKEN"')
    if schema := _body_schema(operation, schemas):
        required = schema.get("required", ())
        fields = {name: one for name, one in schema["properties"].items() if name in required}
        body = {name: _example(one) for name, one in fields.items()}
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body)}'"]
    return " \\\n  ".join(lines)


def _example(field: Schema) -> Any:
    by_type = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
    return field.get("examples", [by_type.get(field.get("type", ""), "…")])[0]


def _parameters(operation: Schema) -> list[Part]:
    return [
        Part(one["name"], one["in"], one["required"], one.get("description", ""))
        for one in operation.get("parameters", [])
    ]


def _body(operation: Schema, schemas: Schema) -> list[Part]:
    schema = _body_schema(operation, schemas)
    return [
        Part(name, "body", name in schema.get("required", []), one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _body_schema(operation: Schema, schemas: Schema) -> Schema:
    """Return the schema of a request's body; empty where it has none."""
    if "requestBody" not in operation:
        return {}
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    # an optional body is described as one of two schemas, of which the other is null
    reference = body.get("$ref") or body["anyOf"][0]["$ref"]
    schema: Schema = schemas[reference.rsplit("/", 1)[1]]
    return schema


def _reply(status: str, response: Schema) -> DocumentedResponse:
    examples = [
        example
        for content in response.get("content", {}).values()
        for example in _examples(content)
    ]
    return DocumentedResponse(status, response["description"], tuple(map(_as_text, examples)))


def _examples(content: Schema) -> list[Any]:
    if "examples" in content:
        return [example["value"] for example in content["examples"].values()]
    return [content["example"]] if "example" in content else []


def _as_text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2)
