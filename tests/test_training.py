"""Networks have the published sizes, learn what is planted, and repeat themselves."""

import keras
import numpy as np
import pandas as pd
import pytest

from zirconkit import models, samples, training
from zirconkit.grains import Grains


def planted(n=160, signal=True, seed=0):
    """Noise with a bright bar that is upright in class 1 and level in class 0; nothing but noise without signal."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    images = rng.integers(0, 60, (n, 32, 32, 1))
    for image, k in zip(images, y if signal else rng.integers(0, 2, n)):
        row, column = rng.integers(8, 20, 2)
        image[(slice(4, 28), slice(column, column + 4)) if k else (slice(row, row + 4), slice(4, 28))] += 150
    labels = np.where(y == 1, "porphyry", "batholith")
    return Grains(images.astype(np.uint8), pd.DataFrame({"sample": "a", "label": labels}))


def trained(seed=0, epochs=6, augment=None, build=models.lenet):
    keras.utils.set_random_seed(seed)
    model = training.compile_model(build(), 3e-3)
    history = training.fit(model, planted(), planted(seed=1), epochs=epochs, augment=augment, seed=seed, progress=False)
    return model, history


def test_parameter_counts_are_the_published_ones():
    published = samples.published_scores().set_index("model")["parameters"]
    assert models.lenet().count_params() == published["LeNet-5"].iloc[0] == 22_029
    assert models.mlp().count_params() == 135_361
    assert sum("dropout" in layer.name for layer in models.lenet().layers) == 2


def test_lenet_learns_a_planted_direction_and_not_noise():
    model, history = trained(epochs=12)
    assert history["val_auc"].iloc[-1] > 0.95 and history["val_loss"].iloc[-1] < history["val_loss"].iloc[0]
    noise = planted(400, signal=False, seed=2)
    assert 0.4 < training.fit(model, noise, noise, epochs=1, progress=False)["val_auc"].iloc[0] < 0.75


def test_the_history_says_what_the_model_does():
    model, history = trained(epochs=2)
    grains = planted(seed=1)
    probability = training.predict(model, grains)
    assert history["epoch"].tolist() == [1, 2]
    assert history["val_accuracy"].iloc[-1] == np.mean((probability >= 0.5) == grains.y)
    loss = -np.mean(np.log(np.where(grains.y == 1, probability, 1 - probability)))
    assert history["val_loss"].iloc[-1] == pytest.approx(loss, rel=1e-3)


def test_one_seed_one_history():
    one, again, other = (trained(seed, augment=training.augmentation(0))[1] for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, again, rtol=1e-4)
    assert not np.allclose(one["loss"], other["loss"], rtol=1e-2)


def test_fit_is_keras_fit():
    """One batch an epoch leaves nothing to chance: the weights are those of `model.fit`."""
    grains = planted(32)
    weights = []
    for by_keras in (True, False):
        keras.utils.set_random_seed(0)
        model = training.compile_model(models.mlp())
        if by_keras:
            model.fit(grains.x, grains.y[:, None].astype("float32"), batch_size=32, epochs=3, verbose=0, shuffle=False)
        else:
            training.fit(model, grains, epochs=3, progress=False)
        weights.append(model.get_weights())
    for ours, theirs in zip(*weights):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_augmentation_changes_training_images_only_and_stays_in_range():
    change, x = training.augmentation(1), planted(8).x
    assert np.array_equal(np.asarray(change(x, training=False)), x)
    changed = np.asarray(change(x, training=True))
    assert changed.shape == x.shape and changed.min() >= 0 and changed.max() <= 1
    assert abs(changed - x).mean() > 0.02


def test_cross_validation_predicts_every_grain_once_by_a_model_that_never_saw_it():
    grains = planted(80)
    fold = np.arange(80) % 4 // 2
    table, probability = training.cross_validate(models.lenet, grains, fold, epochs=8, augment=False, progress=False)
    assert np.isfinite(probability).all() and table["n"].tolist() == [40, 40]
    for row in table.itertuples():
        aside = fold == row.fold
        assert row.accuracy == np.mean((probability[aside] >= 0.5) == grains.y[aside])
    # Meaningless classes cannot be predicted out of fold, however well they are learned by heart.
    noise = planted(120, signal=False, seed=5)
    _, guess = training.cross_validate(
        models.mlp, noise, np.arange(120) % 4 // 2, epochs=25, augment=False, progress=False
    )
    assert 0.3 < np.mean((guess >= 0.5) == noise.y) < 0.7


def test_what_cannot_be_trained_says_so():
    grains = planted(20)
    one_class = grains[grains.y == 1]
    model = training.compile_model(models.mlp())
    with pytest.raises(ValueError, match="training grains are all of one class"):
        training.fit(model, one_class, epochs=1)
    with pytest.raises(ValueError, match="validation grains are all of one class"):
        training.fit(model, grains, one_class, epochs=1)
    with pytest.raises(FloatingPointError, match="learning rate"):
        training.fit(training.compile_model(models.mlp(), np.nan), grains, epochs=2, progress=False)
