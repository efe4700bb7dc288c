"""Any sequence of edits leaves what a model of the edits holds, and every other byte as it was."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import load
from service.studio.content_store import ContentStore
from service.studio.errors import ContentFaulty
from service.studio.items import ItemKind
from tests.support.content_files import write

TODAY = date(2026, 11, 30)
FILE = "faqs/jobs.yaml"
TEXT = """\
# What people ask about the jobs.

- id: degree
  # asked a lot
  question: Do I need a degree?   # the short form
  variants:
    - is a degree required
    # spelling mistakes are deliberate
    - degre needed?
    - 'must I study: yes or no'
  answer: |
    Not always.

      # no comment, but text
    - projects count, too
  sources: [{title: Team, url: /faq}]
  related: [pay, remote]  # in this order
  owner: "Careers team"
  reviewed: 2026-11-01

# Pay is asked the most.
- question: How is the pay?
  id: pay
  answer: >-
    It is
    good.
  equivalents:
  - remote

  # a last word on pay


- id: remote
  question: "Can I work from home?"
  variants: []
  answer: 'Yes: it''s fine.'
# The end.
"""
NASTY = [
    "yes",
    "2026-01-01",
    "a: b",
    "#tag",
    "- x",
    "'q'",
    '"',
    "é ü",
    "[x]",
    "*a",
    "null",
    "1",
    "x #y",
]
texts = st.one_of(
    st.sampled_from(NASTY), st.text("ab: #-'\"\\é[]{},&*!|>%@`~\u2028\x85\U0001f600", min_size=1)
)
lines = texts.map(lambda text: " ".join(text.split())).filter(bool)
answers = st.lists(st.one_of(texts, st.just("  - item"), st.just("")), min_size=1, max_size=4).map(
    "\n".join
)
ids = st.sampled_from(["degree", "pay", "remote", "new-1", "new-2"])
entries = st.fixed_dictionaries(
    {"question": lines, "answer": answers},
    optional={
        "variants": st.lists(lines, max_size=4),
        "related": st.lists(ids, max_size=3),
        "owner": lines,
        "reviewed": st.sampled_from(["2026-11-02", "2026-11-03"]),
        "sources": st.lists(
            st.fixed_dictionaries(
                {"title": lines, "url": st.sampled_from(["/faq", "https://x.org/a?b=1#c"])}
            ),
            max_size=2,
        ),
    },
)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("put"), ids, entries),
        st.tuples(
            st.just("change"), ids, st.sampled_from(["variants", "answer", "owner", "related"])
        ),
        st.tuples(st.just("delete"), ids, st.none()),
    ),
    min_size=1,
    max_size=6,
)


def chunks(text: str) -> dict[str, str]:
    """The text of every entry, with the comments right above it, and under '' the head."""
    starts = [match.start() for match in re.finditer(r"(?m)(?:^# .*\n)*^- ", text)]
    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    found = {re.search(r"(?m)^(?:- |  )id: (\S+)", part)[1]: _own(part) for part in parts}  # type: ignore[index]
    return {"": text[: starts[0]] if starts else text, **found}


def _own(part: str) -> str:
    """Without what stands behind an entry and is nobody's."""
    lines = part.rstrip().split("\n")
    while lines[-1].startswith("#"):
        lines = "\n".join(lines[:-1]).rstrip().split("\n")
    return "\n".join(lines)


def fields_of(store: ContentStore) -> dict[str, Mapping[str, Any]]:
    return {item.id: item.fields for item in store.items(ItemKind.ENTRY)}


@settings(deadline=None, max_examples=15)
@given(edits)
def test_any_sequence_of_edits_is_what_the_model_says_and_keeps_other_bytes(
    sequence: list[tuple[str, str, Any]],
) -> None:
    with TemporaryDirectory() as folder:
        root = write(Path(folder), {FILE: TEXT})
        store = ContentStore(root, lambda: TODAY)
        model = fields_of(store)
        for action, id_, given_ in sequence:
            before = chunks((root / FILE).read_text("utf-8"))
            changed = _apply(store, model, action, id_, given_)
            after = chunks((root / FILE).read_text("utf-8"))
            assert fields_of(store) == model
            assert {entry.id for entry in load(root).entries} == set(model)
            for kept in before.keys() - {changed}:
                assert after[kept].strip() == before[kept].strip()


def _apply(
    store: ContentStore, model: dict[str, Mapping[str, Any]], action: str, id_: str, given_: Any
) -> str | None:
    """Edit the store and the model; the id of what changed, or None where the edit is refused."""
    try:
        if action == "delete":
            if id_ not in model or len(model) == 1:
                return None
            store.delete(ItemKind.ENTRY, id_, ["*"])
            del model[id_]
            return id_
        if action == "change":
            if id_ not in model:
                return None
            value = {"variants": ["a new way"], "answer": "Other.", "owner": "", "related": []}
            given_ = {**model[id_], given_: value[given_]}
        wanted = {"id": id_, **given_}
        if id_ in model:
            saved = store.replace(ItemKind.ENTRY, id_, ["*"], wanted)
        else:
            saved = store.create(ItemKind.ENTRY, wanted, FILE)
    except ContentFaulty:
        return None
    model[id_] = saved.item.fields
    for key in ("question", "variants", "related", "owner", "reviewed", "sources"):
        assert (saved.item.fields[key] or None) == (given_.get(key) or None), key
    assert saved.item.fields["answer"] == given_["answer"].strip()
    return id_
