"""What the description of the API says about the routes of the studio."""

from typing import Final

from service.api.errors import AdminOff, Forbidden, Unauthorised
from service.api.examples import (
    BODY,
    INVALID,
    LIMITED,
    Responses,
    good_example,
    problem_example,
    refusal_examples,
)
from service.studio import errors

_PROBLEM: Final = "ContentProblem"
_ENTRY: Final = {
    "id": "faq-12",
    "question": "Do I need a degree?",
    "variants": ["is a degree required"],
    "answer": "Not always: employers look at **projects**, too.",
    "sources": [{"title": "Careers team", "url": "/faq"}],
    "related": ["faq-04"],
    "equivalents": [],
    "owner": "Careers team",
    "reviewed": "2026-11-23",
    "valid_until": None,
    "file": "faqs/learning.yaml",
    "etag": "6f1c0b6d3f0a4c5f9a0d2e8b7c3a1f42",
}
_FINDING: Final = {
    "file": "faqs/learning.yaml",
    "line": 7,
    "severity": "error",
    "problem": "there is no unit with the id 'faq-4'",
    "remedy": "Did you mean 'faq-04'?",
    "id": "faq-12",
    "field": "related",
}
_OFF: Final = str(errors.StudioOff())
_UNKNOWN: Final = "No content has this id. GET /v1/content/entries lists what there is."

_GUARD: Final[Responses] = {
    **refusal_examples(Unauthorised, AdminOff, Forbidden),
    **LIMITED,
}
_FAULTY: Final[Responses] = {
    409: problem_example(
        409,
        "I can't change faqs/pay.yaml: it is not a list of entries. I saved nothing. Edit that "
        "file by hand.",
        _PROBLEM,
    ),
    422: problem_example(
        422,
        str(errors.ContentFaulty([])),
        _PROBLEM,
        errors=[
            {
                "field": "related",
                "message": "there is no unit with the id 'faq-4'. Did you mean 'faq-04'?",
            }
        ],
        findings=[_FINDING],
    ),
    503: problem_example(503, str(errors.ContentBusy()), _PROBLEM),
    507: problem_example(
        507,
        "I can't use the content folder (No space left on device), so I saved nothing. Make room "
        "on the disk, then try again.",
        _PROBLEM,
    ),
}
LIST: Final[Responses] = {
    200: good_example({"entries": [_ENTRY], "findings": []}),
    404: problem_example(404, _OFF, _PROBLEM),
    **_GUARD,
}
READ: Final[Responses] = {
    200: good_example(_ENTRY),
    404: problem_example(404, _UNKNOWN, _PROBLEM),
    **_GUARD,
    **INVALID,
}
CREATE: Final[Responses] = {
    201: good_example(_ENTRY),
    404: problem_example(404, _OFF, _PROBLEM),
    **_GUARD,
    **BODY,
    **_FAULTY,
}
EDIT: Final[Responses] = {
    404: problem_example(404, _UNKNOWN, _PROBLEM),
    412: problem_example(
        412,
        str(errors.EditConflict(None, [])),
        _PROBLEM,
        current=_ENTRY,
        difference=[{"field": "owner", "sent": "Careers", "current": "Careers team"}],
    ),
    428: problem_example(428, str(errors.VersionUnnamed()), _PROBLEM),
    **_GUARD,
    **BODY,
    **_FAULTY,
}
REPLACE: Final[Responses] = {200: good_example(_ENTRY), **EDIT}

_REPORT: Final = {
    "version": "0bbe0eb7f0ab",
    "changed": [{"question": "Is a degree a must?", "before": "no answer", "after": "faq-12"}],
    "findings": [{**_FINDING, "severity": "note", "id": None, "field": None}],
    "figures": {"held_out_right": 0.91, "held_out_questions": 1044.0},
    "seconds": 1.8,
}
_BUILDS: Final[Responses] = {
    404: problem_example(404, _OFF, _PROBLEM),
    501: problem_example(501, str(errors.BuildPartsMissing()), _PROBLEM),
    503: problem_example(
        503,
        "I couldn't build this version. What was live stays live. My log says what to put right; "
        "then publish again.",
        _PROBLEM,
    ),
}
PUBLISH: Final[Responses] = {
    200: good_example(_REPORT),
    409: problem_example(
        409,
        "I didn't publish this: a check that passed before fails. What was live stays live. "
        'Correct the content, or send {"force": true} to publish it anyway.',
        _PROBLEM,
        reasons=["a check that passed before fails"],
        report=_REPORT,
    ),
    422: _FAULTY[422],
    **_GUARD,
    **{status: BODY[status] for status in BODY if status != 422},
    **_BUILDS,
}
ROLLBACK: Final[Responses] = {
    200: good_example(_REPORT),
    409: problem_example(409, str(errors.NothingToUndo()), _PROBLEM),
    **_GUARD,
    **_BUILDS,
}
