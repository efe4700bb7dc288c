import re

import pytest

from service.analytics.redaction import AFTER_I_AM, INTRODUCED, MARKS, TITLED, redact
from tests.support.counting import Counter

HIDDEN = [
    # E-mail and the web
    ("mail me at jo.smith+jobs@example.co.uk.", "mail me at [email]."),
    ("JO@EXAMPLE.ORG", "[email]"),
    ("jürgen@müller.example", "[email]"),
    ("write to jo.smith at example dot com please", "write to [email] please"),
    ("jo (at) example (dot) org", "[email]"),
    ("see https://example.org/cv?id=7 or www.example.org", "see [link] or [link]"),
    ("follow @jo_smith", "follow [handle]"),
    # Phones
    ("call +44 (0)20 7946 0958 today", "call [number] today"),
    ("my number is 555-123-4567", "my number is [number]"),
    ("(555) 123-4567", "[number]"),
    ("555.123.4567", "[number]"),
    ("555-123-4567x12", "[number]x12"),
    ("+49 30 1234567", "[number]"),
    ("06 12 34 56 78", "[number]"),
    ("555\u2013123\u20134567", "[number]"),
    ("٠١٢٣٤٥٦٧٨٩", "[number]"),
    # Long numbers
    ("badge 12345678", "badge [number]"),
    ("card 4111 1111 1111 1111", "card [number]"),
    ("4111-1111-1111-1111, 12/27", "[number], 12/27"),
    ("DE89 3704 0044 0532 0130 00", "[number]"),
    ("GB29NWBK60161331926819", "[number]"),
    ("FR14 2004 1010 0505 0001 3M02 606 is mine", "[number] is mine"),
    ("my SSN is 078-05-1120", "my SSN is [number]"),
    ("born 1990-04-23", "born [number]"),
    # Street addresses
    ("I live at 12 Baker Street, London", "I live at [address], London"),
    ("12 baker street", "[address]"),
    ("221b Old Mill Lane", "[address]"),
    ("1600 Pennsylvania Ave. NW", "[address] NW"),
    ("Hauptstraße 12 in Bonn", "[address] in Bonn"),
    ("Musterstr. 5a", "[address]"),
    ("12 rue de la Paix", "[address]"),
    ("Calle Mayor 5", "[address]"),
    ("PO Box 123", "[address]"),
    ("near SW1A 1AA", "near [postcode]"),
    ("Springfield, IL 62704", "Springfield, [postcode]"),
    # Names
    ("I am John Smith and I code", "I am [name] and I code"),
    ("i'm José", "i'm [name]"),
    ("I\u2019m Li Wei, a dev", "I\u2019m [name], a dev"),
    ("im Priya Sharma from Pune", "im [name] from Pune"),
    ("hi i am rahul and want to learn", "hi i am [name] and want to learn"),
    ("I am Łukasz", "I am [name]"),
    ("I am Иван Петров", "I am [name]"),
    ("I am 王伟", "I am [name]"),
    ("I'm Jean-Luc O'Neill", "I'm [name]"),
    ("my name is bob", "my name is [name]"),
    ("my name is bob do i need a degree", "my name is [name] do i need a degree"),
    ("my name is john smith and", "my name is [name] and"),
    ("MY NAME IS JOHN", "MY NAME IS [name]"),
    ("My name's Ada Lovelace", "My name's [name]"),
    ("name: ada", "name: [name]"),
    ("call me Ishmael", "call me [name]"),
    ("This is Mary Jones.", "This is [name]."),
    ("Regards, Tom", "Regards, [name]"),
    ("ask Dr. Ann Miller", "ask Dr. [name]"),
]
KEPT = [
    "Do I need a degree?",
    "I am a software engineer",
    "I am 30",
    "I'm 45, is it too late?",
    "I am a developer with 10 years of Java",
    "I am Indian, can I work abroad?",
    "I am Currently a QA tester",
    "I'm AI curious, is it too late at 45?",
    "I AM A SOFTWARE ENGINEER",
    "I am Python developer",
    "i am tired of my job",
    "i'm in my 30s and learning ML",
    "I'm Senior SWE at a bank",
    "Im not good at math",
    "this is great",
    "what is the name of the course",
    "my name is not important",
    "call me back when you know",
    "jobs between 2020-2024, or 2019 2020",
    "is a GPA of 3.5 ok for a 90,000 job?",
    "from 100,000 to 1,000,000 dollars",
    "is 120000 a good salary in 2026?",
    "C++ or C#, TensorFlow 2.15.1?",
    "CUDA 12.4.131 or Python 3.14",
    "CS50 with more than nine lectures",
    "8 hours a day, 7 days a week, 24/7",
    "is there 1 best way to learn",
    "5 years down the road",
    "2 years in one place",
    "the 3 main roads into ML",
    "an H1B visa, a B2B job, AWS S3 and EC2",
    "at work or at home, dot products and dot net",
    "what does @ mean in python",
    "",
]


@pytest.mark.parametrize(("text", "kept"), HIDDEN)
def test_personal_data_is_hidden(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_questions_are_kept_as_they_are(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("text", "kept"), HIDDEN)
def test_what_was_redacted_stays_as_it_is(text: str, kept: str) -> None:
    assert redact(redact(text)) == kept


PARTS = (
    *(
        "a@",
        "a.",
        "1 ",
        "1-",
        "+(1",
        "12 a ",
        "my name is ",
        "I am Aa",
        "A a ",
        "x",
        "1",
        "http://",
    ),
    *(
        "Aa ",
        "12 Aa ",
        "DE12 ",
        "A1",
        "a at a ",
        "Mr A",
        "straße ",
        "a" * 31 + "str",
        "@",
        "12 rue ",
    ),
)


@pytest.mark.parametrize("part", PARTS)
def test_personal_data_is_hidden_after_any_long_text(part: str) -> None:
    text = part * (50_000 // len(part))

    # A step that is quadratic in the length would take hours.
    assert redact(f"{text} or bob@example.org").endswith(" [email]")


PATTERNS = (*(pattern for pattern, _ in MARKS), TITLED, INTRODUCED, AFTER_I_AM)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:24])
def test_work_grows_with_the_length_and_no_faster(pattern: re.Pattern[str]) -> None:
    for part in PARTS:
        times = 150 // len(part) + 1
        texts = (part * times, part * 2 * times, part * 4 * times)
        short, long, longest = (Counter(pattern, text).run().steps for text in texts)

        # Twice the text is twice the work; if it were quadratic, the last step would be fourfold.
        assert longest - long <= 2.2 * (long - short), part


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:24])
def test_steps_are_counted_on_the_way_that_re_goes(pattern: re.Pattern[str]) -> None:
    text = " ; ".join([*(shown for shown, _ in HIDDEN), *KEPT])

    counted = Counter(pattern, text).run()

    assert counted.spans == [match.span() for match in pattern.finditer(text)]
    assert counted.spans
