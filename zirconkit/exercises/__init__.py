"""The questions of the notebooks, one module each; `core` has the mechanism."""
