"""Networks have the published sizes, learn what is planted, and repeat themselves."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from zirconkit import samples
from zirconkit.grains import Grains
from zirconkit.networks import models, training


def planted(n=160, signal=True, seed=0):
    """Noise with a bright bar that is upright in class 1 and level in class 0; nothing but noise without signal."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    images = rng.integers(0, 60, (n, 32, 32, 1))
    for image, k in zip(images, y if signal else rng.integers(0, 2, n)):
        row, column = rng.integers(8, 20, 2)
        image[(slice(4, 28), slice(column, column + 4)) if k else (slice(row, row + 4), slice(4, 28))] += 150
    table = pd.DataFrame({"sample": "a", "class_name": np.where(y == 1, "porphyry", "batholith")})
    return Grains(images.astype(np.uint8), np.ones((n, 32, 32), bool), table)


def trained(seed=0, epochs=6, augment=None, build=models.lenet):
    keras.utils.set_random_seed(seed)
    model = training.compile_model(build(), 3e-3)
    history = training.fit(model, planted(), planted(seed=1), epochs=epochs, augment=augment, seed=seed, progress=False)
    return model, history


def test_parameter_counts_are_the_published_ones():
    published = samples.published_scores().set_index("model")["parameters"]
    assert models.lenet().count_params() == published["LeNet-5"].iloc[0] == 22_029
    assert models.mlp().count_params() == 135_361
    assert models.lenet(kernel=5).count_params() - models.lenet().count_params() == 9_824
    assert models.lenet(batch_norm=True).count_params() == 22_029 + 4 * (6 + 16 + 32)
    assert len(models.lenet(l2=0.1).losses) == 5 and models.lenet().losses == []
    assert sum("dropout" in layer.name for layer in models.lenet().layers) == 2


def test_lenet_learns_a_planted_direction_and_not_noise():
    model, history = trained(epochs=12)
    log = history.history
    assert log["val_auc"][-1] > 0.95 and log["val_loss"][-1] < log["val_loss"][0]
    noise = planted(400, signal=False, seed=2)
    assert 0.4 < training.fit(model, noise, noise, epochs=1, progress=False).history["val_auc"][0] < 0.75


def test_the_history_says_what_the_model_does():
    model, history = trained(epochs=2)
    grains = planted(seed=1)
    probability = training.predict(model, grains)
    assert isinstance(history, keras.callbacks.History) and history.epoch == [0, 1]
    assert set(history.history) == {"loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"}
    assert history.history["val_accuracy"][-1] == np.mean((probability >= 0.5) == grains.y)
    assert history.history["val_loss"][-1] == pytest.approx(log_loss(grains.y, probability), rel=1e-4)
    assert history.history["val_auc"][-1] == pytest.approx(roc_auc_score(grains.y, probability), abs=1e-6)


SAME = """
import json, sys
sys.path.insert(0, "tests")
from test_training import planted
from zirconkit.networks import models, training
training.fix_chance(3)
model = training.compile_model(models.lenet())
how = {"augment": training.augmentation(3), "seed": 3, "progress": False}
print(json.dumps(training.fit(model, planted(), planted(seed=1), epochs=4, **how).history))
"""


def test_one_seed_one_history_to_the_last_bit():
    """In processes of their own: the switch is the process's."""
    words, root = [sys.executable, "-c", SAME], Path(__file__).parents[1]
    one, again = (
        json.loads(subprocess.run(words, capture_output=True, text=True, check=True, cwd=root).stdout) for _ in range(2)
    )
    assert one == again and len(one["auc"]) == 4
    assert not np.allclose(one["loss"], trained(4, 4, training.augmentation(3))[1].history["loss"], rtol=1e-3)


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(tmp_path):
    def run(epochs, file, stop_after=None):
        keras.utils.set_random_seed(5)
        model = training.compile_model(models.lenet())
        how = {"augment": training.augmentation(5), "seed": 5, "checkpoint": file, "progress": False}
        if stop_after:
            training.fit(model, planted(), planted(seed=1), stop_after, **how)
            keras.utils.set_random_seed(99)  # whatever happened in between
            model = training.compile_model(models.lenet())
            how["augment"] = training.augmentation(5)
        return training.fit(model, planted(), planted(seed=1), epochs, **how), model

    whole, model = run(6, tmp_path / "whole.npz")
    parted, other = run(6, tmp_path / "parted.npz", stop_after=3)
    assert parted.epoch == list(range(6))
    for name, values in whole.history.items():
        np.testing.assert_allclose(parted.history[name], values, rtol=1e-5, err_msg=name)
    for ours, theirs in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert not list(tmp_path.glob("*.part"))


