"""What a learning curve says: when to stop."""

import numpy as np

__all__ = ["smallest_patience", "stopping"]


def stopping(losses, patience):
    """Early stopping on a curve that is there: which epoch is kept, and after which one training ends.

    As `keras.callbacks.EarlyStopping` with `restore_best_weights=True`: training ends once the loss has not come below
    its lowest value for `patience` epochs.

    Parameters
    ----------
    losses : sequence of float
        One for each epoch.
    patience : int
        From 1 up.

    Returns
    -------
    kept, last : int
        Epochs, counted from 1.
    """
    kept = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[kept]:
            kept = epoch
        if epoch - kept == patience:
            break
    return kept + 1, epoch + 1


def smallest_patience(losses):
    """The smallest patience that keeps the epoch with the lowest loss of the whole curve: int."""
    best = int(np.argmin(losses)) + 1
    return next(patience for patience in range(1, len(losses) + 1) if stopping(losses, patience)[0] == best)
