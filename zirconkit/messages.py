"""What the kit says to people while it works: its own warnings, and nobody else's."""

import sys
import warnings
from contextlib import contextmanager

__all__ = ["ZirconkitWarning", "own_warnings", "say"]


class ZirconkitWarning(UserWarning):
    """What the kit itself warns of. Warn with this category: the `zirconkit` command prints no other."""


def say(text):
    """Print a line on standard error, as the `zirconkit` command speaks."""
    print(f"zirconkit: {text}", file=sys.stderr)


@contextmanager
def own_warnings():
    """Inside, what the kit warns of is a line on standard error, and what other packages warn of is not shown.

    A deprecation inside scikit-image, say, is nothing that a reader could mend. Filters are left as they are: who asks
    for warnings with `python -W` or PYTHONWARNINGS gets everybody's, as errors, too. For worker processes as well.
    """
    with warnings.catch_warnings():
        show = warnings.showwarning

        def show_own(message, category, *place):
            if issubclass(category, ZirconkitWarning):
                say(f"warning: {message}")
            elif sys.warnoptions:
                show(message, category, *place)

        warnings.showwarning = show_own
        yield
