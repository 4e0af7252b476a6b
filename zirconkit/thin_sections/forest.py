"""The cheap rival: a random forest on colour and texture, pixel by pixel, without a network."""

import cv2
import numpy as np
from sklearn.ensemble import RandomForestClassifier

__all__ = ["features", "fit", "predict"]

WIDTHS = 1.5, 4, 10  # px; over which colour and unevenness are averaged
PIXELS = 3000  # of each field to learn from


def features(field):
    """Colour, averaged colour, unevenness and edges of both lights: float32, shape (height, width, features)."""
    maps = []
    for light in (field.ppl, field.xpl):
        lab = np.float32(cv2.cvtColor(light, cv2.COLOR_RGB2LAB))
        grey = lab[..., 0]
        maps.append(lab)
        for width in WIDTHS:
            mean = cv2.GaussianBlur(lab, (0, 0), width)
            square = cv2.GaussianBlur(grey * grey, (0, 0), width)
            spread = np.sqrt(np.maximum(square - mean[..., 0] ** 2, 0))
            maps += [mean, spread[..., None]]
        edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        maps += [cv2.GaussianBlur(edges, (0, 0), width)[..., None] for width in (1.5, 5)]
    return np.concatenate(maps, axis=-1)


def fit(fields, seed=0, trees=60):
    """A forest that has learned from fields: RandomForestClassifier."""
    rng = np.random.default_rng(seed)
    rows, answers = [], []
    for field in fields:
        chosen = rng.choice(field.phases.size, min(PIXELS, field.phases.size), replace=False)
        maps = features(field)
        rows.append(maps.reshape(-1, maps.shape[-1])[chosen])
        answers.append(field.phases.ravel()[chosen])
    how = {"min_samples_leaf": 5, "class_weight": "balanced_subsample", "max_samples": 0.5, "max_features": 6}
    forest = RandomForestClassifier(trees, random_state=seed, **how)
    return forest.fit(np.concatenate(rows), np.concatenate(answers))


def predict(forest, field):
    """The phase of each pixel of a field: array of int, shape (height, width)."""
    maps = features(field)
    return forest.predict(maps.reshape(-1, maps.shape[-1])).reshape(field.phases.shape)
