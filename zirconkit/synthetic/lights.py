"""The same rock under another microscope: views of a field to learn from, each turned, scaled, lit and ground anew.

Between crossed polarizers a thicker section shows higher colours. For first-order greys, and that is nearly all that a
sandstone shows, the light of a channel is sin^2 of an angle that grows with thickness: the angle is found, stretched,
and turned back into light (`thicker`). That a crystal's brightness would change as it is turned is left out: no
photograph says by how much.
"""

import cv2
import numpy as np

__all__ = ["another_light", "thicker", "view_of"]

SCALES = 0.65, 1.5  # by how much a view is shrunk or enlarged
THICKNESS = 0.8, 1.25  # by how much a section may be thinner or thicker


def view_of(image, phases, side, rng):
    """A square of a field: turned by any angle, mirrored, scaled; mirrored at the field's edges, too.

    Parameters
    ----------
    image : array of uint8, shape (height, width, 3 or 6)
    phases : array of uint8, shape (height, width)
    side : int
        px
    rng : numpy Generator

    Returns
    -------
    image : array of float32, shape (side, side, channels)
        0..255
    phases : array of int32, shape (side, side)
    """
    zoom = np.exp(rng.uniform(*np.log(SCALES)))
    angle = rng.uniform(0, 2 * np.pi)
    mirror = rng.choice([-1, 1])
    cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
    turn = np.array([[cos * mirror, -sin], [sin * mirror, cos]])
    centre = rng.uniform(0.15, 0.85, 2) * phases.shape[::-1]
    corner = centre - turn.sum(axis=1) * side / 2
    move = np.column_stack([turn, corner])
    threes = np.split(image, image.shape[2] // 3, axis=2)
    lights = [_warp(three, move, side, cv2.INTER_LINEAR) for three in threes]
    seen = np.float32(np.concatenate(lights, axis=-1))
    return seen, np.int32(_warp(phases, move, side, cv2.INTER_NEAREST))


def _warp(image, move, side, how):
    flags = how | cv2.WARP_INVERSE_MAP
    whole = np.ascontiguousarray(image)
    return cv2.warpAffine(whole, move, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT)


def another_light(light, rng, crossed=False):
    """One light as another microscope would have recorded it: float32 in 0..1, from float32 in 0..255.

    Exposure, the lamp's colour, the camera's curve, saturation; a `crossed` light is of a section of another thickness.
    """
    light = light / 255
    if crossed:
        light = thicker(light, np.exp(rng.uniform(*np.log(THICKNESS))))
    curve, gain = np.exp(rng.normal(0, 0.15)), np.exp(rng.normal(0, 0.12))
    cast = np.exp(rng.normal(0, 0.06, 3))
    lit = light**curve * gain * cast
    grey = lit.mean(axis=-1, keepdims=True)
    coloured = grey + (lit - grey) * np.exp(rng.normal(0, 0.25))
    return np.float32(coloured.clip(0, 1))


def thicker(light, factor):
    """First-order colours of a section `factor` times as thick: the light's shape, 0..1.

    What passes is sin^2 of an angle. White and what is beyond it stays white.
    """
    angle = np.arcsin(np.sqrt(np.clip(light, 0, 1)))
    return np.sin(np.minimum(angle * factor, np.pi / 2)) ** 2
