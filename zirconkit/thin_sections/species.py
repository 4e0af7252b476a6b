"""Minerals by their grains: single grains cut from a mask, each with the name that it has there."""

import cv2
import numpy as np

from zirconkit.synthetic.sandstones import PHASES

__all__ = ["cut_grains"]

MIN_AREA = 150  # px at the network's scale


def cut_grains(fields, side=64, least=MIN_AREA):
    """Every grain of some fields by itself, what is not the grain black: images, names and sections.

    A grain is what hangs together and is of one phase; two of one phase that touch are one. Each is scaled so that its
    box fills the picture: its size is no clue.

    Parameters
    ----------
    fields : list of Field
    side : int
        Of a picture, px.
    least : int
        Smaller grains are left out; px.

    Returns
    -------
    images : array of uint8, shape (n, side, side, 6)
        In plane and in crossed light.
    names, sections : array of str, shape (n,)
    """
    images, names, sections = [], [], []
    for field in fields:
        both = np.concatenate([field.ppl, field.xpl], axis=-1)
        for number, phase in list(enumerate(PHASES))[1:]:
            count, labels, boxes, _ = cv2.connectedComponentsWithStats(np.uint8(field.phases == number), connectivity=4)
            for grain in range(1, count):
                if boxes[grain, cv2.CC_STAT_AREA] >= least:
                    images.append(_picture(both, labels == grain, boxes[grain], side))
                    names.append(phase)
                    sections.append(field.section)
    return np.array(images, np.uint8).reshape(-1, side, side, 6), np.array(names), np.array(sections)


def _picture(image, inside, box, side):
    left, top, width, height = box[:4]
    scale = side / max(width, height)
    right = side / 2 - scale * (left + width / 2)
    down = side / 2 - scale * (top + height / 2)
    move = np.array([[scale, 0, right], [0, scale, down]])
    alone = image * inside[..., None]
    halves = [np.ascontiguousarray(half) for half in np.split(alone, 2, axis=2)]
    moved = [cv2.warpAffine(half, move, (side, side)) for half in halves]
    return np.concatenate(moved, axis=-1)
