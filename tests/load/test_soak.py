"""What the soak says of a process that grows, and of one that does not."""

from tests.load.soak import Watched


def watched(megabytes: list[float], files: list[int]) -> Watched:
    return Watched([5.0 * number for number in range(len(megabytes))], megabytes, files)


def test_a_process_that_grows_is_seen_once_it_is_warm() -> None:
    warming = [50.0, 80.0] + [90.0] * 8
    assert abs(watched(warming, [9] * 10).slope()) < 1e-9
    leaking = [90.0 + 0.5 * number for number in range(40)]
    assert round(watched(leaking, [9] * 40).slope()) == 60


def test_files_that_stay_open_are_counted_and_those_of_a_moment_are_not() -> None:
    flat = [90.0] * 40
    assert watched(flat, [9, 12] * 20).files_gained() <= 0
    assert watched(flat, list(range(40))).files_gained() > 20


def test_the_course_of_the_memory_is_told_from_its_beginning_to_its_end() -> None:
    growing = [float(number) for number in range(101)]
    assert watched(growing, []).course() == "0 10 20 30 40 50 60 70 80 90 100"
    assert watched([90.0], []).course() == " ".join(["90"] * 11)
