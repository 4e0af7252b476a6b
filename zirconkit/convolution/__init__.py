"""Convolution and pooling spelled out (`sliding`), and a bench on which a student paints kernels (`painting`)."""

from zirconkit.convolution.painting import (
    TASKS,
    Light,
    as_kernel,
    bench,
    in_target,
    light,
    lights,
    random_shares,
    unseen,
)
from zirconkit.convolution.sliding import (
    KERNELS,
    convolve,
    convolve_steps,
    dilated,
    gabor,
    output_size,
    pool,
    receptive_field,
)

__all__ = [
    "KERNELS", "TASKS", "Light", "as_kernel", "bench", "convolve", "convolve_steps", "dilated", "gabor", "in_target",
    "light", "lights", "output_size", "pool", "random_shares", "receptive_field", "unseen",
]  # fmt: skip
