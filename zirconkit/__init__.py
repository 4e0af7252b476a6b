"""zirconkit: what machine learning can see in a mineral.

Import the module of the step that you need (`from zirconkit import mounts, segmentation, grains`); the package itself
loads nothing, so that `import zirconkit` stays instant.
"""

__version__ = "0.1.0"
