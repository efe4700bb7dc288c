"""The sentences that a visitor reads around an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from index.datatypes import Abstained, Answered, Clarify, Conversed, Kind, Outcome, Reason, Unit

ANSWER = "Here is what we have on that."
COMPARISON = "Here are the two careers side by side."
BEST_FOUND = "Here is the best that was found."
CLARIFY = "Which of these do you mean?"
NOT_COVERED = "This site has no answer to that."
NEAREST = "The questions below come closest."
CONTACT = "You can ask a person at {url}."
CONTACT_LABEL = "Ask a person"
UNREADABLE = "That does not read as a question. Please write it in a sentence."
PARTIAL = "Part of what this site knows cannot be searched just now."
EXPIRED = "What this site says about that is out of date and being reviewed, so it is not shown."

LANGUAGES: Mapping[str, str] = {
    "ar": "يجيب هذا الموقع باللغة الإنجليزية فقط، لذا يُرجى طرح سؤالك بالإنجليزية.",
    "bn": "এই সাইট শুধু ইংরেজিতে উত্তর দেয়, তাই অনুগ্রহ করে ইংরেজিতে প্রশ্ন করুন।",
    "de": "Diese Seite antwortet nur auf Englisch. Bitte stellen Sie Ihre Frage auf Englisch.",
    "es": "Este sitio solo responde en inglés. Por favor, haga su pregunta en inglés.",
    "fr": "Ce site répond uniquement en anglais. Veuillez poser votre question en anglais.",
    "hi": "यह साइट केवल अंग्रेज़ी में उत्तर देती है, कृपया अपना प्रश्न अंग्रेज़ी में पूछें।",
    "id": "Situs ini hanya menjawab dalam bahasa Inggris. Silakan bertanya dalam bahasa Inggris.",
    "it": "Questo sito risponde solo in inglese. Si prega di fare la domanda in inglese.",
    "ja": "このサイトは英語でのみお答えします。英語で質問してください。",
    "ko": "이 사이트는 영어로만 답변합니다. 영어로 질문해 주세요.",
    "pt": "Este site responde apenas em inglês. Por favor, faça a sua pergunta em inglês.",
    "ru": "Этот сайт отвечает только на английском. Пожалуйста, задайте вопрос по-английски.",
    "tr": "Bu site yalnızca İngilizce yanıt verir. Lütfen sorunuzu İngilizce sorun.",  # noqa: RUF001 - Turkish
    "ur": "یہ سائٹ صرف انگریزی میں جواب دیتی ہے، براہ کرم اپنا سوال انگریزی میں پوچھیں۔",  # noqa: RUF001 - Urdu
    "vi": "Trang này chỉ trả lời bằng tiếng Anh. Vui lòng đặt câu hỏi bằng tiếng Anh.",
    "zh": "本网站只用英语回答问题，请用英语提问。",  # noqa: RUF001 - Chinese
}
OTHER_LANGUAGE = "This site answers in English only. Please ask in English."


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said around an answer; a site may say it in words of its own."""

    answer: str = ANSWER
    comparison: str = COMPARISON
    best_found: str = BEST_FOUND
    clarify: str = CLARIFY
    not_covered: str = NOT_COVERED
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


def message(
    outcome: Outcome, contact_url: str | None = None, sentences: Sentences = USUAL
) -> VisitorMessage:
    """Return what a visitor should read with this outcome."""
    contact = _contact(outcome, contact_url, sentences)
    match outcome:
        case Conversed(unit=unit) | Abstained(reason=Reason.BOUNDARY, boundary=Unit() as unit):
            return VisitorMessage(unit.text, unit.html, contact)
        case Answered() if outcome.trace.is_partial:
            text = f"{sentences.partial} {sentences.best_found}"
        case Answered():
            is_comparison = outcome.unit.kind is Kind.COMPARISON
            text = sentences.comparison if is_comparison else sentences.answer
        case Clarify():
            text = sentences.clarify
        case Abstained():
            return _refusal(outcome, contact, sentences)
    return VisitorMessage(text, f"<p>{escape(text)}</p>", contact)


def _contact(outcome: Outcome, url: str | None, sentences: Sentences) -> Contact | None:
    match outcome:
        case Abstained():
            is_offered = outcome.reason is not Reason.UNREADABLE
        case Conversed():
            is_offered = "contact" in outcome.unit.text.lower()
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
        case _:
            # Nobody can know that there is no answer while a part could not be searched.
            text = sentences.partial if outcome.trace.is_partial else sentences.not_covered
            text = f"{text} {sentences.nearest}" if outcome.nearest else text
            return _with_contact(text, contact, sentences)
    return VisitorMessage(text, f"<p>{escape(text)}</p>", contact)


def _with_contact(text: str, contact: Contact | None, sentences: Sentences) -> VisitorMessage:
    if contact is None:
        return VisitorMessage(text, f"<p>{escape(text)}</p>", None)
    address = contact.url.removeprefix("mailto:")
    link = f'<a href="{escape(contact.url)}" rel="noopener noreferrer">{escape(address)}</a>'
    return VisitorMessage(
        f"{text} {sentences.contact.replace('{url}', address)}",
        f"<p>{escape(text)} {escape(sentences.contact).replace('{url}', link)}</p>",
        contact,
    )
