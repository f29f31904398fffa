"""The faults F-047 to F-063 of servers elsewhere: what each must come to, and the tests that say it does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FAULTY = "test_annuaire::test_a_faulty_answer_is_no_answer_and_what_was_kept_serves_with_its_date"
RESULTS: dict[int, tuple[str, ...]] = {
    # Nobody there: what was kept, with its day, or unknown; within two seconds.
    47: (
        "test_annuaire::test_f047_nobody_is_there_and_what_was_kept_serves_with_its_day",
        "test_endpoints::test_f047_a_resolver_that_hangs_is_left_alone",
    ),
    # It never answers, or drips in body or headers: left at the deadline, five seconds at most.
    48: (FAULTY, "test_http::test_no_server_outlasts_the_deadline"),
    49: (FAULTY, "test_tls::test_f049_headers_that_drip_through_tls_meet_the_deadline"),
    # 429: its wait is followed up to a minute, the breaker opens, nobody is delayed.
    50: (
        FAULTY,
        "test_annuaire_pace::test_f050_what_it_asks_for_is_heard",
        "test_annuaire_pace::test_a_directory_that_fails_is_left_alone",
        "test_annuaire_breaker::test_f050_a_server_that_asks_for_rest_has_it_at_once_and_for_a_minute_at_most",
    ),
    # Errors among answers: five failures, then a probe every thirty seconds.
    51: (
        FAULTY,
        "test_annuaire_pace::test_f051_in_a_storm_of_502_among_answers_few_calls_are_made",
        "test_annuaire_breaker::test_f051_five_failures_and_nobody_asks_for_thirty_seconds",
    ),
    # 401 or 403: an error in the log, no storm, what was kept serves.
    52: (FAULTY, "test_annuaire_pace::test_a_directory_that_fails_is_left_alone"),
    # A page, nothing, headers cut: a failure.
    53: (FAULTY, "test_http::test_an_answer_that_is_not_plain_json_is_no_answer"),
    # Not JSON, too deep, another type, a total that lies, two people: a failure, or nobody.
    54: (
        FAULTY,
        "test_annuaire_facts::test_nothing_is_made_of_what_does_not_designate_one_active_professional",
        "test_annuaire_decisions::test_f054_f062_a_directory_that_does_not_know_him_changes_nothing",
    ),
    # Cut at every byte, through a proxy: never a part.
    55: ("test_annuaire_bytes::test_f055_an_answer_cut_at_any_byte_is_no_answer",),
    # Another charset: a failure.
    56: (FAULTY, "test_http::test_an_answer_that_is_not_plain_json_is_no_answer"),
    # Redirected: not followed, the key goes nowhere.
    57: (
        "test_annuaire::test_f057_the_key_follows_no_redirect",
        "test_annuaire::test_f057_a_loop_of_redirects_is_one_call",
    ),
    # Compressed: refused, in less than twenty million bytes of memory.
    58: ("test_annuaire::test_f058_three_hundred_million_bytes_in_a_small_answer_take_no_memory",),
    # A certificate that is not to be trusted, TLS 1.1, or none: refused.
    59: (
        "test_tls::test_f059_other_certificates_are_refused_before_a_word_is_said",
        "test_tls::test_f059_an_unknown_authority_is_refused",
        "test_tls::test_f059_tls_11_is_refused",
        "test_tls::test_f059_plain_http_on_the_port_of_tls_is_refused",
        "test_annuaire::test_f059_plain_http_where_tls_is_due_hears_no_key",
    ),
    # Next pages elsewhere, in a loop, without end: left.
    60: (
        "test_annuaire::test_f060_a_next_page_elsewhere_is_never_asked_for",
        "test_annuaire::test_f060_pages_without_end_are_left",
    ),
    # Gone for eight days: what needs the fact is unknown and says the day, the rest goes on.
    61: (
        "test_annuaire_decisions::test_f061_gone_for_eight_days_a_decision_that_needs_the_fact_says_so",
        "test_annuaire_decisions::test_f061_gone_for_eight_days_a_decision_that_does_without_is_what_it_would_be",
    ),
    # Inactive, or changed between two calls: the day of the visit decides.
    62: (
        "test_annuaire_facts::test_nothing_is_made_of_what_does_not_designate_one_active_professional",
        "test_annuaire_facts::test_f062_a_specialty_changed_between_two_calls_is_that_of_the_day_of_the_visit",
    ),
    # The file is damaged: dropped and begun anew.
    63: ("test_annuaire_cache::test_f063_a_damaged_file_is_dropped_and_begun_anew",),
}


@cache
def source(module: str) -> str:
    return (HERE / f"{module}.py").read_text("utf-8")


def test_the_catalogue_is_whole() -> None:
    assert sorted(RESULTS) == list(range(47, 64))


@pytest.mark.parametrize("number", RESULTS)
def test_every_fault_of_a_server_elsewhere_has_its_tests(number: int) -> None:
    for named in RESULTS[number]:
        module, _, name = named.partition("::")
        assert re.search(rf"^def {name}\(", source(module), re.MULTILINE), named
        if named == FAULTY:
            assert f"F-0{number} " in source(module)
