"""Many trainings as one table: configurations x seeds x folds in, one tidy CSV out, here or on a Dask cluster.

A configuration is a TOML file, such as those in data/sweeps.
"""

from zirconkit.networks.sweeps.plans import plan, read
from zirconkit.networks.sweeps.running import load_grains, run

__all__ = ["load_grains", "plan", "read", "run"]
