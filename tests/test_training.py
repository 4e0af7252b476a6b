"""Networks have the published sizes, learn what is planted, and repeat themselves."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, mean_squared_error, roc_auc_score

from zirconkit import samples
from zirconkit.grains import Grains
from zirconkit.networks import models, training
from zirconkit.networks.logs import log_scores


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
def history():
    training.fix_chance(3)
    model = training.compile_model(models.lenet())
    how = {"augment": training.augmentation(3), "seed": 3, "progress": False}
    return training.fit(model, planted(), planted(seed=1), epochs=4, **how).history
print(json.dumps([history(), history()]))
"""


def test_one_seed_one_history_to_the_last_bit():
    """In a process of its own: the switch is the process's."""
    words, root = [sys.executable, "-c", SAME], Path(__file__).parents[1]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=root)
    one, again = json.loads(done.stdout)
    assert one == again and len(one["auc"]) == 4
    assert not np.allclose(one["loss"], trained(4, 4, training.augmentation(3))[1].history["loss"], rtol=1e-3)


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(tmp_path):
    """With Keras's own callback for it."""

    class PowerCut(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                raise KeyboardInterrupt

    def run(*callbacks):
        keras.utils.set_random_seed(5)
        model = training.compile_model(models.mlp())
        log = training.fit(model, planted(), planted(seed=1), 6, seed=5, callbacks=callbacks, progress=False)
        return log, model

    whole, model = run()
    with pytest.raises(KeyboardInterrupt):
        run(keras.callbacks.BackupAndRestore(tmp_path / "kept"), PowerCut())
    parted, other = run(keras.callbacks.BackupAndRestore(tmp_path / "kept"))
    assert parted.epoch == [3, 4, 5]
    for name, values in whole.history.items():
        np.testing.assert_allclose(parted.history[name], values[3:], rtol=1e-5, err_msg=name)
    for ours, theirs in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


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
    with pytest.raises(ValueError, match="training set is all of one class"):
        training.fit(model, one_class, epochs=1)
    with pytest.raises(ValueError, match="validation set is all of one class"):
        training.fit(model, grains, one_class, epochs=1)
    third = training.Data(grains.x, grains.y + 1)
    with pytest.raises(ValueError, match="more classes than the 2 that mlp tells apart"):
        training.fit(model, third, epochs=1)
    with pytest.raises(ValueError, match="3 rows of x do not go with 2 of y"):
        training.Data(np.zeros((3, 1)), pd.Series([0, 1]))
    with pytest.raises(ValueError, match="two classes or more, not 1"):
        models.lenet(classes=1)
    with pytest.raises(FloatingPointError, match="learning rate"):
        training.fit(training.compile_model(models.mlp(), np.nan), grains, epochs=2, progress=False)


# ---------------------------------------------------------------- many classes, numbers, spectra


MINERALS = ("apatite", "quartz", "zircon")


def three_minerals(n=150, seed=0):
    """Colour images of three made-up minerals: a bar that is upright, level or on the diagonal, in any channel."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 3)
    images = rng.integers(0, 60, (n, 32, 32, 3))
    for image, k in zip(images, y):
        start, channel = rng.integers(8, 20), rng.integers(3)
        upright, level = np.zeros((2, 32, 32), bool)
        upright[4:28, start : start + 4] = True
        level[start : start + 4, 4:28] = True
        diagonal = abs(np.subtract.outer(np.arange(32), np.arange(32)) - start + 14) < 3
        image[(upright, level, diagonal)[k], channel] += 150
    table = pd.DataFrame({"sample": "a", "class_name": np.array(MINERALS)[y]})
    return Grains(images.astype(np.uint8), np.ones((n, 32, 32), bool), table)


def test_three_classes_in_colour_are_learned():
    keras.utils.set_random_seed(0)
    model = training.compile_model(models.lenet(classes=3, channels=3, dropout=0.2), 3e-3)
    other = three_minerals(seed=1)
    history = training.fit(model, three_minerals(), other, epochs=15, progress=False).history
    probability = training.predict(model, other)
    assert probability.shape == (150, 3) and probability.dtype == np.float32
    np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-5)
    assert f1_score(other.y, probability.argmax(axis=1), average="macro") >= 0.9
    assert set(history) == {"loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"}
    assert history["val_accuracy"][-1] == np.mean(probability.argmax(axis=1) == other.y)
    rounding = 1e-6  # a probability near 1 is known to 6e-8 in 32 bits, and its logarithm is as small
    assert history["val_loss"][-1] == pytest.approx(log_loss(other.y, probability), rel=1e-4, abs=rounding)
    assert history["val_auc"][-1] == pytest.approx(roc_auc_score(other.y, probability, multi_class="ovr"), abs=1e-6)


def test_scores_of_many_classes_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, probability = np.arange(90) % 4, rng.dirichlet(np.ones(4), 90)
    found = log_scores(y, probability, "val_")
    assert found["val_auc"] == pytest.approx(roc_auc_score(y, probability, multi_class="ovr", average="macro"))
    assert found["val_loss"] == pytest.approx(log_loss(y, probability))
    there = y < 3  # a class that is missing is left out
    each = [roc_auc_score(y[there] == k, probability[there, k]) for k in range(3)]
    assert log_scores(y[there], probability[there])["auc"] == pytest.approx(np.mean(each))
    assert np.isnan(log_scores(y[y == 1], probability[y == 1])["auc"])


def spectra(n=200, seed=0):
    """One-dimensional: a peak on noise. Its place makes one of three classes, place and height are to be found."""
    rng = np.random.default_rng(seed)
    place, height = rng.uniform(10, 54, n), rng.uniform(0.5, 2, n)
    x = height[:, None] * np.exp(-(((np.arange(64) - place[:, None]) / 3) ** 2)) + rng.normal(0, 0.05, (n, 64))
    kinds = np.digitize(place, (25, 40))
    return x[..., None].astype(np.float32), kinds, np.column_stack([place / 32, height])


def small_net(neurones, activation=None):
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((64, 1)),
            layers.Conv1D(8, 5, padding="same", activation="relu"),
            layers.MaxPooling1D(4),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(neurones, activation=activation),
        ]
    )


def test_spectra_are_told_apart():
    x, kinds, _ = spectra()
    x_other, kinds_other, _ = spectra(seed=1)
    model = training.compile_model(small_net(3, "softmax"), 3e-3)
    log = training.fit(model, training.Data(x, kinds), training.Data(x_other, kinds_other), 20, progress=False).history
    assert log["val_auc"][-1] > 0.97 and log["val_accuracy"][-1] > 0.9


def test_numbers_are_predicted_and_scored_on_all_rows_at_once():
    """The last batch is smaller than the others: a mean over batches would be another number."""
    x, _, wanted = spectra()
    x_other, _, wanted_other = spectra(seed=1)
    model = small_net(2)
    model.compile(keras.optimizers.Adam(3e-3), "mean_squared_error", metrics=["mae"])
    data, other = training.Data(x, wanted), training.Data(x_other, wanted_other)
    log = training.fit(model, data, other, epochs=30, batch_size=48, progress=False).history
    assert set(log) == {"loss", "mae", "val_loss", "val_mae"}
    predicted = training.predict(model, x_other)
    assert predicted.shape == (200, 2)
    assert log["val_loss"][-1] == pytest.approx(mean_squared_error(wanted_other, predicted), rel=1e-4)
    assert log["val_mae"][-1] == pytest.approx(mean_absolute_error(wanted_other, predicted), rel=1e-4)
    assert log["val_loss"][-1] < 0.1 * wanted_other.var(axis=0).mean()

    one = small_net(1)
    one.compile(
        keras.optimizers.SGD(0.0), "mean_squared_error", metrics=["mae"]
    )  # nothing moves: the log is of one model
    log = training.fit(one, training.Data(x, wanted[:, 0]), epochs=1, batch_size=48, progress=False).history
    assert log["loss"][0] == pytest.approx(mean_squared_error(wanted[:, 0], training.predict(one, x)), rel=1e-4)
    assert log["mae"][0] == pytest.approx(mean_absolute_error(wanted[:, 0], training.predict(one, x)), rel=1e-4)


def test_any_compiled_loss_is_what_is_learned_and_logged():
    grains, loss = planted(40), keras.losses.BinaryFocalCrossentropy(gamma=3)
    keras.utils.set_random_seed(0)
    model = models.mlp()
    model.compile("adam", loss, metrics=[keras.metrics.Precision(name="precision")])
    log = training.fit(model, grains, grains, epochs=2, progress=False).history
    predicted = training.predict(model, grains)
    assert log["val_loss"][-1] == pytest.approx(float(loss(grains.y[:, None], predicted[:, None])), rel=1e-4)
    said = predicted > 0.5
    assert log["val_precision"][-1] == pytest.approx(np.mean(grains.y[said]) if said.any() else 0)
    assert log["val_auc"][-1] == pytest.approx(roc_auc_score(grains.y, predicted))


@pytest.mark.parametrize("neurones, activation, which", [(3, "softmax", 1), (1, None, 2), (2, None, 2)])
def test_fit_is_keras_fit_for_softmax_and_regressions_with_weights(neurones, activation, which):
    """One batch an epoch leaves nothing to chance."""
    data, counts, weights = spectra(32), np.linspace(0, 2, 32), []
    y = data[which][:, 0] if neurones == 1 else data[which]
    for by_keras in (True, False):
        model = training.compile_model(small_net(neurones, activation))
        if by_keras:
            model.fit(data[0], y, sample_weight=counts, epochs=3, verbose=0, shuffle=False)
        else:
            training.fit(model, training.Data(data[0], y), epochs=3, sample_weight=counts, progress=False)
        weights.append(model.get_weights())
    for ours, theirs in zip(*weights):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_rows_that_count_nothing_are_not_learned_from():
    """Half of the rows carry the wrong class, and count nothing."""
    grains = planted(160)
    rng = np.random.default_rng(0)
    wrong = rng.random(160) < 0.5
    data = training.Data(grains.x, np.where(wrong, 1 - grains.y, grains.y))
    keras.utils.set_random_seed(0)
    model = training.compile_model(models.lenet(dropout=0), 3e-3)
    training.fit(model, data, epochs=15, sample_weight=~wrong, progress=False)
    assert roc_auc_score(grains.y, training.predict(model, grains)) > 0.95
    assert roc_auc_score(data.y, training.predict(model, grains)) < 0.7


def test_the_loss_goes_with_what_a_model_ends_in():
    nested = keras.Sequential(
        [keras.Input((4,)), keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Softmax()])]
    )
    ends = {
        "binary_crossentropy": [models.mlp(), models.lenet(), models.alexnet(67)],
        "sparse_categorical_crossentropy": [models.mlp(classes=3), models.lenet(classes=5, channels=3), nested],
        "mean_squared_error": [
            small_net(2),
            keras.Sequential([keras.Input((4, 4, 1)), layers.GlobalAveragePooling2D()]),
        ],
    }
    for loss, built in ends.items():
        for model in built:
            assert training.compile_model(model).loss == loss
    with pytest.raises(ValueError, match="ends in tanh, for which there is no usual loss"):
        training.compile_model(small_net(1, "tanh"))


def test_the_networks_take_any_number_of_classes_and_channels():
    for build, size in ((models.mlp, 32), (models.lenet, 32), (models.alexnet, 67)):
        model = build(size, classes=4, channels=3)
        assert model.input_shape == (None, size, size, 3) and model.output_shape == (None, 4)
        assert build(size, channels=3).output_shape == (None, 1)


# ---------------------------------------------------------------- half precision


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


def test_the_last_layer_stays_in_single_precision(half_precision):
    for model in (models.mlp(), models.lenet(classes=3), models.alexnet(67)):
        assert model.layers[-1].compute_dtype == "float32" and model.layers[-2].compute_dtype == "float16"


def test_lenet_learns_in_half_precision(half_precision):
    _, history = trained(epochs=12)
    assert history.history["val_auc"][-1] > 0.95
