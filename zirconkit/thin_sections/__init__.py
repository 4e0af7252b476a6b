"""Rocks in thin section: fields in two lights, the phase of each pixel, modes with an interval, grains by themselves.

`fields` finds fields, grown or real, and reads them; `segmenting` does what `zirconkit segment --task phases` does;
`modes` counts area per cent and what it is worth; `scores` compares phases with a mask; `forest` is the cheap rival,
colour and texture without a network; `species` cuts single grains. The network itself is `networks.phases`.
"""

from zirconkit.thin_sections.fields import Field, find, grown, read_light
from zirconkit.thin_sections.modes import modes, qfl, shares
from zirconkit.thin_sections.scores import confusion, scores
from zirconkit.thin_sections.segmenting import COLOURS, overlay, segment_field, shipped
from zirconkit.thin_sections.species import cut_grains

__all__ = [
    "COLOURS", "Field", "confusion", "cut_grains", "find", "grown", "modes", "overlay", "qfl",
    "read_light", "scores", "segment_field", "shares", "shipped",
]  # fmt: skip
