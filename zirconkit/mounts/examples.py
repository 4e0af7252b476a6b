"""Real grains to look at: on the paper's mounts, one of each texture, as we read them; nobody knows their truth."""

import numpy as np

__all__ = ["real_textures"]

SIDE = 100  # px of the mount around a grain: 200 um
# For each texture where a grain shows it: sample, row and column of its middle. The first that is there is shown.
PLACES = {
    "oscillatory": (("QVC055", 699, 230), ("QVC082", 236, 898)),
    "sector": (("QVC055", 442, 282), ("QVC082", 449, 426)),
    "core": (("QVC055", 648, 1024), ("QVC082", 331, 935)),
    "rim": (("QVC082", 464, 998),),
    "resorption": (("QVC055", 1040, 1407), ("QVC082", 599, 1292)),
    "inclusion": (("QVC055", 368, 1275), ("QVC082", 729, 855)),
    "fracture": (("QVC055", 343, 959), ("QVC082", 417, 644)),
}


def real_textures(found):
    """A real grain for each texture, out of the paper's mounts that are at hand.

    Parameters
    ----------
    found : list of Mount
        As `real_ones` gives them.

    Returns
    -------
    dict of str to (str, array of uint8 of shape (100, 100))
        From a texture to the sample and the picture; what no mount at hand shows is left out.
    """
    mounts = {mount.sample: mount for mount in found}
    chosen = {}
    for texture, places in PLACES.items():
        there = [place for place in places if place[0] in mounts]
        if there:
            chosen[texture] = there[0]
    images = {sample: mounts[sample].image() for sample in {place[0] for place in chosen.values()}}
    return {name: (sample, _around(images[sample], row, column)) for name, (sample, row, column) in chosen.items()}


def _around(image, row, column):
    """The square of a mount around a place; black where it ends."""
    half = SIDE // 2
    padded = np.pad(image, half)
    strip = padded[row : row + SIDE]
    return strip[:, column : column + SIDE]
