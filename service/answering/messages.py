"""The sentences that a visitor reads around an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from index import Retriever
from index.datatypes import Abstained, Answered, Clarify, Conversed, Kind, Outcome, Reason, Unit

ANSWER = ""
"""The answer comes first; a site may lead in to it."""
COMPARISON = ""
OTHERS = "You asked more than one thing, so here's the first. Next up: {questions}"
BESIDES = "Here's the first of them. Next up: {questions}"
LEFT_OUT = "I can only answer part of that."
BEST_FOUND = "Here's the best I found."
CLARIFY = "Which of these do you mean?"
CLARIFY_ONE = "Do you mean this?"
NOT_COVERED = "I don't have an answer to that."
NEAREST = "These come closest."
NONE_CHOSEN = "Then I don't have it, sorry. You could try other words."
CONTACT = "You can ask a person at {url}."
CONTACT_LABEL = "Ask a person"
UNREADABLE = "I can't read that as a question. Could you put it in a few words?"
PARTIAL = "Part of what I know can't be searched just now."
EXPIRED = "My answer to that is out of date and being reviewed, so I won't show it."

LANGUAGES: Mapping[str, str] = {
    "ar": "أجيب باللغة الإنجليزية فقط، لذا يُرجى طرح سؤالك بالإنجليزية.",
    "bn": "আমি শুধু ইংরেজিতে উত্তর দিই, তাই অনুগ্রহ করে ইংরেজিতে প্রশ্ন করুন।",
    "de": "Ich antworte nur auf Englisch. Bitte stellen Sie Ihre Frage auf Englisch.",
    "es": "Solo respondo en inglés. Por favor, haga su pregunta en inglés.",
    "fr": "Je réponds uniquement en anglais. Veuillez poser votre question en anglais.",
    "hi": "मैं केवल अंग्रेज़ी में उत्तर देता हूँ, कृपया अपना प्रश्न अंग्रेज़ी में पूछें।",
    "id": "Saya hanya menjawab dalam bahasa Inggris. Silakan bertanya dalam bahasa Inggris.",
    "it": "Rispondo solo in inglese. Si prega di fare la domanda in inglese.",
    "ja": "英語でのみお答えします。英語で質問してください。",
    "ko": "저는 영어로만 답변합니다. 영어로 질문해 주세요.",
    "pt": "Só respondo em inglês. Por favor, faça a sua pergunta em inglês.",
    "ru": "Я отвечаю только на английском. Пожалуйста, задайте вопрос по-английски.",
    "tr": "Yalnızca İngilizce yanıt veriyorum. Lütfen sorunuzu İngilizce sorun.",  # noqa: RUF001 - Turkish
    "ur": "میں صرف انگریزی میں جواب دیتا ہوں، براہ کرم اپنا سوال انگریزی میں پوچھیں۔",  # noqa: RUF001 - Urdu
    "vi": "Tôi chỉ trả lời bằng tiếng Anh. Vui lòng đặt câu hỏi bằng tiếng Anh.",
    "zh": "我只用英语回答问题，请用英语提问。",  # noqa: RUF001 - Chinese
}
OTHER_LANGUAGE = "I answer in English only. Could you ask in English?"


NO_CONTACT = "smalltalk offers a contact, but none is set: "
"""Said at the start of a service, with what to set."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said around an answer; a site may say it in words of its own."""

    answer: str = ANSWER
    comparison: str = COMPARISON
    others: str = OTHERS
    """With `{questions}` where what else was asked stands."""
    besides: str = BESIDES
    """After several choices at once; with `{questions}` where the rest stands."""
    left_out: str = LEFT_OUT
    best_found: str = BEST_FOUND
    clarify: str = CLARIFY
    clarify_one: str = CLARIFY_ONE
    not_covered: str = NOT_COVERED
    none_chosen: str = NONE_CHOSEN
    nearest: str = NEAREST
    contact: str = CONTACT
    """With `{url}` where the address stands."""
    contact_label: str = CONTACT_LABEL
    """Of a link to the contact."""
    unreadable: str = UNREADABLE
    partial: str = PARTIAL
    expired: str = EXPIRED
    other_language: str = OTHER_LANGUAGE


