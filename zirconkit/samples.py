"""The sample sheet and the published scores, as Nathwani et al. (2023) print them.

Table 1 says where each zircon mount comes from and how the paper labels it; Table 2 what the paper's networks scored.
`data/README.md` gives the source and licence of both files.
"""

from pathlib import Path

import pandas as pd

__all__ = ["CLASSES", "DATA", "TEST", "TILE", "UM_PER_PX", "published_scores", "sheet"]

_PACKAGE = Path(__file__).parent
DATA = _PACKAGE / "data" if (_PACKAGE / "data").is_dir() else _PACKAGE.parent / "data"
CLASSES = ("batholith", "porphyry")  # the position is the number of the class
TEST = ("QVC055", "QVC075")  # the paper's held-out samples, one of each class
UM_PER_PX = 2.0  # micrometres per pixel of the paper's mounts
TILE = 500  # pixels; side of the microscope's fields, which the paper's mounts are stitched from


def sheet():
    """Table 1 of the paper, one row a sample, and QVC041, which is in the data but not in the table.

    Returns
    -------
    DataFrame, indexed by sample
        lithology; age_ma and age_error_ma (emplacement age, million years, 2 sigma); role ("train", "test", "unused");
        notes (textures); class_name ("porphyry", "batholith"); n (crops that the published recipe isolates).
    """
    table = pd.read_csv(DATA / "samples.csv", index_col="sample", dtype={"n": "Int64"})
    return table.rename(columns={"class": "class_name"})


def published_scores():
    """Table 2 of the paper, one row a model: loss, accuracy and ROC-AUC on training, validation and test grains.

    Returns
    -------
    DataFrame
        model, regularization, parameters; then loss, accuracy and auc with the prefixes train_, validation_, test_.
    """
    return pd.read_csv(DATA / "published_scores.csv")
