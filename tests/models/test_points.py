"""The scorecard in whole points says what the served model says."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.serving import risk
from models.training import points
from models.training.specs import SERVED

MODELS = {spec.name: risk.artifact(spec.name) for spec in SERVED}
CARDS = {name: points.card(model) for name, model in MODELS.items()}


@given(st.data())
def test_the_odds_double_with_every_twenty_points_but_for_the_rounding(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MODELS)))
    model, worth = MODELS[name], {(row.feature, row.code): row.points for row in CARDS[name].rows}
    one, other = (
        {feature: data.draw(st.sampled_from(model.codes[feature])) for feature in model.features}
        for _ in range(2)
    )
    more = sum(worth[feature, code] for feature, code in one.items())
    more -= sum(worth[feature, code] for feature, code in other.items())
    doublings = (model.logit(one) - model.logit(other)) / log(2)
    assert more == pytest.approx(points.DOUBLE * doublings, abs=len(model.features))


def test_points_keep_the_order_of_the_places_and_everybody_has_a_strongest_answer() -> None:
    for card in CARDS.values():
        assert card.order > 0.99
        assert sum(share for share, _ in card.reasons.values()) == pytest.approx(1)
