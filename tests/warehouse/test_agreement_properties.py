"""Any judgements: agreement, kappa and rank correlation are those of independent implementations."""

import warnings
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ConstantInputWarning, spearmanr

from tests.warehouse.compiled import Chain

levels = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def models() -> Chain:
    """The agreement of judgements, whatever they are."""
    return Chain(["int_activation_agreement"], ["fct_activation_review"])


def quadratic_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Cohen's weighted kappa (1968) by its matrices: observed, expected by chance, squared distances."""
    observed = np.zeros((6, 6))
    for judged, level in pairs:
        observed[judged, level] += 1
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / len(pairs)
    distance = np.subtract.outer(np.arange(6), np.arange(6)) ** 2
    chance = float((distance * expected).sum())
    return 1 - float((distance * observed).sum()) / chance if chance else None


@given(pairs=levels, without_level=st.integers(0, 3))
def test_any_judgements(models: Chain, pairs: list[tuple[int, int]], without_level: int) -> None:
    """To 1e-9; where all are at one level, both say nothing."""
    rows = [
        {"review_id": str(n), "customer_key": str(n), "process_id": "p", "csm_level": a}
        | {"activation_level": b}
        for n, (a, b) in enumerate([*pairs, *[(3, None)] * without_level])
    ]
    models.run(fct_activation_review=rows)
    (found,) = models.rows("int_activation_agreement")
    assert found["n"] == len(pairs)
    assert found["exact"] == sum(a == b for a, b in pairs)
    assert found["within_one"] == sum(abs(a - b) <= 1 for a, b in pairs)
    kappa = quadratic_kappa(pairs)
    _same(found["weighted_kappa"], kappa)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        rank = float(spearmanr(*zip(*pairs, strict=True)).statistic) if len(pairs) > 1 else np.nan
    _same(found["spearman"], None if np.isnan(rank) else rank)


def _same(found: Decimal | None, expected: float | None) -> None:
    assert (found is None) == (expected is None)
    assert expected is None or float(found) == pytest.approx(expected, abs=1e-9)