USUAL = Sentences()


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be reached."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class VisitorMessage:
    """What a visitor reads with an outcome."""

    text: str
    html: str
    """The same, sanitised, with its links."""
    contact: Contact | None
    """Where a person should be offered and a contact is configured."""


def speaks_of_contact(text: str) -> bool:
    """Return whether a text sends its reader to a person."""
    return "contact" in text.lower()


def lacks_contact(retriever: Retriever, contact_url: str | None) -> bool:
    """Return whether visitors are sent to a contact that is not set."""
    replies = (unit.text for unit in retriever.smalltalk)
    return contact_url is None and any(map(speaks_of_contact, replies))


def message(
    outcome: Outcome, contact_url: str | None = None, sentences: Sentences = USUAL
) -> VisitorMessage:
    """Return what a visitor should read with this outcome."""
    contact = _contact(outcome, contact_url, sentences)
    match outcome:
        case Conversed(unit=unit) | Abstained(reason=Reason.BOUNDARY, boundary=Unit() as unit):
            return VisitorMessage(unit.text, unit.html, contact)
        case Answered():
            text = _lead(outcome, sentences)
        case Clarify():
            is_one = len(outcome.candidates) == 1
            text = sentences.clarify_one if is_one else sentences.clarify
        case Abstained():
            return _refusal(outcome, contact, sentences)
    return _plain(text, contact)


def _plain(text: str, contact: Contact | None) -> VisitorMessage:
    return VisitorMessage(text, f"<p>{escape(text, quote=False)}</p>" if text else "", contact)


def _lead(outcome: Answered, sentences: Sentences) -> str:
    """Return what a visitor has to know before an answer; mostly nothing."""
    if outcome.trace.is_partial:
        return f"{sentences.partial} {sentences.best_found}"
    if outcome.others:
        titles = " · ".join(f"“{suggestion.question}”" for suggestion in outcome.others)
        said = sentences.besides if outcome.is_chosen else sentences.others
        return said.replace("{questions}", titles)
    if outcome.leaves_out:
        return sentences.left_out
    return sentences.comparison if outcome.unit.kind is Kind.COMPARISON else sentences.answer


def _contact(outcome: Outcome, url: str | None, sentences: Sentences) -> Contact | None:
    match outcome:
        case Abstained():
            is_offered = outcome.reason is not Reason.UNREADABLE
        case Conversed():
            is_offered = speaks_of_contact(outcome.unit.text)
        case _:
            is_offered = False
    return Contact(sentences.contact_label, url) if url and is_offered else None


def _refusal(outcome: Abstained, contact: Contact | None, sentences: Sentences) -> VisitorMessage:
    match outcome.reason:
        case Reason.LANGUAGE:
            text = LANGUAGES.get(outcome.language or "", sentences.other_language)
        case Reason.UNREADABLE:
            text = sentences.unreadable
        case Reason.EXPIRED:
            return _with_contact(sentences.expired, contact, sentences)
        case Reason.NONE_CHOSEN:
            return _with_contact(sentences.none_chosen, contact, sentences)
        case _:
            # Nobody can know that there is no answer while a part could not be searched.
            text = sentences.partial if outcome.trace.is_partial else sentences.not_covered
            text = f"{text} {sentences.nearest}" if outcome.nearest else text
            return _with_contact(text, contact, sentences)
    return _plain(text, contact)


def _with_contact(text: str, contact: Contact | None, sentences: Sentences) -> VisitorMessage:
    if contact is None:
        return _plain(text, None)
    address = contact.url.removeprefix("mailto:")
    link = f'<a href="{escape(contact.url)}" rel="noopener noreferrer">{escape(address)}</a>'
    said = f"{text} {sentences.contact}"
    html = escape(said, quote=False).replace("{url}", link)
    return VisitorMessage(said.replace("{url}", address), f"<p>{html}</p>", contact)
