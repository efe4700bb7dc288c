"""Everything that reads what comes from outside, on variations of real inputs, within bounds."""

import time
import tracemalloc

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.fuzzing import TARGETS, run

SECONDS = 20.0
"""Of the processor for one input of 4 kB; the slowest takes a fifth of a second, and ten times that
while its memory and its coverage are traced. What grows without bound takes minutes."""
EXAMPLES = min(50, settings().max_examples)
BYTES = 64 * 2**20
PIECES = (
    *(b"[" * 2000, b"{" * 2000, b"- " * 2000, b"> " * 2000, b"&a " * 500, b"*a\n" * 500),
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n---\n", b"<!--", b"<![CDATA[", b"](", b"```"),
    *(b"\xef\xb7\xba" * 300, b"\xe2\x80\x8b", b"\xed\xa0\x80", b"9" * 5000, b"1e999", b"- ? : !"),
    *(b"!!python/object/apply:os.system [id]", b"<<: *a", b"../" * 50, b"%00", b"@" * 900),
)


@st.composite
def variations(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed that is cut, joined with another, and interrupted by what parsers stumble over."""
    inserted = st.one_of(st.sampled_from(PIECES), st.binary(max_size=40))
    data = draw(st.one_of(st.sampled_from(seeds), st.binary(max_size=400)))
    for _ in range(draw(st.integers(0, 4))):
        at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        data = data[:at] + draw(inserted) + data[end if draw(st.booleans()) else at :]
    return data


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=EXAMPLES, phases=set(Phase) - {Phase.shrink, Phase.explain})
@given(data=st.data())
def test_any_input_is_read_or_refused_within_bounds(name: str, data: st.DataObject) -> None:
    given_bytes = data.draw(variations(TARGETS[name].seeds))
    run(name, b"")  # what is imported or cached at the first use is not of this input
    tracemalloc.start()
    started = time.thread_time()
    try:
        run(name, given_bytes)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert time.thread_time() - started < SECONDS
    assert peak < BYTES


@pytest.mark.parametrize("name", TARGETS)
def test_variations_start_from_what_is_read(name: str) -> None:
    assert any([run(name, seed) for seed in TARGETS[name].seeds])
