"""What was said before in a conversation, kept in Redis for all workers and machines.

The only module that imports redis; it is loaded where FAQ_CONVERSATIONS names one.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any

from anyio import fail_after
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from index.datatypes import Turn
from index.versions.publication_history import PublishedVersion
from service.answering.conversations import MAX_TURNS, SECONDS_KEPT, Said
from service.ops.circuit_breaker import REDIS_SECONDS, Outage

_TURN = TypeAdapter(Turn)
_MARK = TypeAdapter(PublishedVersion)
_RECALL = """
return {redis.call('LRANGE', KEYS[1], 0, -1), redis.call('GET', KEYS[2])}
"""
_REMEMBER = """
local turn, at, mark, most, seconds = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if turn ~= '' then
    redis.call('RPUSH', KEYS[1], turn)
    redis.call('LTRIM', KEYS[1], -most, -1)
end
local kept = redis.call('GET', KEYS[2])
if not kept or cjson.decode(kept).at < at then
    redis.call('SET', KEYS[2], mark)
end
redis.call('EXPIRE', KEYS[1], seconds)
redis.call('EXPIRE', KEYS[2], seconds)
"""
"""In one step, so that an answer of an older version that comes later changes nothing."""


class SharedConversations:
    """The last turns of each conversation, and the newest version that it has seen.

    While Redis does not answer, every question is a first one.
    """

    in_common = True

    def __init__(
        self,
        url: str,
        on_failure: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        seconds: float = SECONDS_KEPT,
    ) -> None:
        self._secret = hashlib.sha256(url.encode()).digest()
        self._seconds = seconds
        self._redis = Redis.from_url(url)
        self._outage = Outage(
            "conversations: every question is taken for a first one, as Redis fails",
            "conversations: kept in Redis again",
            on_failure,
            clock,
        )

    async def recall(self, conversation: str) -> Said:
        """Give what was said, oldest first; waits for a moment at most, and never raises."""
        found = await self._call(_RECALL, conversation)
        if found is None:
            return Said()
        try:
            turns = tuple(_TURN.validate_json(turn) for turn in found[0])
            return Said(turns, _MARK.validate_json(found[1]) if found[1] else None)
        except ValidationError:
            return Said()  # written by another release

    async def remember(self, conversation: str, turn: Turn | None, mark: PublishedVersion) -> None:
        """Add a turn, if there is one, and the version that was seen; never raises."""
        said = _TURN.dump_json(turn) if turn else b""
        seen = _MARK.dump_json(mark)
        await self._call(
            _REMEMBER, conversation, said, mark.at, seen, MAX_TURNS, round(self._seconds)
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()

    async def _call(self, script: str, conversation: str, *arguments: str | bytes | int) -> Any:
        """Run a script on the two keys of a conversation; None while Redis does not answer."""
        if self._outage.is_left_alone:
            return None
        try:
            with fail_after(REDIS_SECONDS):
                found = await self._redis.eval(script, 2, *self._keys(conversation), *arguments)
        except (RedisError, OSError) as error:
            self._outage.failed(error)
            return None
        self._outage.worked()
        return found

    def _keys(self, conversation: str) -> tuple[str, str]:
        # A digest, since an id is the client's own. The braces keep both on one node of a cluster.
        key = hashlib.blake2b(conversation.encode(), key=self._secret, digest_size=16).hexdigest()
        return f"faq:{{{key}}}:turns", f"faq:{{{key}}}:newest"
