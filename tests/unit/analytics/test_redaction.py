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
    ("I am at linkedin.com/in/jo-smith-1a2b", "I am at [link]"),
    ("github.com/jo, gitlab.com:8443/jo?tab=x", "[link] [link]"),
    ("t.me/jo or linktr.ee/jo", "[link] or [link]"),
    ("my page jo-smith.me, jo.github.io or jo.example.co.uk", "my page [link], [link] or [link]"),
    ("JO-SMITH.COM.", "[link]."),
    ("ftp://files.example/jo", "[link]"),
    ("mail jo @ example . org", "mail [email]"),
    ("jo[at]example.org, jo {at} example {dot} org", "[email], [email]"),
    ("jo at gmail.com", "[email]"),
    ("jo dot smith at mail dot example dot org", "[email]"),
    # The same in other signs
    ("jo\uff20example\uff0eorg", "[email]"),
    ("\uff4a\uff4f\uff20\uff45\uff58\uff0e\uff4f\uff52\uff47", "[email]"),
    ("jo@exam\u200bple\u2060.o\u00adrg", "[email]"),
    ("j\u200do@ex\ufeffample.org", "[email]"),
    ("jo@ex\u0336am\u034fple.org", "[email]"),
    ("jo@example\u3002org", "[email]"),
    ("linked\u200bin.com/in\u2215jo", "[link]"),
    ("\U0001d42c\U0001d42e\U0001d41e@example.org", "[email]"),
    ("call \uff10\uff16 \uff11\uff12 \uff13\uff14 \uff15\uff16 \uff17\uff18", "call [number]"),
    ("0\ufe0f\u20e36\ufe0f\u20e31\u20e32\u20e33\u20e34\u20e35\u20e36\u20e3", "[number]"),
    ("555\u2212123\u22124567", "[number]"),
    ("555\u200b123\u200b4567", "[number]"),
    ("+49\u00a030\u202f1234567", "[number]"),
    ("12\u00a0Baker\u2003Street", "[address]"),
    ("my name\u00a0is Jane", "my name is [name]"),
    ("my\u2003name\u3000is\u00a0Jane", "my name is [name]"),
    ("my na\u200bme is\nJane", "my name is [name]"),
    ("my\u200bname\u200bis\u200bJane", "mynameis [name]"),
    ("I\u200bam\u2060John Smith", "Iam [name]"),
    ("my name\u2800is\u3164Jane", "my name is [name]"),
    ("\uff2d\uff59 name is\uff1a Jane", "My name is: [name]"),
    ("name\uff1aada", "name:[name]"),
    ("I\u00a0am  \t John Smith", "I am [name]"),
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
    "Node.js/Express or ASP.NET/C#, and CI/CD",
    "a B.Sc/M.Sc or B.Tech/M.Tech, e.g. in data science",
    "is fast.ai or deeplearning.ai good, or socket.io?",
    "main.py and app.ts, I/O or and/or",
    "What is .NET? ML.NET/C# I mean",
    "I finished it.Now what",
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
