"""Shares, differences and areas against what is known of them."""

import random

import pytest

from guard.evals.stats import auroc, bootstrap, exact_mcnemar, mean, median, paired_difference, share, wilson


def test_wilson_as_published() -> None:
    """Newcombe (1998, table I): 81 of 263, 15 of 148, 0 of 20 and 1 of 29."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, count), (low, high) in published.items():
        found = wilson(hits, count)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_nothing_has_no_share() -> None:
    """Neither 0 nor 1."""
    assert wilson(0, 0) is None
    assert share([]) is None


def test_replies_to_one_question_are_not_independent() -> None:
    """Ten questions answered alike ten times are ten observations; a share of independent ones stays Wilson's."""
    alike = share((str(i), i < 4) for i in range(10) for _ in range(10))
    apart = share((str(i), i < 4) for i in range(10))
    spread = share((str(i), (i + j) % 5 < 2) for i in range(10) for j in range(10))

    assert alike is not None
    assert apart is not None
    assert spread is not None
    assert (alike.value, alike.n) == (0.4, 100)
    assert alike.high - alike.low == pytest.approx(apart.high - apart.low, rel=0.06)
    assert spread.high - spread.low < 0.2


def test_agreement_of_all_replies_is_no_certainty() -> None:
    """100 of 100 on ten questions leaves as much open as 10 of 10."""
    assert share((str(i), True) for i in range(10) for _ in range(10)) is not None
    found, ten = share((str(i), True) for i in range(10) for _ in range(10)), wilson(10, 10)
    assert found is not None
    assert ten is not None
    assert found.low == pytest.approx(ten.low)


def test_area_under_the_curve() -> None:
    """Pairs won, ties half; nothing without both sides."""
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.1], [0.9]) == 0.0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert auroc([3, 1], [2, 2, 0]) == pytest.approx((3 + 1) / 6)
    assert auroc([], [1.0]) is None


def test_bootstrap_covers_the_truth() -> None:
    """A mean of clusters drawn with a known mean lies in its interval nearly always."""
    rng, covered = random.Random(1), 0
    for _ in range(40):
        rows = [(str(i), bias + rng.gauss(0, 0.1)) for i in range(60) for bias in [rng.gauss(0.3, 1)] for _ in range(3)]
        found = bootstrap(rows, lambda row: row[0], lambda picked: sum(v for _, v in picked) / len(picked))
        assert found is not None
        covered += found.low <= 0.3 <= found.high
    assert covered >= 34


def test_bootstrap_of_nothing() -> None:
    """A statistic that cannot be had has no interval."""
    assert bootstrap([1], str, lambda rows: None) is None


def test_a_mean_is_that_of_its_clusters() -> None:
    """Ten values of one question are one observation; nothing has no mean."""
    alike = mean((str(i), float(i % 2)) for i in range(20) for _ in range(10))
    apart = mean((str(i), float(i % 2)) for i in range(20))

    assert alike is not None
    assert apart is not None
    assert (alike.value, alike.n, apart.n) == (0.5, 200, 20)
    assert (alike.low, alike.high) == (apart.low, apart.high)
    assert 0.2 < alike.low < 0.5 < alike.high < 0.8
    assert mean([]) is None


def test_paired_difference_as_published() -> None:
    """Newcombe (1998b, table II, method 10): 36, 12, 2, 0 of 50, and 1, 1, 7, 12 of 21 reversed."""
    pairs = [(True, True)] * 36 + [(True, False)] * 12 + [(False, True)] * 2
    found = paired_difference(pairs)

    assert found is not None
    assert found.value == pytest.approx(-0.20)
    assert (-found.high, -found.low) == pytest.approx((0.0569, 0.3404), abs=2e-4)


def test_no_difference_is_no_evidence() -> None:
    """All pairs alike: the difference is 0, and its interval still has a width."""
    found = paired_difference([(True, True)] * 30)
    assert found is not None
    assert found.low < 0 == found.value < found.high
    assert exact_mcnemar([(True, True)] * 30) == 1.0


def test_exact_mcnemar() -> None:
    """Five against none is 2/32."""
    assert exact_mcnemar([(True, False)] * 5) == pytest.approx(0.0625)


def test_median_shows_its_spread() -> None:
    """With percentiles in the place of an interval."""
    found = median([1.0, 2.0, 3.0])
    assert found is not None
    assert (found.value, found.n) == (2.0, 3)
    assert 1.0 <= found.low < 2.0 < found.high <= 3.0
    assert median([]) is None
