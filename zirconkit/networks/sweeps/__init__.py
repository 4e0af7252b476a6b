"""Many trainings as one table: configurations x seeds x folds in, one tidy CSV out, here or on a Dask cluster."""

from zirconkit.networks.sweeps.running import load_grains, plan, read, run

__all__ = ["load_grains", "plan", "read", "run"]
