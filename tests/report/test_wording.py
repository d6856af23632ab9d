"""Numbers as people read them, and what an interval allows one to say."""

import pytest

from ectsim.report.wording import between, money, number, share, signed, verdict

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "digits", "french", "english"),
    [
        (4.18, 1, "4,2", "4.2"),
        (4.0, 1, "4,0", "4.0"),
        (-0.349, 1, "−0,3", "−0.3"),
        (-0.04, 1, "0,0", "0.0"),
        (171.4, 1, "171", "171"),
        (12345.6, 1, f"12{NARROW}346", "12,346"),
        (22.6, 0, "23", "23"),
        (0.166, 2, "0,17", "0.17"),
        (float("nan"), 1, "–", "–"),
        (float("inf"), 1, "–", "–"),
    ],
)
def test_numbers(language: str, value: float, digits: int, french: str, english: str):
    assert number(value, digits) == (french if language == "fr" else english)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.23, "+0.2"), (-0.23, "−0.2"), (0.04, "0.0"), (-0.04, "0.0"), (250.4, "+250")]
)
def test_signs(language: str, value: float, expected: str):
    assert signed(value) == (expected.replace(".", ",") if language == "fr" else expected)


def test_sentences_around_numbers(language: str):
    french = language == "fr"
    assert between(-0.3, 0.8) == ("de −0,3 à +0,8" if french else "from −0.3 to +0.8")
    assert share(0.168) == (f"17{NBSP}%" if french else "17%")
    assert money(882.3) == (f"882{NBSP}k€" if french else "€882k")
    assert money(3282.0) == (f"3,28{NBSP}M€" if french else "€3.28M")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 0.5, "more"),
        (-0.5, -0.1, "less"),
        (0.0, 0.0, "equal"),
        (-0.1, 0.5, "unclear"),
        (0.0, 0.5, "unclear"),
        (float("nan"), float("nan"), "unclear"),
    ],
)
def test_verdicts(low: float, high: float, expected: str):
    assert verdict(low, high) == expected
