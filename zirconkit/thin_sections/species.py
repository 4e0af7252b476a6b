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
    half = max(width, height) / 2
    middle = left + width / 2, top + height / 2
    scale = side / (2 * half)
    move = np.array([[scale, 0, side / 2 - scale * middle[0]], [0, scale, side / 2 - scale * middle[1]]])
    alone = image * inside[..., None]
    halves = [np.ascontiguousarray(alone[..., start : start + 3]) for start in (0, 3)]
    return np.concatenate([cv2.warpAffine(each, move, (side, side)) for each in halves], axis=-1)
