import re

import corpus
from tests.support.paths import ROOT


def test_answers_in_the_readme_are_the_ones_of_the_corpus() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^> \*\*Careers FAQ:\*\* (.+)$", readme, re.MULTILINE)
    content = corpus.load(ROOT / "corpus")
    answers = {entry.text for entry in content.entries}
    replies = {boundary.text for boundary in content.boundaries}

    assert len(quoted) == 2
    assert [text for text in quoted if text not in answers | replies] == []
