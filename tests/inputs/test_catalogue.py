"""The rows of bad inputs of the catalogue, B-001 to B-110: each is in the table, or names its tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from tests.deployment.rows import ROWS as RAW
from tests.inputs.rows import rows

TESTS = Path(__file__).resolve().parents[1]
STATUS = "web/test_http::test_each_request_gets_its_status"
KEPT = "inputs/test_other_doors::test_b102_b103_b105_names_are_kept_and_shown_as_they_were_sent"
CALLS = "inputs/test_other_doors::test_b109_b110_good_calls_are_answered_and_bad_ones_refused_without_a_card"
OUT_OF_FORM = "deployment/test_raw_requests::test_a_request_out_of_form_is_refused"
TABLE = {row.id for row in rows()} | {raw.name.split()[0] for raw in RAW}
ASKED = [number for number in range(1, 111) if number % 4]
"""The catalogue uses no multiple of four."""

RESULTS: dict[int, tuple[str, ...]] = {
    # HTTP: what is no JSON of ours is refused by its headers, unread.
    1: ("web/test_http::test_a_body_that_is_no_json_is_a_bad_request",),
    2: (STATUS,),
    3: (STATUS,),
    5: (STATUS,),
    6: ("web/test_http::test_a_body_that_is_no_json_is_a_bad_request",),
    7: (STATUS,),
    9: (STATUS, "inputs/test_other_doors::test_b009_b010_what_is_compressed_or_in_parts_is_refused_unread"),
    10: (
        "inputs/test_other_doors::test_b009_b010_what_is_compressed_or_in_parts_is_refused_unread",
        "duties/test_attacks::test_c12_a_form_in_parts_is_taken_by_no_route_of_software",
    ),
    11: (OUT_OF_FORM, STATUS),
    13: (OUT_OF_FORM,),
    14: (OUT_OF_FORM,),
    15: (OUT_OF_FORM,),
    17: (OUT_OF_FORM,),
    18: (OUT_OF_FORM,),
    19: (OUT_OF_FORM,),
    22: ("fhir/test_json_door::test_a_hostile_body_costs_little",),
    39: ("web/test_http::test_a_body_over_the_limit_is_not_read",),
    # References: what is found is told with where; nothing is fetched.
    54: (
        "fhir/test_references::test_references_that_lead_to_the_patient",
        "fhir/test_references::test_urns_are_found_by_fullurl",
        "fhir/test_references::test_a_fragment_is_looked_for_among_the_contained_first",
    ),
    55: ("duties/test_minimisation::test_d13_with_the_settings_as_they_come_nobody_is_called",),
    58: ("fhir/test_envelope::test_a_uuid_is_the_same_in_capitals",),
    63: (
        "duties/test_minimisation::test_d13_with_the_settings_as_they_come_nobody_is_called",
        "web/pages/test_hostile::test_no_text_of_a_visit_is_more_than_a_text",
    ),
    # Identity: docs/duties.md says of each what is done.
    65: ("duties/test_identity::test_d6_b065_a_number_that_is_not_well_is_doubted_and_never_refused",),
    66: ("duties/test_identity::test_b066_a_number_of_another_year_or_month_of_birth_is_doubted",),
    67: ("duties/test_identity::test_b067_numbers_between_which_nobody_can_choose_are_not_used",),
    69: ("duties/test_identity::test_b069_a_test_number_is_never_taken_for_a_real_one",),
    70: ("duties/test_identity::test_b070_a_number_of_the_past_is_not_used",),
    71: (
        "duties/test_identity::test_d1_b071_any_other_status_is_not_qualified",
        "duties/test_identity::test_d2_b071_no_face_tells_the_number_or_the_oid_of_an_identity_that_is_not_qualified",
    ),
    73: ("duties/test_identity::test_d5_b073_a_number_changes_no_decision",),
    74: (
        "duties/test_identity::test_b074_a_name_is_kept_as_it_was_sent",
        "duties/test_identity::test_b074_a_name_of_nothing_is_none",
    ),
    75: ("fhir/test_patient_record::test_a_record_to_check_is_a_coded_warning",),
    81: ("fhir/test_visit::test_the_day_is_that_of_the_place_of_care",),
    91: ("web/pages/test_hostile::test_no_text_of_a_visit_is_more_than_a_text",),
    95: ("fhir/test_specialties::test_the_display_is_never_read",),
    101: ("law/test_cases::test_the_grounds_are_the_right_ones_deciding_one_first",),
    102: (
        "bulk/test_report::test_no_cell_is_a_formula",
        KEPT,
    ),
    103: (KEPT, "inputs/test_other_doors::test_b103_names_are_printed_as_they_were_sent"),
    105: (
        KEPT,
        "cds/test_cards::test_a075_markdown_is_escaped",
        "cds/test_cards::test_a075_the_words_of_the_caller_never_reach_the_markdown",
    ),
    106: (
        "inputs/test_other_doors::"
        "test_b106_what_is_no_file_of_lines_is_refused_line_by_line_and_nothing_is_guessed",
    ),
    107: (
        "inputs/test_other_doors::test_b107_one_bad_line_costs_its_own_answer_and_no_other",
        "bulk/test_batch::test_the_exit_code_says_whether_lines_were_refused",
        "bulk/test_batch::test_bad_and_blank_lines_keep_their_places",
    ),
    109: (
        "cds/test_call::test_c5_a_call_that_breaks_the_rules_is_refused_where_it_breaks_them",
        "cds/test_call::test_c6_an_outcome_is_a_search_that_failed_so_it_is_tried_again",
        "cds/test_call::test_the_data_of_somebody_else_is_refused",
        CALLS,
    ),
    110: (
        CALLS,
        "inputs/test_other_doors::test_b110_an_order_that_cannot_be_believed_has_neither_card_nor_action",
    ),
}
"""What shows a row besides the table, or in its place."""

OTHERWISE: dict[int, str] = {
    15: "the end of a line may be a bare LF, as HTTP allows",
    30: "what FHIR has a pattern for and the library does not look at is passed over: base64, uri",
    38: "a text of a million letters and 20,000 extensions are within the bounds, hence answered",
    50: "without a patient the answer names the facts that are missing",
    51: "two visits are two requests: refused, and a batch takes them",
    53: "between two who perform, nobody is chosen: undetermined, with a warning",
    61: "a contained resource without id, or like another, is not found, and the request goes on",
    69: "the program knows no « production »: the number is marked as one of tests",
    74: "a name of more than 255 letters is printed whole",
    75: "a warning: the visit took place, whoever closed the record",
    81: "without a place of care that is known, the day is that of Paris",
    85: "nine decimals are FHIR",
    87: "a visit to come is an appointment; the answer to it does not depend on the day it is asked",
    107: "a million lines are those of `make million`",
    110: "calls of ours, good and bad as those of the suite, whose files are not in this repository",
}
"""Where the answer is another one than the catalogue asked for, or shown otherwise; and why."""


@cache
def source(module: str) -> str:
    return (TESTS / f"{module}.py").read_text("utf-8")


def test_every_row_of_the_catalogue_is_in_the_table_or_names_its_tests() -> None:
    shown = {int(id.removeprefix("B-")) for id in TABLE} | RESULTS.keys()
    assert [number for number in ASKED if number not in shown] == []
    assert OTHERWISE.keys() <= shown


@pytest.mark.parametrize("number", RESULTS)
def test_every_test_that_a_row_names_is_there(number: int) -> None:
    for named in RESULTS[number]:
        module, _, name = named.partition("::")
        assert re.search(rf"^def {name}\(", source(module), re.MULTILINE), named


def test_every_test_of_this_folder_that_bears_the_number_of_a_row_is_of_it() -> None:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for name, numbers in re.findall(
            r"^def (test_((?:b\d{3}_)+)\w+)", path.read_text("utf-8"), re.MULTILINE
        ):
            for number in re.findall(r"b(\d{3})_", numbers):
                assert f"inputs/{path.stem}::{name}" in RESULTS[int(number)], name


def test_there_are_as_many_inputs_as_were_asked_for() -> None:
    assert len({(row.id, row.name) for row in rows()}) >= 110
