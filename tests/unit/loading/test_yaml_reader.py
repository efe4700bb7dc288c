import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Fault
from corpus.files import TextFile
from corpus.yaml_files.reader import MAX_DEPTH, Fields, Items, Scalar, YamlTree, plain, read_yaml


def read(text: str) -> YamlTree:
    return read_yaml(TextFile.of("a.yaml", text.encode()))


def sliced(tree: YamlTree, key: str) -> str:
    """The bytes of the file that the span of a top-level value names."""
    assert isinstance(tree.root, Fields)
    span = tree.span(tree.root.nodes[key])
    return tree.source.raw[span.start : span.end].decode()


def test_values_are_texts_whatever_they_look_like() -> None:
    tree = read("a: Yes\nb: 1.50\nc: 2026-11-23\nd: ~\ne:\nf: ''\ng: [null, x]\n")

    assert plain(tree.root) == {
        "a": "Yes",
        "b": "1.50",
        "c": "2026-11-23",
        "d": None,
        "e": None,
        "f": "",
        "g": [None, "x"],
    }
    assert tree.faults == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain text", "plain text"),
        ('"in double quotes"', "in double quotes"),
        ("'in single quotes'", "in single quotes"),
        ("naïve 😀 café", "naïve 😀 café"),
        ("text # a comment", "text"),
        ('!!str "tagged"', "tagged"),
        ("&anchor named", "named"),
        ('&q "quoted name"', "quoted name"),
        ("!!str &anchor both", "both"),
        ("|\n  a block", "a block"),
        (">-\n  a folded block", "a folded block"),
        ("| # why\n  a block", "a block"),
    ],
)
def test_span_of_a_single_line_is_exactly_its_value(
    written: str, expected: str, newline: str
) -> None:
    text = f"é: 😀\nkey: {written}\nnext: 1\n".replace("\n", newline)

    tree = read(text)

    assert tree.faults == ()
    assert sliced(tree, "key") == expected
    data = plain(tree.root)
    assert isinstance(data, dict)
    assert str(data["key"]).strip() == expected


def test_span_of_a_block_is_the_raw_block_without_its_indicator() -> None:
    tree = read("a: |\n  one\n\n  two\n\n# comment\nb: 2\n")

    assert sliced(tree, "a") == "one\n\n  two"


def test_only_a_scalar_has_a_span() -> None:
    tree = read("a: []")

    with pytest.raises(TypeError, match="only a scalar"):
        sliced(tree, "a")


def test_line_of_a_path_is_that_of_the_nearest_thing_that_exists() -> None:
    tree = read("- id: x\n  variants:\n    - a\n    - b\n")
    assert tree.root is not None

    lines = [
        tree.line(tree.root, path)
        for path in ((), (0, "id"), (0, "variants"), (0, "variants", 1), (0, "answer"), (7, "id"))
    ]

    assert lines == [1, 1, 2, 4, 1, 1]


def test_part_of_a_file_keeps_the_lines_of_the_file() -> None:
    source = TextFile.of("a.md", "---\ntitle: x\nowner: é\n---\n# x".encode())

    tree = read_yaml(source, 4, source.text.index("---", 4))

    assert isinstance(tree.root, Fields)
    assert tree.line(tree.root, ("owner",)) == 3
    assert sliced(tree, "owner") == "é"


def test_a_key_that_stands_twice_is_a_fault_and_the_first_counts() -> None:
    tree = read("a: 1\nb: 2\na: 3\n")

    assert plain(tree.root) == {"a": "1", "b": "2"}
    assert tree.faults == (
        Fault(
            "a.yaml",
            3,
            "the key 'a' stands here a second time (first on line 1)",
            "Keep one of the two",
        ),
    )


def test_aliases_stand_for_what_was_named() -> None:
    tree = read("a: &x [1, 2]\nb: *x\nc: &y text\nd: *y\n")

    assert plain(tree.root) == {"a": ["1", "2"], "b": ["1", "2"], "c": "text", "d": "text"}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\n\tb: 2\n", 2, "a tab is used for indentation"),
        ("a:\n\t- b\n", 2, "a tab is used for indentation"),
        ("a: b: c\n", 1, "the YAML is broken: mapping values are not allowed in this context"),
        ("a: @x\n", 1, "the YAML is broken: found character that cannot start any token"),
        ('x: 1\na: "b\nc: d\n', 2, "the YAML is broken: found unexpected end of stream"),
        ("- a\nb: c\n", 2, "the YAML is broken: did not find expected '-' indicator"),
        ("a: *b\n", 1, "*b names nothing that stands above"),
        ("a: &b [*b]\n", 1, "*b names nothing that stands above"),
        ("a: 1\n---\nb: 2\n", 2, "a second YAML document starts here"),
        ("é: x\nb: \x07\n", 2, "the character U+0007 is not allowed in YAML"),
        (
            "a: !!python/object:os.system x\n",
            1,
            "the tag tag:yaml.org,2002:python/object:os.system is not allowed",
        ),
        ("a: !shell [x]\n", 1, "the tag !shell is not allowed"),
        ("? [a]\n: b\n", 1, "a list or mapping is used as a key"),
        ("a: &x [1]\n*x : b\n", 2, "a list or mapping is used as a key"),
        ("[" * 20 + "]" * 20, 1, f"lists nest more than {MAX_DEPTH} deep"),
        ("- " * 100_000, 1, f"lists nest more than {MAX_DEPTH} deep"),
    ],
)
def test_broken_yaml_is_one_fault_at_its_line(text: str, line: int, problem: str) -> None:
    tree = read(text)

    assert tree.root is None
    assert [(fault.line, fault.problem) for fault in tree.faults] == [(line, problem)]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a: b: c\n", "Put a text that holds ': ' between double quotes"),
        ("- a: b\n  c: d\n   e: f\n", "Check the indentation, the dashes and the quotes"),
        ("-a: b\n  c: d\n", "a dash has a space behind it"),
        ('a: "C:\\path"\n', r"Write \\ for \, or put the text between single quotes"),
    ],
    ids=["colon", "indentation", "dash", "backslash"],
)
def test_broken_yaml_is_told_how_to_be_mended(text: str, remedy: str) -> None:
    (fault,) = read(text).faults

    assert remedy in fault.remedy


def test_aliases_that_blow_up_are_refused() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 10):
        names = ", ".join([f"*a{level - 1}"] * 10)
        laughs.append(f"a{level}: &a{level} [{names}]")

    tree = read("\n".join(laughs))

    assert [fault.problem for fault in tree.faults] == [
        "aliases blow the file up to an absurd size"
    ]


def test_nothing_is_no_data() -> None:
    assert plain(None) is None


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_file_holds_nothing(text: str) -> None:
    tree = read(text)

    assert (tree.root, tree.faults) == (None, ())


def scalars(tree: YamlTree) -> list[Scalar]:
    todo, found = [tree.root], []
    while todo:
        node = todo.pop()
        if isinstance(node, Scalar):
            found.append(node)
        elif isinstance(node, Items):
            todo.extend(node.nodes)
        elif isinstance(node, Fields):
            todo.extend(node.nodes.values())
    return found


@given(st.text(st.sampled_from("ab:- \n\t\r\"'|>#&*!{}[],?%@é😀\ufeff\x00\x85\u2028"), max_size=60))
def test_any_text_is_a_tree_or_faults(text: str) -> None:
    tree = read_yaml(TextFile("a.yaml", text.encode(), text, [0], [0, len(text.encode())]))

    assert tree.root is None or not tree.faults or plain(tree.root) is not None
    for scalar in scalars(tree):
        assert 0 <= scalar.start <= scalar.end <= len(text)