def test_a_checkpoint_of_another_training_is_refused_and_kept(tmp_path):
    file, grains = tmp_path / "kept.npz", planted(20)
    training.fit(training.compile_model(models.lenet()), grains, epochs=1, checkpoint=file, progress=False)
    before = file.read_bytes()
    for model, other in (
        (models.mlp(), grains),
        (models.lenet(), planted(20, seed=9)),
        (models.lenet(64), planted(20)),
    ):
        with pytest.raises(ValueError, match="another training"):
            training.fit(training.compile_model(model), other, epochs=1, checkpoint=file, progress=False)
    with pytest.raises(ValueError, match="one or the other"):
        stop = keras.callbacks.EarlyStopping()
        training.fit(training.compile_model(models.mlp()), grains, checkpoint=file, callbacks=[stop])
    assert file.read_bytes() == before


def test_keras_callbacks_are_told():
    """EarlyStopping stops when nothing is learned any more, and puts the best weights back."""
    noise, other = planted(60, signal=False, seed=1), planted(60, signal=False, seed=2)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    model = training.compile_model(models.mlp())
    log = training.fit(model, noise, other, epochs=60, callbacks=[stop], progress=False)
    best = int(np.argmin(log.history["val_loss"]))
    assert len(log.epoch) == best + 1 + 3 < 60
    loss = log_loss(other.y, training.predict(model, other))
    assert loss == pytest.approx(log.history["val_loss"][best], rel=1e-4)


def test_class_weights_move_the_answers_as_in_keras():
    """One batch an epoch: the weights are those of Keras's own fit, and the heavier class is said more often."""
    grains, weights = planted(32), []
    for by_keras in (True, False):
        keras.utils.set_random_seed(0)
        model, how = training.compile_model(models.mlp()), {"class_weight": {0: 5.0, 1: 0.5}, "epochs": 3}
        if by_keras:
            model.fit(grains.x, grains.y[:, None].astype("float32"), verbose=0, shuffle=False, **how)
        else:
            training.fit(model, grains, progress=False, **how)
        weights.append(model.get_weights())
    for ours, theirs in zip(*weights):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)
    assert training.predict(model, grains).mean() < 0.45


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


@pytest.fixture
def half_precision():
    """The policy of notebook 06 on a GPU: arithmetic in 16 bits, weights in 32."""
    keras.mixed_precision.set_global_policy("mixed_float16")
    yield
    keras.mixed_precision.set_global_policy("float32")


def one_step(policy):
    """How one step of plain gradient descent on one batch changes LeNet's weights: one long vector."""
    keras.mixed_precision.set_global_policy(policy)
    keras.utils.set_random_seed(0)
    model = models.lenet(dropout=0.0)
    before = np.concatenate([array.ravel() for array in model.get_weights()])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    training.fit(model, planted(32), epochs=1, progress=False)
    return np.concatenate([array.ravel() for array in model.get_weights()]) - before


def test_a_step_in_half_precision_is_the_step_in_single_precision(half_precision):
    """The loss is scaled before the gradient and unscaled after it: by half of that a step is 2^15 times too small."""
    half, single = one_step("mixed_float16"), one_step("float32")
    assert np.linalg.norm(half - single) < 0.01 * np.linalg.norm(single)


def test_lenet_learns_in_half_precision(half_precision):
    _, history = trained(epochs=12)
    assert history.history["val_auc"][-1] > 0.95
