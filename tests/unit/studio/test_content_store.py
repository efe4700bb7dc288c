import hashlib
import json
import stat
from pathlib import Path

import pytest

from corpus import load
from service.studio.content_files import JOURNAL
from service.studio.content_store import ContentStore
from service.studio.errors import ContentFaulty, ContentUnwritable, EditConflict, LayoutRefused
from service.studio.items import ItemKind
from tests.support.content_files import write
from tests.unit.studio.test_edits import FILE, TEXT, TODAY, chunks

ANSWERED = {"question": "May I visit?", "answer": "Yes."}


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(write(tmp_path, {FILE: TEXT}), lambda: TODAY)


def text_of(store: ContentStore, name: str = FILE) -> str:
    return (store.files.folder / name).read_bytes().decode()


def test_changed_fields_alone_are_written_again(store: ContentStore) -> None:
    item = store.item("degree")
    variants = [*item.fields["variants"][1:], "is it a must"]

    store.replace(
        ItemKind.ENTRY,
        "degree",
        [item.etag],
        {**item.fields, "question": "Is a degree needed?", "variants": variants, "owner": "HR"},
    )

    assert text_of(store) == TEXT.replace("    - is a degree required\n", "").replace(
        "must I study: yes or no'\n", "must I study: yes or no'\n    - is it a must\n"
    ).replace("Do I need a degree?", "Is a degree needed?").replace("Careers team", "HR")


def test_line_ends_and_indentation_stay_as_they_are(tmp_path: Path) -> None:
    text = "  - id: a\r\n    question: Q?\r\n    answer: A.\r\n"
    store = ContentStore(write(tmp_path, {FILE: text}), lambda: TODAY)

    store.replace(ItemKind.ENTRY, "a", ["*"], {**ANSWERED, "variants": ["x y z"]})
    store.create(ItemKind.ENTRY, {**ANSWERED, "id": "b", "answer": "One.\r\nTwo."}, FILE)

    assert text_of(store) == (
        "  - id: a\r\n    question: May I visit?\r\n    variants:\r\n      - x y z\r\n"
        "    answer: Yes.\r\n\r\n  - id: b\r\n    question: May I visit?\r\n"
        "    answer: |-\r\n      One.\r\n      Two.\r\n"
    )


def test_file_without_an_end_of_its_last_line_gets_another_entry(tmp_path: Path) -> None:
    text = "- id: a\n  question: Q?\n  answer: |\n    A."
    store = ContentStore(write(tmp_path, {FILE: text}), lambda: TODAY)

    store.create(ItemKind.ENTRY, {**ANSWERED, "id": "b"}, FILE)

    assert text_of(store) == f"{text}\n\n- id: b\n  question: May I visit?\n  answer: Yes.\n"


@pytest.mark.parametrize(
    "file",
    [
        *("../evil.yaml", "faqs/../../evil.yaml", "/etc/cron.d/evil", "faqs/.hidden.yaml"),
        *("faqs/x.yaml/..", "faqs/a\u202e.yaml", "smalltalk.yaml", "articles/x.md", "faqs/pay"),
        f"faqs/{'a' * 300}.yaml",
    ],
)
def test_file_in_which_nobody_would_read_it_is_refused(file: str, store: ContentStore) -> None:
    with pytest.raises(ContentFaulty) as refused:
        store.create(ItemKind.ENTRY, {**ANSWERED, "id": "b"}, file)

    assert [finding.field for finding in refused.value.findings] == ["file"]
    assert [*store.files.folder.rglob("*.y*ml")] == [store.files.folder / FILE]


