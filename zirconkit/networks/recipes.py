"""The course's two networks, each by one recipe, so that every notebook that names them means the same.

LeNet learns from nothing but the grains; EfficientNet-Lite0 comes with what it learned from photographs, and learns a
head and its last convolution. The settings that the two share stand here once.
"""

from typing import NamedTuple

import keras

from zirconkit.grains import resize
from zirconkit.networks import backbones, models, training, transfer

__all__ = ["Recipe", "lenet", "transferred"]


class Recipe(NamedTuple):
    """How long, and by which chance.

    Attributes
    ----------
    epochs : int
        LeNet's; of the transferred network three times as many for the head, which costs next to nothing on features
        that are computed once, and as many again for the head and the last convolution.
    n_views : int
        How many augmented views of each grain the transferred network chooses from.
    seed : int
        Of the start weights, the order of the grains, dropout and augmentation.
    """

    epochs: int = 20
    n_views: int = 2
    seed: int = 0


AS_TAUGHT = Recipe()


def lenet(learning, validation=None, recipe=AS_TAUGHT):
    """LeNet with dropout and augmentation, as published (sections 2.3 and 2.4.1), for 32 × 32 px.

    Parameters
    ----------
    learning, validation : grains.Grains
        Of any size; they are drawn to 32 px.
    recipe : Recipe

    Returns
    -------
    answer : callable
        From Grains to the probability of class 1, array of float32, shape (n,); of more classes (n, classes).
    history : keras.callbacks.History
    """
    keras.utils.set_random_seed(recipe.seed)
    channels = learning.images.shape[-1]
    model = models.lenet(32, len(learning.classes), channels, dropout=0.5)
    training.compile_model(model)
    small = resize(learning, 32)
    aside = None if validation is None else resize(validation, 32)
    augment = training.augmentation(recipe.seed)
    history = training.fit(model, small, aside, recipe.epochs, augment=augment, seed=recipe.seed, progress=False)

    def answer(grains):
        return training.predict(model, resize(grains, 32))

    return answer, history


def transferred(learning, validation, recipe=AS_TAUGHT, backbone=None):
    """EfficientNet-Lite0 at 96 px, fine-tuned in the two published stages on activations that are computed once.

    Parameters
    ----------
    learning, validation : grains.Grains
    recipe : Recipe
    backbone : backbones.Backbone, optional
        Another pretrained network than `backbones.lite0(96)`.

    Returns
    -------
    answer : callable
        From Grains to the probability of class 1, array of float32, shape (n,); of more classes (n, classes).
    histories : list of keras.callbacks.History
        Of the two stages.
    """
    backbone = backbone or backbones.lite0(96)
    stages = transfer.Stages((3 * recipe.epochs, recipe.epochs), recipe.n_views, recipe.seed)
    model, histories = transfer.train(backbone, learning, validation, stages, progress=False)
    tail_and_head = keras.Sequential(model.layers[2:])

    def answer(grains):
        seen = transfer.features(backbone, grains.x, progress=False)
        return training.predict(tail_and_head, seen)

    return answer, histories
