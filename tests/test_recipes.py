"""Random samples: within their class's bounds, and neither exposure nor size gives a class away."""

import numpy as np
import pandas as pd
import pytest

from zirconkit import synthetic
from zirconkit.synthetic import recipes


@pytest.mark.parametrize("class_name", ["porphyry", "batholith"])
def test_recipes_stay_within_their_class_and_repeat(class_name):
    drawn_recipes = pd.DataFrame([synthetic.random_recipe(class_name, seed) for seed in range(200)])
    again = synthetic.random_recipe(class_name, 7)
    assert drawn_recipes.loc[f"{class_name}-7"].equals(again) and again.name == f"{class_name}-7"
    for parameter, bounds in recipes.CLASSES.iterrows():
        drawn = drawn_recipes[parameter].astype(float)
        low, high = bounds[f"{class_name}_low"], bounds[f"{class_name}_high"]
        assert drawn.between(low - 1e-9, high + 1e-9).all(), parameter
        assert np.ptp(drawn) >= 0.9 * (high - low), parameter
    percentiles = [f"aspect_{point}" for point in ("05", "25", "50", "75", "95")]
    assert (drawn_recipes[percentiles].astype(float).diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    assert (drawn_recipes["aspect_05"] > 1).all()


def test_classes_differ_in_the_mineral_only():
    same = ["background", "diameter_50", "diameter_spread", "grey_50", "touching", "strength", "wavelength", "core"]
    low, high = (recipes.CLASSES[[f"porphyry_{end}", f"batholith_{end}"]] for end in ("low", "high"))
    assert (low.nunique(axis=1)[same] == 1).all() and (high.nunique(axis=1)[same] == 1).all()
    assert set(synthetic.SAMPLES.columns) <= set(synthetic.random_recipe("porphyry", 0).index)


def test_a_mount_grown_from_a_recipe_has_its_class_and_its_grains():
    recipe = synthetic.random_recipe("batholith", 1)
    recipe["n_grains"], recipe["height"], recipe["width"] = 12, 620, 620
    mount, again = (synthetic.grow(recipe, "batholith", 1) for _ in range(2))
    assert np.array_equal(mount.image, again.image) and mount.name == "batholith-1"
    assert len(mount.grains) == 12 and set(mount.grains["class_name"]) <= {"batholith", "contaminant"}