def test_new_id_takes_every_reference_along(tmp_path: Path) -> None:
    link = "See [pay](/faq#pay), [more](#pay-more) and [elsewhere](https://x.org/#pay)."
    more = f"- id: pay-more\n  question: More?\n  answer: {link}\n  related: [pay]\n"
    files = {
        FILE: TEXT,
        "faqs/more.yaml": more,
        "boundaries.yaml": f"- id: out\n  topic: Tax\n  examples: [tax?]\n  reply: {link}\n",
        "checks.jsonl": '{"question": "money?", "expect": "pay"}\n',
    }
    store = ContentStore(write(tmp_path, files), lambda: TODAY)

    store.replace(ItemKind.ENTRY, "pay", ["*"], {**store.item("pay").fields, "id": "salary"})

    moved = link.replace("/faq#pay)", "/faq#salary)")
    assert store.item("pay-more").fields["related"] == ["salary"]
    assert store.item("pay-more").fields["answer"] == moved
    assert store.item("out").fields["reply"] == moved
    assert store.item("degree").fields["related"] == ["salary", "remote"]
    assert [check.expect for check in load(tmp_path).checks] == ["salary"]
    assert not list(tmp_path.rglob(".*.new"))


def test_entry_moves_to_another_file(store: ContentStore) -> None:
    fields = store.item("pay").fields

    saved = store.replace(ItemKind.ENTRY, "pay", ["*"], fields, "faqs/money.yaml")

    assert saved.item.file == "faqs/money.yaml"
    assert saved.item.fields == fields
    assert set(chunks(text_of(store))) == {"", "degree", "remote"}


def test_entry_that_others_name_is_not_deleted(store: ContentStore) -> None:
    with pytest.raises(ContentFaulty) as caught:
        store.delete(ItemKind.ENTRY, "pay", ["*"])

    assert [(finding.file, finding.line) for finding in caught.value.findings] == [(FILE, 17)]
    assert text_of(store) == TEXT


def test_second_editor_is_shown_the_difference(store: ContentStore) -> None:
    item = store.item("remote")
    store.replace(ItemKind.ENTRY, "remote", [item.etag], {**item.fields, "answer": "No."})

    with pytest.raises(EditConflict) as caught:
        store.replace(ItemKind.ENTRY, "remote", [item.etag], {**item.fields, "owner": "HR"})

    assert caught.value.current is not None
    assert caught.value.current.answer == "No."
    assert {change.field: (change.sent, change.current) for change in caught.value.difference} == {
        "answer": ("Yes: it's fine.", "No."),
        "owner": ("HR", None),
    }


def test_edit_of_another_entry_of_the_file_is_no_conflict(store: ContentStore) -> None:
    item = store.item("remote")
    store.replace(ItemKind.ENTRY, "pay", ["*"], {**store.item("pay").fields, "answer": "Fine."})

    store.replace(ItemKind.ENTRY, "remote", [item.etag], {**item.fields, "answer": "No."})

    assert [store.item(name).fields["answer"] for name in ("pay", "remote")] == ["Fine.", "No."]


@pytest.mark.parametrize(
    "text",
    [
        "[{id: a, question: Q?, answer: A.}]\n",
        "- {id: a, question: Q?, answer: A.}\n",
        "- &x {id: a, question: Q?, answer: A.}\n",
        "-\n  id: a\n  question: Q?\n  answer: A.\n",
        "- id: a\n  question: &q Q?\n  answer: A.\n- id: b\n  question: *q\n  answer: A.\n",
    ],
    ids=["brackets", "braces", "named", "dash alone", "anchor"],
)
def test_unusual_layout_is_left_alone(tmp_path: Path, text: str) -> None:
    store = ContentStore(write(tmp_path, {FILE: text}), lambda: TODAY)

    with pytest.raises(LayoutRefused, match="by hand"):
        store.replace(ItemKind.ENTRY, "a", ["*"], {**ANSWERED})

    assert text_of(store) == text


def test_broken_file_elsewhere_is_named_and_nothing_is_written(store: ContentStore) -> None:
    write(store.files.folder, {"faqs/other.yaml": "- id: 'x\n"})

    with pytest.raises(ContentFaulty) as caught:
        store.create(ItemKind.ENTRY, ANSWERED, FILE)

    assert {finding.file for finding in caught.value.findings} == {"faqs/other.yaml"}
    assert text_of(store) == TEXT
    assert {item.id for item in store.items()} == {"degree", "pay", "remote"}


