"""What microscopes and people print over an image: data bars, scale bars, captions. None of it is a mineral.

All of it is drawn by a program, and that is how it is found: flat to the last bit, with edges of one pixel, where a
photograph has noise and a grain has a glow.
"""

import cv2
import numpy as np

__all__ = ["blank", "find"]

TALLEST = 0.3  # of the image's height; more than that is no data bar
SURROUNDINGS = 90  # grey around a drawn letter, at most
HALF = 128  # of 255: what a drawn letter on a bar has at least
LIT = (
    180,
    210,
    235,
)  # grey of drawn letters, at least: thin ones run together at a lower grey, or fall apart at a higher
LETTER = (6, 64)  # px; height of a letter
LINE = 64  # px; a bar of at least this length, and four times as long as wide, is a scale bar
AROUND = 3  # px that a letter's soft edge may reach


def find(grey):
    """Where a data bar, a scale bar or a caption is burnt in.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)

    Returns
    -------
    array of bool, shape (height, width)
    """
    over = np.zeros(grey.shape, bool)
    height = bar_height(grey)
    over[len(grey) - height :] = True
    over[: bar_height(grey[::-1])] |= not height
    picture = np.where(over, 0, grey) if over.any() else grey
    light = np.median(picture[::4, ::4]) > 128  # dark letters are only drawn on a light ground
    for shown in (picture, 255 - picture) if light else (picture,):
        for level in LIT:
            over |= _drawn(shown, level)
    return over


def blank(grey, over):
    """The image with the background's grey, the median of its darker half, where something is left out."""
    if not over.any():
        return grey
    clean = grey.copy()
    rest = grey[~over]
    clean[over] = np.median(rest[rest <= np.median(rest)]) if len(rest) else 0
    return clean


