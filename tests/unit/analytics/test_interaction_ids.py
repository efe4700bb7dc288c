import time
from uuid import UUID

from service.analytics import interaction_ids
from service.api.schemas import FeedbackRequest


def test_id_is_a_uuid_of_this_moment() -> None:
    made = UUID(interaction_ids.make())

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert abs((made.int >> 80) / 1000 - time.time()) < 5
    assert -5 < interaction_ids.age(str(made)) < 5


def test_id_has_the_form_that_the_api_takes() -> None:
    made = interaction_ids.make()

    assert FeedbackRequest(interaction_id=made, helpful=True).interaction_id == made


def test_every_bit_but_the_time_differs_within_a_millisecond() -> None:
    """A counter, as in most libraries, would leave a prefix alike."""
    ids = [UUID(interaction_ids.make()).int for _ in range(2000)]
    fixed = (0b1111 << 76) | (0b11 << 62)

    for bit in range(80):
        ones = sum(id_ >> bit & 1 for id_ in ids)
        if fixed >> bit & 1:
            assert ones in (0, len(ids)), bit
        else:
            assert 0.4 < ones / len(ids) < 0.6, bit
    assert len(set(ids)) == len(ids)
