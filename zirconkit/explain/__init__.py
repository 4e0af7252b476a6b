"""What a network sees: feature maps, maps of what speaks for a class, and how far such maps can be trusted.

Works on any Keras model that names classes, by one sigmoid neurone or a softmax over many: the kit's own, what
`transfer.assemble` returns, what `exports.load` reads. Maps explain the *logit*, what a neurone adds up before the
sigmoid or softmax: where the probability is near 0 or 1 that function is flat and its gradient says nothing. On grown
grains that differ in one feature only the truth is known, and a map can be marked with `share_on` (notebook 09,
`benchmarks/explanations.py`).
"""

from zirconkit.explain.layers import expose_layers, feature_maps, prepare_input, without_channel
from zirconkit.explain.live import Reading, reader
from zirconkit.explain.maps import grad_cam, integrated_gradients, occlusion
from zirconkit.explain.trust import (
    extremes,
    extremes_by_class,
    randomisation_check,
    randomised,
    share_on,
    similarity,
)

__all__ = [
    "Reading", "expose_layers", "extremes", "extremes_by_class", "feature_maps", "grad_cam", "integrated_gradients",
    "occlusion", "prepare_input", "randomisation_check", "randomised", "reader", "share_on", "similarity",
    "without_channel",
]  # fmt: skip
