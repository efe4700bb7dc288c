"""Visitors who have the same little conversation again and again, and note what they are told."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.support.running import get

PAY, ANSWER = "Do cooks earn more than bakers?", "Pay is much the same in both jobs."
TALK = (PAY, "why?", "Do bakers work at night?", "and cooks?")
UNITS = ("faq-pay", "faq-pay", "faq-night", "art-hours")
"""Each second question is understood only with the one before."""
PATIENCE_SECONDS = 120.0
"""Far more than it takes, for a machine that is busy."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer or a refusal, and the replica that sent it."""

    status: int
    replica: str
    body: dict[str, object]

    @property
    def unit(self) -> object:
        answer = self.body["answer"]
        return answer["id"] if isinstance(answer, dict) else None


@dataclass(slots=True)
class Visitor:
    """Asks without pause, and is told nothing of who answers."""

    address: str
    name: str
    chats: list[list[Reply]] = field(default_factory=list)

    def ask_until(self, done: threading.Event) -> None:
        """Have whole conversations, one after the other."""
        while not done.is_set():
            self.chats.append([])
            hold(self.address, TALK, self.chats[-1])

    def answers_of(self, replica: str) -> int:
        """Count the answers of a replica until now."""
        return sum(answer.replica == replica for chat in self.chats for answer in chat)


def hold(address: str, questions: Sequence[str], answers: list[Reply]) -> None:
    """Have one conversation, and note each answer as it comes."""
    conversation = None
    for question in questions:
        answers.append(ask(address, question, conversation))
        conversation = answers[-1].body.get("conversation_id", conversation)


def ask(address: str, question: str, conversation: object = None) -> Reply:
    """Ask over a connection of its own, with the newest `conversation_id`."""
    body = json.dumps({"question": question, "conversation_id": conversation}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{address}/v1/ask", body, headers)  # noqa: S310 - always http
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as response:  # noqa: S310 - as above
            return Reply(response.status, asked_last(response.headers), json.load(response))
    except HTTPError as error:
        with error:
            return Reply(error.code, asked_last(error.headers), {"answer": None})


def asked_last(headers: Message) -> str:
    """Return who gave the answer: nginx names those whom it asked in vain before it."""
    return str(headers["X-Replica"]).rsplit(", ", 1)[-1]


def wait_for_more(visitors: Sequence[Visitor], replicas: Sequence[str], more: int) -> None:
    """Wait until each visitor has got so many answers more of each replica."""
    pairs = [(visitor, replica) for visitor in visitors for replica in replicas]
    wanted = [visitor.answers_of(replica) + more for visitor, replica in pairs]
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        counts = [visitor.answers_of(replica) for visitor, replica in pairs]
        if all(here >= there for here, there in zip(counts, wanted, strict=True)):
            return
        assert time.monotonic() < until, (wanted, counts)
        time.sleep(0.05)


def wait_until_all_answer_from(addresses: Sequence[str], version: str) -> None:
    """Wait until every replica answers from a version."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        responses = [get(f"{address}/v1/index") for address in addresses]
        if all(status == 200 and version in body.decode() for status, body in responses):
            return
        assert time.monotonic() < until, responses
        time.sleep(0.05)
