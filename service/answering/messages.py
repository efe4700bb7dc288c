"""The sentences that a visitor reads around an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from index.datatypes import Abstained, Answered, Clarify, Conversed, Kind, Outcome, Reason

ANSWER = "Here is what we have on that."
COMPARISON = "Here are the two careers side by side."
BEST_FOUND = "Here is the best that was found."
CLARIFY = "Which of these do you mean?"
NOT_COVERED = "This site has no answer to that."
NEAREST = "The questions below come closest."
CONTACT = "You can ask a person at {url}."
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
    unreadable: str = UNREADABLE
    partial: str = PARTIAL
    expired: str = EXPIRED
    other_language: str = OTHER_LANGUAGE


USUAL = Sentences()


def voice(contact_url: str | None, sentences: Sentences, site: str = "") -> str:
    """Name who speaks, and in which words: what answers alike says alike."""
    words = repr((contact_url, sentences)).encode("utf-8", "surrogatepass")
    return f"{site}/{blake2b(words, digest_size=16).hexdigest()}"


def message(outcome: Outcome, contact_url: str | None, say: Sentences = USUAL) -> str:
    """Say what a visitor should read with this outcome; `contact_url` is offered in a refusal."""
    match outcome:
        case Answered() if outcome.trace.is_partial:
            return f"{say.partial} {say.best_found}"
        case Answered():
            return say.comparison if outcome.unit.kind is Kind.COMPARISON else say.answer
        case Clarify():
            return say.clarify
        case Conversed():
            return outcome.unit.text
        case Abstained():
            return _refusal(outcome, contact_url, say)


def _refusal(outcome: Abstained, contact_url: str | None, say: Sentences) -> str:
    match outcome.reason:
        case Reason.BOUNDARY if outcome.boundary:
            return outcome.boundary.text
        case Reason.LANGUAGE:
            return LANGUAGES.get(outcome.language or "", say.other_language)
        case Reason.UNREADABLE:
            return say.unreadable
        case Reason.EXPIRED:
            return _with_contact(say.expired, contact_url, say)
        case _:
            # Nobody can say that it has no answer while a part of it was not looked at.
            said = say.partial if outcome.trace.is_partial else say.not_covered
            sentences = f"{said} {say.nearest}" if outcome.nearest else said
            return _with_contact(sentences, contact_url, say)


def _with_contact(sentences: str, contact_url: str | None, say: Sentences) -> str:
    if contact_url is None:
        return sentences
    return f"{sentences} {say.contact.replace('{url}', contact_url.removeprefix('mailto:'))}"
