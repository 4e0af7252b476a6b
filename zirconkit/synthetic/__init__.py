"""What a program grows, with its truth: crystals, zoning, recipes of samples, whole mounts.

The mounts need no network, look like the real ones, measured, and bring a label image and a table of each grain. One
grain is made by `shapes` (its outline), `zoning` (its inside) and `crystals` (the two together, lit); a mount by
`recipes` (what its grains are like), `placing` (where they lie), `scanning` (what the microscope does) and `mounts`;
`microscopes` shows parts of it as others would.
`atlas` grows a grain for each texture, and says where on it the texture is; `doses` grows a grain by its properties, of
which one can change while all else stays. `apatites` grows another mineral, and sands that rivers mixed.
"""

from zirconkit.synthetic.apatites import POPULATIONS, at_scale, grow_apatites, grow_sand
from zirconkit.synthetic.atlas import TEXTURES, Plate, plate
from zirconkit.synthetic.mounts import EMBEDDED, SAMPLES, VERSION, SyntheticMount, grow, grow_mixture, grow_mount, save
from zirconkit.synthetic.recipes import population, random_recipe

__all__ = [
    "EMBEDDED",
    "POPULATIONS",
    "SAMPLES",
    "TEXTURES",
    "VERSION",
    "Plate",
    "SyntheticMount",
    "at_scale",
    "grow",
    "grow_apatites",
    "grow_mixture",
    "grow_mount",
    "grow_sand",
    "plate",
    "population",
    "random_recipe",
    "save",
]
