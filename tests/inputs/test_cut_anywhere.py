"""A request, or a file of visits, cut at any byte: never a part of it taken for the whole."""

import pytest
from tests.bulk.visits import lines

from parcours.bulk.answers import Answerer, Kind
from parcours.errors import InputError
from parcours.fhir.reading import Validate, read_request
from parcours.service import Service
from parcours.settings import Settings

FIRST, SECOND = (line.rstrip(b"\n") for line in lines(2, 3))


def test_a_request_cut_at_any_byte_is_refused() -> None:
    read_request(FIRST)
    for end in range(len(FIRST)):
        with pytest.raises(InputError):
            read_request(FIRST[:end])


@pytest.mark.parametrize("validate", ["full", "read"])
def test_a_file_cut_at_any_byte_of_a_line_tells_its_number_and_keeps_the_line_before(
    validate: Validate,
) -> None:
    answerer = Answerer(Service(Settings()), validate)
    whole = answerer.answer(1, FIRST)
    assert whole.kind is Kind.DECIDED
    for end in range(1, len(SECOND)):
        said = answerer.answer(2, SECOND[:end])
        assert said.kind is Kind.REFUSED, end
        assert b'"diagnostics":"ligne 2"' in said.text
    assert answerer.answer(1, FIRST) == whole
