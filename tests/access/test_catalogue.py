"""The rows of access of the catalogue, A-001 to A-098: the tests that say what each comes to."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FAULTY = "web/test_trust::test_a_token_is_refused_for_its_fault"
HEADER = "web/test_trust::test_a_header_that_holds_no_token_is_refused"
COMPARED = "remote/test_endpoints::test_an_address_of_a_request_is_compared_and_never_called"
MATRIX = "access/test_matrix::test_every_route_lets_in_whom_its_owner_is_and_nobody_else"
CALLED = "access/test_addresses::test_a030_to_a042_no_server_that_a_call_names_is_looked_up_or_called"
CLIMBING = "access/test_pages_and_files::test_a082_an_address_that_climbs_leads_to_no_file"
TEXT = "web/pages/test_hostile::test_no_text_of_a_visit_is_more_than_a_text"
ASKED = [number for number in range(1, 99) if number % 4]
"""The catalogue uses no multiple of four."""
TABLES = (FAULTY, HEADER, COMPARED)
"""Tests over a table, whose lines name the rows of the catalogue."""

RESULTS: dict[int, tuple[str, ...]] = {
    # Tokens: 401, and nothing said of why.
    1: (HEADER, "web/test_trust::test_a001_the_scheme_is_written_as_one_likes", MATRIX),
    2: (HEADER, FAULTY),
    3: (FAULTY,),
    5: (FAULTY,),
    6: (FAULTY, "remote/test_keys::test_a006_a_short_rsa_key_is_refused"),
    7: (FAULTY,),
    9: (
        FAULTY,
        "remote/test_keys::test_a009_unknown_names_make_one_fetch_in_five_minutes",
        "web/test_trust_over_time::test_a009_a_flood_of_unknown_keys_makes_one_fetch",
    ),
    10: (FAULTY,),
    11: (FAULTY,),
    13: (FAULTY,),
    14: (FAULTY, "web/test_trust::test_c19_a_good_token_is_accepted"),
    15: (FAULTY,),
    # A name serves once, whatever the process; when that cannot be noted, nobody is let in.
    17: (
        "web/test_trust_over_time::test_a017_two_workers_and_a_restart_know_the_same_names",
        "web/test_trust_over_time::test_a017_fifty_at_the_same_instant_are_one",
        "web/test_trust_over_time::test_a017_a_token_that_is_refused_does_not_use_up_the_name",
        "access/test_tokens::test_a017_an_assertion_serves_once_and_a_forged_one_spends_nothing",
    ),
    18: (
        "web/test_trust_over_time::test_a018_a_store_that_cannot_note_the_use_lets_nobody_in",
        "access/test_tokens::test_a018_an_access_is_not_given_when_its_use_cannot_be_noted",
    ),
    19: ("web/test_trust_over_time::test_a019_two_issuers_may_choose_the_same_name",),
    21: (
        "remote/test_keys::test_a021_a_dead_host_is_survived_for_a_day",
        "remote/test_keys::test_a021_a_cold_cache_and_a_dead_host_is_nobody_can_tell",
    ),
    22: ("access/test_matrix::test_what_is_public_is_the_same_whatever_is_shown",),
    23: (
        "access/test_certificates::test_a023_a_certificate_is_believed_from_the_proxy_alone",
        "access/test_certificates::test_a023_a_header_that_says_who_the_peer_is_changes_nothing",
        "access/test_nginx::test_a023_nginx_lets_through_the_certificates_it_has_verified_and_no_header_from_outside",
    ),
    25: (HEADER,),
    26: (FAULTY, "web/test_cds_hooks_clients::test_a_server_that_is_not_the_configured_one_is_never_called"),
    27: (FAULTY, "web/test_trust_over_time::test_a027_a_token_of_a_service_does_not_serve_for_its_feedback"),
    29: ("web/test_limits::test_a029_a_flood_of_refused_tokens_is_told_to_wait_and_nobody_else_is",),
    # Addresses in a request: compared with the configured one, never called.
    30: (COMPARED, CALLED),
    31: (COMPARED, CALLED),
    33: (COMPARED, CALLED),
    34: (COMPARED, CALLED),
    35: (COMPARED, CALLED),
    37: (COMPARED, CALLED),
    38: (
        "remote/test_endpoints::test_a038_every_address_of_a_name_must_be_allowed",
        "remote/test_endpoints::test_a038_the_address_that_was_checked_is_the_one_called",
    ),
    39: (
        "remote/test_http::test_a039_a_redirect_leads_nowhere",
        "remote/test_http::test_a039_a_refresh_header_is_a_header",
    ),
    41: (COMPARED, CALLED),
    42: ("remote/test_http::test_a042_the_environment_is_not_heard",),
    43: ("remote/test_ehr::test_a043_the_token_appears_in_no_text",),
    45: ("remote/test_ehr::test_a045_what_is_no_id_is_not_asked_for",),
    46: (
        "remote/test_ehr::test_a046_what_concerns_another_patient_is_refused",
        "remote/test_ehr::test_a046_every_way_to_name_a_patient_is_looked_at",
    ),
    47: ("remote/test_ehr::test_a047_what_the_scope_does_not_cover_is_not_asked",),
    49: (
        "remote/test_ehr::test_a_search_that_is_not_whole_and_ours_is_refused",
        "remote/test_http::test_no_server_outlasts_the_deadline",
        "remote/test_http::test_an_answer_that_is_not_plain_json_is_no_answer",
    ),
    50: (
        "remote/test_slots::test_a050_no_server_and_no_client_takes_the_place_of_the_others",
        "remote/test_http::test_a050_slow_servers_leave_room_for_one_more",
    ),
    51: (
        "smart/test_launch::test_a051_an_iss_that_is_not_listed_is_refused_and_nobody_is_called",
        "smart/test_launch::test_a051_nothing_at_all_is_called_for_an_iss_that_is_not_listed",
        "access/test_addresses::test_a051_no_server_that_a_launch_names_is_looked_up_or_called",
    ),
    # Practices: the token says which, and what is of another is not there.
    53: ("access/test_matrix::test_a053_what_is_of_another_practice_looks_as_if_it_were_not_there",),
    54: ("access/test_tenants::test_a054_ids_tell_nothing_of_each_other",),
    55: (
        "access/test_tenants::test_a055_no_header_says_for_which_practice",
        "access/test_tenants::test_a055_no_parameter_says_for_which_practice",
        "access/test_tenants::test_a055_a057_a_token_that_names_another_practice_or_none_is_refused",
    ),
    57: (
        FAULTY,
        "access/test_tenants::test_a055_a057_a_token_that_names_another_practice_or_none_is_refused",
    ),
    58: (
        "access/test_tenants::test_a058_the_same_patient_in_two_practices_is_known_in_neither_of_the_other",
    ),
    59: (
        "access/test_tenants::test_a059_a_session_that_ends_between_two_requests_shows_nothing_more",
        "access/test_tenants::test_a059_who_is_no_more_in_the_clients_file_is_nobody",
        "access/test_tenants::test_a059_no_scope_is_no_right",
    ),
    # Pages and browsers.
    61: (
        MATRIX,
        "access/test_table::test_a061_what_changes_something_is_never_a_get",
        "smart/test_session::test_a061_cookies_are_of_this_host_alone_and_out_of_reach_of_scripts",
        "smart/test_session::test_a061_a_session_is_ended_by_its_own_page_alone",
    ),
    62: (
        "access/test_sign_in::test_a062_an_answer_that_is_not_the_one_awaited_is_refused",
        "access/test_sign_in::test_a062_an_answer_serves_once_and_in_the_browser_that_asked",
        "smart/test_launch::test_a062_an_answer_that_is_not_the_one_awaited_is_refused",
        "smart/test_launch::test_a062_an_answer_serves_once",
        "smart/test_launch::test_a062_an_answer_serves_in_the_browser_that_asked",
        "smart/test_launch::test_a062_a_code_does_not_serve_in_another_launch",
        "smart/test_discovery::test_a062_a_server_without_s256_or_elsewhere_than_allowed_is_refused",
    ),
    63: (
        "access/test_sign_in::test_a063_the_session_has_a_new_id_and_the_one_before_is_over",
        "smart/test_session::test_a063_a_session_known_before_the_launch_is_not_the_one_after",
    ),
    65: ("access/test_matrix::test_a065_a067_every_answer_of_every_route_has_its_headers",),
    66: ("web/test_cors::test_a066_a_page_that_is_not_listed_is_allowed_nothing",),
    67: ("access/test_matrix::test_a065_a067_every_answer_of_every_route_has_its_headers",),
    69: (
        "access/test_matrix::test_a069_no_answer_of_any_route_repeats_the_host_it_was_asked_under",
        "smart/test_launch::test_a069_links_are_made_of_the_public_url_and_never_of_the_host_header",
    ),
    70: (
        TEXT,
        "web/pages/test_hostile::test_no_text_of_a_request_is_more_than_a_text_of_its_declaration",
        "web/pages/test_hostile::test_an_address_makes_a_page_say_nothing_of_its_own",
        "access/test_pages_and_files::test_a070_a_template_leaves_nothing_that_escaping_does_not_make_safe",
    ),
    71: ("access/test_pages_and_files::test_a071_no_script_of_ours_hears_an_address_or_another_page",),
    73: (TEXT, "inputs/test_other_doors::test_b102_b103_b105_names_are_kept_and_shown_as_they_were_sent"),
    74: (TEXT, "web/pages/test_hostile::test_what_would_harm_is_seen"),
    75: (
        "cds/test_cards::test_a075_the_words_of_the_caller_never_reach_the_markdown",
        "cds/test_cards::test_a075_no_mark_of_html_is_left_in_the_name_of_an_insurer",
        "cds/test_cards::test_a075_an_id_that_is_none_names_no_resource",
        "cds/test_cards::test_a075_markdown_is_escaped",
    ),
    # Papers and files.
    77: (
        "paper/test_s3704::test_the_metadata_and_the_title_name_nobody",
        "paper/test_proof::test_the_page_and_the_metadata_name_no_patient",
        "web/pages/test_hostile::test_no_name_of_a_file_and_no_title_in_a_history_is_of_anybody",
    ),
    78: ("paper/test_s3704::test_the_text_read_back_is_the_data_field_by_field",),
    79: (
        "web/test_turnstile::test_a_service_with_too_much_to_do_answers_503_and_says_when_to_come_back",
        "web/test_turnstile::test_pages_of_everybody_wait_in_a_line_of_their_own",
    ),
    81: ("paper/test_s3704::test_without_its_fonts_nothing_starts",),
    82: (
        CLIMBING,
        "access/test_pages_and_files::test_a082_no_part_of_an_address_is_a_path",
        "cli/test_declare::test_a_hostile_name_steers_neither_the_terminal_nor_the_names_of_files",
    ),
    83: (
        "bulk/test_batch::test_a083_a_link_in_place_of_a_hidden_file_leads_nowhere",
        "bulk/test_batch::test_a_full_disk_is_told_and_what_is_done_is_kept",
        "cli/test_kept::test_an_export_is_private_complete_and_never_over_another_file",
        "cli/test_declare::test_the_same_request_writes_the_same_files_and_another_says_what_it_replaces",
    ),
    85: (
        "web/pages/test_trial::test_a_document_is_kept_under_its_name",
        "web/pages/test_hostile::test_no_name_of_a_file_and_no_title_in_a_history_is_of_anybody",
    ),
    86: (
        "cli/test_refused_starts::test_a086_it_does_not_start",
        "cli/test_refused_starts::test_a086_a_secret_has_no_default_and_an_empty_one_is_none",
        "cli/test_refused_starts::test_a086_nothing_is_called_without_looking_at_its_certificate",
        "smart/test_our_keys::test_a086_keys_are_written_for_us_alone_and_refused_when_others_may_read_them",
    ),
    87: (
        "cli/test_doctor::test_a087_each_setting_is_shown_with_its_origin_and_no_secret",
        "web/test_evaluate::test_a_failure_gives_a_reference_and_nothing_of_the_patient",
    ),
    # Logs and audit.
    89: (
        "logs/test_lines::test_a089_whatever_a_value_holds_it_stays_on_its_line",
        "logs/test_lines::test_a089_a_value_of_a_megabyte_is_cut_at_a_kilobyte",
    ),
    90: (
        "logs/test_watch::test_a090_the_people_looked_for_are_those_of_the_fixtures",
        "logs/test_watch::test_a090_the_whole_run_is_watched",
    ),
    91: ("audit/test_chain::test_what_was_done_behind_its_back_is_found",),
    93: (
        "audit/test_requests::test_no_record_holds_a_value_of_a_patient",
        "audit/test_requests::test_the_same_patient_has_one_name_in_a_practice_and_another_in_the_next",
    ),
    94: (
        "audit/test_chain::test_the_chain_is_what_its_records_and_their_order_make",
        "audit/test_chain::test_an_instant_is_kept_to_the_microsecond_in_utc",
        "audit/test_chain::test_a_clock_that_was_set_back_leaves_no_hole",
    ),
    95: ("audit/test_requests::test_who_acts_is_whom_his_software_vouches_for",),
    97: ("web/test_metrics::test_a097_no_request_makes_a_new_series",),
}
"""Each row by its number."""

OTHERWISE: dict[int, str] = {
    22: "which services there are is public, and tells of nobody",
    55: "a parameter that names a practice is an unknown one: ignored, or refused with handling=strict",
    65: "no page is made for a frame: nobody may frame one",
    79: "no line of its own for papers: they take their turn with all that computes, and past it 503",
    83: "declare replaces what it wrote before, whole and never through a link, and says so",
    85: "each name is a word of ours, in ASCII and without quotes",
    98: "no test measures time; a token is looked for by its digest, secrets are compared in constant time",
}
"""Where the answer is another one than the catalogue asked for, or shown otherwise; and why."""


@cache
def source(module: str) -> str:
    return (TESTS / f"{module}.py").read_text("utf-8")


def test_every_row_of_the_catalogue_is_here() -> None:
    assert [number for number in ASKED if number not in RESULTS.keys() | OTHERWISE.keys()] == []


@pytest.mark.parametrize("number", RESULTS)
def test_every_row_of_access_has_its_tests(number: int) -> None:
    for named in RESULTS[number]:
        module, _, name = named.partition("::")
        assert re.search(rf"^def {name}\(", source(module), re.MULTILINE), named
        if named in TABLES:
            assert f"A-{number:03} " in source(module) or f'"A-{number:03}"' in source(module), named


def test_every_test_that_bears_a_number_of_access_is_of_a_row() -> None:
    found = {
        int(number)
        for path in TESTS.glob("*/test_*.py")
        for number in re.findall(r"^def test_(?:a\d{3}_)*a(0\d\d)_", path.read_text("utf-8"), re.MULTILINE)
    }
    assert found <= RESULTS.keys()
