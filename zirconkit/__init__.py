"""zirconkit: what machine learning can see in a mineral.

Import the module of the step that you need (`from zirconkit import mounts, segmentation, grains`); the package itself
loads nothing, so that `import zirconkit` stays instant.
"""

import os

__version__ = "0.1.0"

# TensorFlow uses oneDNN by itself only on some processors (those with AVX-512); on the others it makes LeNet's step
# twice as fast. It looks at this when it is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
