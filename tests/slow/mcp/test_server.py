"""The MCP server of the real process, spoken to by the SDK's own client."""

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, types

from tests.support.paths import CONTENT, ROOT
from tests.support.running import started

PAY = "Do cooks earn more than bakers?"
PAY_TEXT = "Pay is much the same in both jobs. It depends on the place and on your years of work."
PAGE = "https://careers.example.org"
SETTINGS = {"FAQ_MCP": "on", "FAQ_RATE_LIMIT": "off", "FAQ_ALLOWED_ORIGINS": PAGE}
BOTH_ERAS = pytest.mark.parametrize("mode", ["legacy", "auto"])
"""The handshake of 2025, and what each request carries by itself since 2026."""
T = TypeVar("T")

pytestmark = [pytest.mark.model, pytest.mark.socket]


@pytest.fixture(scope="module")
def folder(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agents")
    (folder / "index").symlink_to(real_index)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where a service with an index and two workers answers."""
    with started(folder, "--workers", "2", **SETTINGS) as (_, address):
        yield address


def talk(address: str, say: Callable[[Client], Awaitable[T]], mode: str = "auto") -> T:
    """Connect a client, let it say something, and give what it heard."""

    async def connected() -> T:
        async with Client(f"{address}/mcp", mode=mode) as client:
            return await say(client)

    return anyio.run(connected)


def error_of(address: str, say: Callable[[Client], Awaitable[object]], mode: str = "auto") -> str:
    """What the client raises when it says that; caught here, since the client groups it."""

    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await say(client)
        return caught.value.error.message

    return talk(address, refused, mode)


def call(address: str, tool: str, mode: str = "auto", **arguments: Any) -> types.CallToolResult:
    return talk(address, lambda client: client.call_tool(tool, arguments), mode)


def text_of(result: types.CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, types.TextContent)
    return content.text


@BOTH_ERAS
def test_tools_say_that_they_only_read_and_what_they_give(address: str, mode: str) -> None:
    tools = talk(address, lambda client: client.list_tools(), mode).tools

    assert [tool.name for tool in tools] == ["ask", "list_questions"]
    for tool in tools:
        assert tool.description
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)
        assert tool.output_schema is not None
    assert tools[0].input_schema["required"] == ["question"]


@BOTH_ERAS
def test_answer_can_be_quoted_cited_and_proved(address: str, mode: str) -> None:
    result = call(address, "ask", mode, question=PAY)

    given = result.structured_content
    assert not result.is_error
    assert json.loads(text_of(result)) == given
    assert (given["outcome"], given["answer"]["id"]) == ("answer", "faq-pay")
    assert given["answer"]["text"] == PAY_TEXT
    assert given["answer"]["url"].startswith(f"{address}/faq#faq-pay")
    citation = given["answer"]["citation"]
    content = (CONTENT / citation["document"]).read_bytes()[citation["start"] : citation["end"]]
    assert content.decode() == PAY_TEXT
    assert hashlib.sha256(content).hexdigest() == citation["sha256"]


def test_address_of_an_answer_is_the_one_that_the_agent_knows(address: str) -> None:
    name = address.replace("127.0.0.1", "localhost")

    given = call(name, "ask", question=PAY).structured_content

    assert given["answer"]["url"].startswith(f"{name}/faq#")


def test_question_that_is_not_covered_gets_no_text_but_the_nearest_questions(address: str) -> None:
    given = call(address, "ask", question="Who won the football world cup in 1954?")

    assert not given.is_error
    assert given.structured_content["outcome"] == "no_answer"
    assert given.structured_content["answer"] is None
    assert given.structured_content["message"].startswith("I don't have an answer to that.")
    assert given.structured_content["suggestions"]


def test_all_canned_questions_are_listed_as_they_are_over_http(address: str) -> None:
    result = call(address, "list_questions")

    assert result.structured_content == httpx2.get(f"{address}/v1/questions").json()


def test_answer_is_read_by_its_id(address: str) -> None:
    async def say(client: Client) -> tuple[str, list[str], list[str]]:
        templates = await client.list_resource_templates()
        listed = await client.list_resources()
        read = await client.read_resource("faq://answers/faq-pay")
        [content] = read.contents
        assert isinstance(content, types.TextResourceContents)
        return (
            content.text,
            [str(resource.uri) for resource in listed.resources],
            [template.uri_template for template in templates.resource_templates],
        )

    text, listed, templates = talk(address, say)

    assert json.loads(text)["text"] == PAY_TEXT
    assert "faq://answers/faq-pay" in listed
    assert templates == ["faq://answers/{id}"]


@BOTH_ERAS
def test_answer_that_is_not_there_is_an_error(address: str, mode: str) -> None:
    said = error_of(address, lambda client: client.read_resource("faq://answers/nothing"), mode)

    assert said == "No answer has this address."


@BOTH_ERAS
@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {}, "question: This is required."),
        ("ask", {"question": " "}, "question: Write a question."),
        ("ask", {"question": "x" * 1001}, "question: Write 1000 characters at most."),
        ("ask", {"question": PAY, "limit": 3}, "limit: There is no such field."),
        ("ask", {"question": PAY, "conversation_id": 7}, "conversation_id: "),
        ("list_questions", {"page": 2}, "page: There is no such field."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_argument_gets_an_error_that_an_agent_can_act_on(
    address: str, mode: str, tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    result = call(address, tool, mode, **arguments)

    assert result.is_error
    assert result.structured_content is None
    assert text_of(result).startswith(sentence)


@BOTH_ERAS
def test_unknown_tool_is_an_error_of_the_protocol(address: str, mode: str) -> None:
    said = error_of(address, lambda client: client.call_tool("answer", {"question": PAY}), mode)

    assert said == "There is no such tool. List the tools."


def test_any_worker_answers_since_there_is_no_session(address: str) -> None:
    async def ask_often() -> set[str]:
        answers = set()
        for _ in range(8):  # each over a connection of its own
            async with Client(f"{address}/mcp", mode="legacy") as client:
                result = await client.call_tool("ask", {"question": PAY})
                answers.add(result.structured_content["answer"]["id"])
        return answers

    assert anyio.run(ask_often) == {"faq-pay"}


def test_question_is_kept_and_counted_like_any_other(real_index: Path, tmp_path: Path) -> None:
    (tmp_path / "index").symlink_to(real_index)
    with started(tmp_path, **SETTINGS) as (process, address):
        given = call(address, "ask", question=f"{PAY} Write to me@example.org").structured_content
        figures = httpx2.get(f"{address}/metrics").text
        process.terminate()
        process.wait(30)

    with closing(sqlite3.connect(tmp_path / "interactions.db")) as database:
        rows = database.execute("select id, question from interactions").fetchall()
    [(interaction, question)] = rows
    assert interaction == given["interaction_id"]
    assert "me@example.org" not in question
    assert re.search(
        r'faq_requests_total\{method="POST",route="/mcp",status="200"\} [1-9]', figures
    )
    assert "cooks" not in (tmp_path / "log").read_text("utf-8")


def test_examples_of_the_documentation_work(address: str) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    [config] = re.findall(r'```json\n(\{"mcpServers".*?)```', page, re.S)
    [program] = re.findall(r"```python\n(.*?)```", page, re.S)
    url = json.loads(config)["mcpServers"]["careers-faq"]["url"]
    here = url.replace("https://careers.example.org", address)
    program = program.replace(url, here).replace("Can you learn machine learning on your own?", PAY)

    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert here in program
    assert completed.stdout == f"“{PAY_TEXT}”\n{address}/faq#faq-pay\n"


@contextmanager
def limited(folder: Path, **settings: str) -> Iterator[str]:
    with started(folder, **{**SETTINGS, **settings}) as (_, address):
        yield address


def test_client_over_the_limit_gets_an_error(tmp_path: Path) -> None:
    with limited(tmp_path, FAQ_RATE_LIMIT="1/hour") as address:
        call(address, "list_questions", "2026-07-28")
        said = error_of(
            address, lambda client: client.call_tool("ask", {"question": PAY}), "2026-07-28"
        )

    assert said


@BOTH_ERAS
def test_without_an_index_an_agent_gets_the_command_to_run(tmp_path: Path, mode: str) -> None:
    with limited(tmp_path) as address:
        result = call(address, "ask", mode, question=PAY)
        said = error_of(address, lambda client: client.list_resources(), mode)

    assert said.startswith("There is no index to answer from.")
    assert result.is_error
    assert text_of(result).startswith("There is no index to answer from. Run `careers-faq build`")
