"""A picture to judge a segmentation by: outlines of what is kept and of what is not, numbers, a scale bar."""

import cv2
import numpy as np

__all__ = ["draw_outlines", "round_length"]

KEPT = (0, 200, 140)  # red, green, blue
NOT_KEPT = (230, 120, 230)
WHITE = (255, 255, 255)
LARGEST = 2400  # px; the picture's longer side
FINEST = 900  # px; and at least, so that numbers can be read


def draw_outlines(image, labels, table, um_per_px=None):
    """The mount in grey with each grain outlined: kept ones in green, with their numbers; the others in pink.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    labels : array of int, shape (height, width)
    table : DataFrame
        As `describe` gives it.
    um_per_px : float, optional
        Micrometres per pixel; without it the scale bar is in pixels.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        Red, green and blue; shrunk where it would be longer than 2,400 px, enlarged where shorter than 900 px.
    """
    scale = np.clip(1.0, FINEST / max(image.shape), LARGEST / max(image.shape))
    size = tuple(max(1, round(side * scale)) for side in image.shape[::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.cvtColor(cv2.resize(image, size, interpolation=how), cv2.COLOR_GRAY2RGB)
    for grain in table.itertuples():
        outline = _outline(labels, grain) * scale
        colour = KEPT if grain.kept else NOT_KEPT
        cv2.polylines(picture, [np.rint(outline).astype(np.int32)], True, colour, 2, cv2.LINE_AA)
    for grain in table[table["kept"]].itertuples():
        middle = scale * np.array([grain.col_min + grain.col_max, grain.row_min + grain.row_max]) / 2
        _write(picture, str(grain.grain), middle)
    _draw_scale_bar(picture, scale, um_per_px)
    return picture


def _outline(labels, grain):
    """The corners of a grain's longest outline, (column, row) in pixels: shape (n, 2)."""
    own = labels[grain.row_min : grain.row_max, grain.col_min : grain.col_max] == grain.grain
    outlines, _ = cv2.findContours(own.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(outlines, key=len)[:, 0]
    return longest + np.array([grain.col_min, grain.row_min]) + 0.5


def _write(picture, text, middle):
    """Text about a middle, light letters on a dark edge."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    at = round(middle[0] - width / 2), round(middle[1] + height / 2)
    for shade, thickness in (((0, 0, 0), 3), (WHITE, 1)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, shade, thickness, cv2.LINE_AA)


def round_length(longest):
    """The largest of 1, 2, 5, 10, 20, 50, ... that is no longer."""
    power = 10.0 ** np.floor(np.log10(longest))
    return power * max(step for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))


def _draw_scale_bar(picture, scale, um_per_px):
    """A bar of a round length in the lower right corner, with its length above."""
    height, width = picture.shape[:2]
    unit_px = scale / um_per_px if um_per_px else scale
    length = round_length(0.25 * width / unit_px)
    right, bottom = width - 20, height - 20
    left = right - round(length * unit_px)
    cv2.rectangle(picture, (left - 2, bottom - 8), (right + 2, bottom + 2), (0, 0, 0), -1)
    cv2.rectangle(picture, (left, bottom - 6), (right, bottom), WHITE, -1)
    text = f"{length:g} {'um' if um_per_px else 'px'}"
    _write(picture, text, ((left + right) / 2, bottom - 20))