def bar_height(grey):
    """Rows of a data bar at the lower edge; 0 where there is none.

    A bar is a strip across the whole image that has one grey, to the last bit, but for marks and what lies within eight
    pixels of them, where a JPEG rings; and it has lines of letters on it.
    """
    tallest = int(TALLEST * len(grey))
    strip = grey[len(grey) - tallest :][::-1]  # from the edge on
    ground = int(np.bincount(strip[: max(3, tallest // 12)].ravel(), minlength=256).argmax())
    away = cv2.absdiff(strip, np.full_like(strip, ground))
    marks = away > 90
    near = cv2.dilate(marks.astype(np.uint8), np.ones((17, 17), np.uint8)) > 0
    drawn = (marks.mean(axis=1) < 0.6) | (np.ptp(strip, axis=1) < 40)  # not a dark picture above a light bar
    quiet = (((away == 0) | near).mean(axis=1) >= 0.98) & drawn
    rows = len(quiet) if quiet.all() else int(quiet.argmin())
    if rows < 12 or not marks[:rows].any():
        return 0
    letters = _letters_on(away[:rows])
    if not letters:
        return 0
    top = max(bottom for _, _, _, bottom in letters)  # the strip stands on its head
    height = max(bottom - top for _, top, _, bottom in letters)
    ruled = np.flatnonzero(marks[:rows].mean(axis=1) > 0.98)
    ends = [line + 1 for line in ruled if top <= line < top + 4 * height]
    return max(ends) if ends else min(rows, top + 2 * height)


def _letters_on(away):
    """Boxes around lines of letters on a strip, from how far each pixel is from its ground; none, if it has grains."""
    marks = cv2.convertScaleAbs(away, alpha=255 / away.max())
    between = (marks > 60) & (marks < 190)
    lit = (marks >= HALF).astype(np.uint8)
    if between.sum() > 1.5 * lit.sum():
        return []
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats(lit, connectivity=8)
    letters = [number for number in _letter_sized(boxes) if _crisp(marks, numbers, number, boxes[number])]
    return _lines(boxes[letters])


def _drawn(grey, level):
    """Scale bars and lines of letters in an image, with what lies between the letters: array of bool."""
    lit = (grey >= level).astype(np.uint8)
    over = np.zeros(grey.shape, bool)
    n, numbers, boxes, _ = cv2.connectedComponentsWithStats(lit, connectivity=8)
    if n == 1:
        return over
    bars = _scale_bars(lit)
    letters = [number for number in _letter_sized(boxes) if _crisp(grey, numbers, number, boxes[number])]
    lines = _lines(boxes[letters])
    if not bars and not lines:
        return over
    words = [_widened(line, boxes) for line in [*lines, *_captions(boxes[letters], bars)]]
    for left, top, right, bottom in [*bars, *words]:
        over[max(top - AROUND, 0) : bottom + AROUND, max(left - AROUND, 0) : right + AROUND] = True
    return over


def _widened(line, boxes):
    """The box of a line of letters, widened by what stands in that line next to it: letters that have run together."""
    left, top, right, bottom = line
    height = bottom - top
    for x, y, width, tall, _ in sorted(map(tuple, boxes[1:]), key=lambda box: -box[0]):
        level = abs(y - top) <= 0.4 * height and abs(y + tall - bottom) <= 0.4 * height
        if level and width <= 4 * height and 0 <= left - x - width <= 1.5 * height:
            left = x
    for x, y, width, tall, _ in sorted(map(tuple, boxes[1:])):
        level = abs(y - top) <= 0.4 * height and abs(y + tall - bottom) <= 0.4 * height
        if level and width <= 4 * height and 0 <= x - right <= 1.5 * height:
            right = x + width
    return left, top, right, bottom


def _scale_bars(lit):
    """Boxes of filled horizontal bars, even of one that runs into a grain: list of (left, top, right, bottom)."""
    long = cv2.morphologyEx(lit, cv2.MORPH_OPEN, np.ones((2, LINE), np.uint8))
    if not long.any():
        return []
    _, _, boxes, _ = cv2.connectedComponentsWithStats(long, connectivity=4)
    bars = []
    for left, top, width, height, area in boxes[1:]:
        filled = area >= 0.97 * width * height and width >= 4 * height
        beside = [lit[row, left : left + width] for row in (top - 2, top + height + 1) if 0 <= row < len(lit)]
        if filled and all(row.mean() < 0.3 for row in beside):
            bars.append((left, top, left + width, top + height))
    return bars


def _letter_sized(boxes):
    """Numbers of the parts that are as large as letters."""
    _, _, width, height, area = boxes.T
    right = (height >= LETTER[0]) & (height <= LETTER[1]) & (width <= 1.6 * height) & (area >= height)
    return [number for number in np.flatnonzero(right) if number]


def _crisp(grey, numbers, number, box):
    """Whether a part is drawn: strokes of one width, and within three pixels of its edge the ground."""
    left, top, width, height, _ = box
    window = np.s_[max(top - 4, 0) : top + height + 4, max(left - 4, 0) : left + width + 4]
    own = (numbers[window] == number).astype(np.uint8)
    stroke = 2 * cv2.distanceTransform(np.pad(own, 1), cv2.DIST_L2, 3).max()
    if stroke > max(5, height / 3):
        return False
    near = cv2.dilate(own, np.ones((5, 5), np.uint8))
    ring = (cv2.dilate(own, np.ones((7, 7), np.uint8)) > 0) & (near == 0) & (numbers[window] == 0)
    around = grey[window][ring]
    return len(around) > 0 and np.mean(around < SURROUNDINGS) >= 0.75


def _lines(letters):
    """Boxes around letters that stand in a line, at least four of them: list of (left, top, right, bottom)."""
    lines, line = [], []
    order = letters[np.lexsort((letters[:, 0],))] if len(letters) else letters
    rest = list(map(tuple, order))
    while rest:
        line = [rest.pop(0)]
        for box in list(rest):
            if _follows(line[-1], box):
                line.append(box)
                rest.remove(box)
        if len(line) >= 4:
            lines.append(_around(line))
    return lines


def _follows(one, other):
    """Whether a letter stands in the line of the one before: its foot or head level with it, and no gap of a word."""
    left, top, width, height, _ = one
    next_left, next_top, _, next_height, _ = other
    tall = max(height, next_height)
    level = abs(top + height - next_top - next_height) <= 0.3 * tall or abs(top - next_top) <= 0.3 * tall
    gap = next_left - left - width
    return level and -0.5 * tall <= gap <= 1.5 * tall and tall <= 2.2 * min(height, next_height)


def _around(boxes):
    left, top, width, height, _ = np.array(boxes).T
    return left.min(), top.min(), (left + width).max(), (top + height).max()


def _captions(letters, bars):
    """Boxes around the letters above and below each scale bar, be they ever so few."""
    found = []
    for left, top, right, bottom in bars:
        x, y, width, height, _ = letters.T
        beside = (x + width / 2 >= left - 40) & (x + width / 2 <= right + 40)
        level = (y + height / 2 >= top - 3 * height) & (y + height / 2 <= bottom + 3 * height)
        if (beside & level).any():
            found.append(_around(letters[beside & level]))
    return found
