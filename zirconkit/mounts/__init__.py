"""Where grain mounts come from, and what their images and sheets say.

`sources` finds them: grown, downloaded, or a folder of yours; `data` has the `Mount`; `images` reads one, whatever its
depth, colour or pages, `damage` tells whether it is whole, `overlays` finds what is printed over it, `scales` how many
micrometres a pixel is; `sheets` reads which sample is of which class; `examples` knows where on
the paper's mounts a texture is to be seen.
"""

from zirconkit.mounts.data import Mount
from zirconkit.mounts.examples import real_textures
from zirconkit.mounts.images import Picture, read, read_image
from zirconkit.mounts.sheets import sample_name
from zirconkit.mounts.sources import at, embedded, find, generator_version, image_files, labelled, provenance, real_ones

__all__ = [
    "Mount", "Picture", "at", "embedded", "find", "generator_version", "image_files", "labelled", "provenance", "read",
    "read_image", "real_ones", "real_textures", "sample_name",
]  # fmt: skip
