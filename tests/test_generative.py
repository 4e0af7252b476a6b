"""A small VAE: what its two terms do, and that it learns; one model, trained once."""

import keras
import numpy as np
import pytest
from scipy.stats import spearmanr

from zirconkit.networks import generative


@pytest.fixture(scope="module")
def bars():
    """A hundred and sixty bright bars of many lengths: images, and how long they are."""
    lengths = np.random.default_rng(0).integers(2, 14, 160)
    images = np.zeros((160, 16, 16, 1), np.float32)
    for image, length in zip(images, lengths):
        image[6:10, 8 - length // 2 : 8 + length - length // 2] = 0.8
    return images, lengths


@pytest.fixture(scope="module")
def learned(bars):
    images, _ = bars
    keras.utils.set_random_seed(0)
    model = generative.vae(16, 2)
    log = model.fit(images, images, batch_size=16, epochs=25, verbose=0)
    return model, log.history["loss"]


def test_a_vae_learns_to_rebuild_and_its_code_knows_the_length(bars, learned):
    (images, lengths), (model, losses) = bars, learned
    assert losses[-1] < 0.3 * losses[0]
    codes = generative.code(model, images)
    assert max(abs(spearmanr(column, lengths)[0]) for column in codes.T) > 0.9
    rebuilt = generative.draw(model, codes)
    assert np.sqrt(np.mean((rebuilt - images) ** 2)) < 0.6 * images.std()


def test_a_code_that_nobody_has_seen_gives_a_bar(learned):
    model, _ = learned
    dreamt = generative.draw(model, np.random.default_rng(0).normal(size=(40, 2)))
    assert dreamt.shape == (40, 16, 16, 1) and dreamt.min() >= 0 and dreamt.max() <= 1
    assert dreamt[:, 7:9, 7:9].mean() > 0.5 and dreamt[:, :3].mean() < 0.1


def test_the_two_terms_are_what_they_are_called():
    x = np.zeros((2, 4, 4, 1), np.float32)
    off = x + np.float32([0.2, 0.4])[:, None, None, None]
    assert np.allclose(generative.rebuilding_loss(x, off), 16 * 0.5 * np.array([1, 4]))
    layer = generative.Sampling(weight=2.0)
    mean, log_variance = np.float32([[1, 0]]), np.float32([[0, 0]])
    layer((mean, log_variance))
    assert np.allclose(layer.losses[0], 2 * 0.5)  # a mean that strays by 1 costs a half
    still = generative.Sampling(weight=0.0, noise=0.0)
    assert np.allclose(still((mean, log_variance)), mean) and np.allclose(still.losses[0], 0)
    drawn = np.asarray(
        generative.Sampling()((np.zeros((4000, 1), np.float32), np.full((4000, 1), np.log(4), "float32")))
    )
    assert abs(drawn.std() - 2) < 0.1 and abs(drawn.mean()) < 0.1


def test_without_the_second_term_the_loss_is_only_the_first(bars):
    images, _ = bars
    keras.utils.set_random_seed(0)
    plain = generative.vae(16, 2, weights=(1, 0), noise=0)
    off = generative.rebuilding_loss(images[:20], plain.predict(images[:20], verbose=0))
    assert plain.evaluate(images[:20], images[:20], verbose=0) == pytest.approx(float(np.mean(off)), rel=1e-3)
    rebuilt = generative.draw(plain, generative.code(plain, images[:20]))
    assert np.allclose(plain.predict(images[:20], verbose=0), rebuilt, atol=1e-5)
