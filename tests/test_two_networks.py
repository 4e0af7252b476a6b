"""The course's two networks by one recipe: they learn what is planted, from grains of any size."""

import numpy as np
from test_training import planted

from zirconkit import evaluation
from zirconkit.grains import resize
from zirconkit.networks import backbones, recipes

FRESH = 5  # a seed of grains that nobody learned from


def test_lenet_learns_a_planted_direction_from_grains_of_any_size():
    recipe = recipes.Recipe(epochs=12, seed=1)
    answer, history = recipes.lenet(resize(planted(160), 48), resize(planted(60, seed=1), 48), recipe)
    fresh = resize(planted(120, seed=FRESH), 64)
    p = answer(fresh)
    assert p.shape == (120,) and p.dtype == np.float32 and (p >= 0).all() and (p <= 1).all()
    assert evaluation.auc_interval(fresh.y, p).value > 0.9
    assert len(history.epoch) == 12 and "val_auc" in history.history
    np.testing.assert_array_equal(answer(fresh), p)  # nothing random is left in an answer


def test_the_transferred_network_learns_it_in_three_epochs_of_the_head_for_one_of_both():
    recipe = recipes.Recipe(epochs=3, n_views=1, seed=2)
    backbone = backbones.lite0(64)
    learning, aside, fresh = planted(96), planted(40, seed=1), planted(100, seed=FRESH)
    answer, (head, fine) = recipes.transferred(learning, aside, recipe, backbone)
    assert len(head.epoch) == 9 and len(fine.epoch) == 3
    p = answer(fresh)
    assert p.shape == (100,) and evaluation.auc_interval(fresh.y, p).value > 0.9
