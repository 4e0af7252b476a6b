"""One grain mount: where its image lies, what is known about it, and what it looks like."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from zirconkit.messages import ZirconkitWarning
from zirconkit.mounts.images import decode, read

__all__ = ["Mount"]


@dataclass(frozen=True)
class Mount:
    """One grain mount: where its image lies and what is known about it.

    Attributes
    ----------
    sample : str
        The image's file name without the ending.
    path : Path
    class_name : str or None
        None where nobody said.
    role : "train", "test" or "unused"
        "unused" is left out of training and scoring.
    um_per_px : float or None
        Micrometres per pixel, as the sample sheet says; None where it does not.
    truth_path : Path or None
        Label image drawn or grown with it (0 background, 1..n).
    channels : 1 or 3
        3 where its colours mean something, as the sample sheet says.
    page : int
        Of a file with several, counted from 1.
    invert : bool
        Whether its background is the bright phase.
    edits : Path or None
        An edit list (`segmentation.edits`) that lies elsewhere than beside the image.
    """

    sample: str
    path: Path
    class_name: str | None
    role: str
    um_per_px: float | None
    truth_path: Path | None
    channels: int = 1
    page: int = 1
    invert: bool = False
    edits: Path | None = None

    def picture(self):
        """The mount as it is segmented: an `images.Picture`; what was done to it is said in a warning each."""
        picture = read(self.path, self.page, self.invert)
        for note in picture.notes:
            warnings.warn(note, ZirconkitWarning, stacklevel=2)
        return picture

    def image(self):
        """The mount as 8-bit grey: uint8, shape (height, width)."""
        return read(self.path, self.page, self.invert).grey

    def colour(self):
        """The mount as red, green and blue: uint8, shape (height, width, 3)."""
        image = cv2.cvtColor(decode(self.path, cv2.IMREAD_COLOR, self.page), cv2.COLOR_BGR2RGB)
        return 255 - image if self.invert else image

    def truth(self):
        """The true label image: int32, shape (height, width); None where there is none."""
        return self.truth_path and decode(self.truth_path).astype(np.int32)

    def truth_table(self):
        """What is known of each true grain: DataFrame whose column grain is the number in `truth`; None without one."""
        table = self.truth_path and self.truth_path.with_suffix(".csv")
        return pd.read_csv(table) if table and table.is_file() else None