def test_fault_stands_at_its_field(store: ContentStore) -> None:
    fields = {**ANSWERED, "id": "visit", "answer": "TODO", "reviewed": "2027-01-01"}

    findings = store.check(ItemKind.ENTRY, fields)

    assert ("answer", "error") in {(finding.field, finding.severity) for finding in findings}
    assert text_of(store) == TEXT


def test_folder_without_content_is_not_named_with_its_path(tmp_path: Path) -> None:
    store = ContentStore(write(tmp_path, {FILE: "- id: a\n  question: Q?\n  answer: A.\n"}))

    with pytest.raises(ContentFaulty) as caught:
        store.delete(ItemKind.ENTRY, "a", ["*"])

    assert str(tmp_path) not in repr(caught.value.findings)


def test_mode_of_a_file_is_kept(store: ContentStore) -> None:
    path = store.files.folder / FILE
    path.chmod(0o640)

    store.create(ItemKind.ENTRY, ANSWERED, FILE)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_folder_that_is_a_file_is_a_clear_error(store: ContentStore) -> None:
    (store.files.folder / "faqs" / "taken").write_text("")

    with pytest.raises(ContentUnwritable, match="so I saved nothing"):
        store.create(ItemKind.ENTRY, ANSWERED, "faqs/taken/new.yaml")

    assert text_of(store) == TEXT


def test_link_out_of_the_folder_is_not_followed(
    store: ContentStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (store.files.folder / "faqs" / "away").symlink_to(tmp_path_factory.mktemp("away"))

    with pytest.raises(ContentFaulty) as caught:
        store.create(ItemKind.ENTRY, ANSWERED, "faqs/away/new.yaml")

    assert "outside" in caught.value.findings[0].problem


def test_change_that_a_dead_process_left_is_finished(store: ContentStore) -> None:
    folder = store.files.folder
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    write(
        folder,
        {
            "faqs/.jobs.yaml.new": f"{TEXT}# more\n",
            "faqs/.gone.yaml.new": "half",
            "faqs/b.yaml": "- id: b\n  question: B?\n  answer: B.\n",
            "faqs/edited.yaml": "- id: c\n  question: C?\n  answer: C.\n",
            JOURNAL: json.dumps(
                {
                    FILE: {"before": digest, "is_gone": False},
                    "faqs/edited.yaml": {"before": digest, "is_gone": True},
                }
            ),
        },
    )

    ContentStore(folder).files.recover()

    assert text_of(store) == f"{TEXT}# more\n"
    assert (folder / "faqs/edited.yaml").exists()  # somebody wrote it since
    assert [path.name for path in folder.rglob(".*")] == [".lock"]


def test_question_is_added_where_it_leads_and_taken_back(tmp_path: Path) -> None:
    boundaries = "- id: out\n  topic: Tax\n  examples: [tax?]\n  reply: No tax.\n"
    files = {FILE: TEXT, "boundaries.yaml": boundaries}
    store = ContentStore(write(tmp_path, files), lambda: TODAY)

    store.add_question("out", "is there a tax, then")
    store.add_question("remote", "from home?")
    assert '[tax?, "is there a tax, then"]' in text_of(store, "boundaries.yaml")
    assert store.item("remote").fields["variants"] == ["from home?"]

    store.remove_question("out", "is there a tax, then")
    store.remove_question("degree", "nobody asks this")
    assert text_of(store, "boundaries.yaml") == boundaries


def test_check_is_added_behind_the_others_and_taken_back(store: ContentStore) -> None:
    first = '{"question": "what now", "expect": null}'
    write(store.files.folder, {"checks.jsonl": first})

    store.add_check("is the pay good é", "pay", "of a visitor")

    line = '{"question": "is the pay good é", "expect": "pay", "note": "of a visitor"}'
    assert text_of(store, "checks.jsonl") == f"{first}\n{line}\n"
    store.remove_check("is the pay good é")
    assert text_of(store, "checks.jsonl") == f"{first}\n"
    with pytest.raises(ContentFaulty):
        store.add_check("who", "nobody")
