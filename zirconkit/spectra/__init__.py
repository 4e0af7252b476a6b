"""X-ray spectra (EDS): which elements, how much of each, which mineral, and whether it is zircon.

`reading` takes files as instruments write them, `fitting` takes a spectrum apart and corrects for the matrix,
`weighing` goes by the whole pattern where the instrument is known, `naming` says which mineral a composition is,
`cubes` asks of each grain of a mount whether it is zircon, `files` is what the command does, `switching` lets a reader
try elements on a spectrum. Nothing here learned from a measured spectrum.
"""

from zirconkit.spectra.cubes import Cube, filtered, grain_spectra, read_cube, zircon_probability
from zirconkit.spectra.files import listed, name_files, name_spectrum, spectrum_files
from zirconkit.spectra.fitting import compositions, fit
from zirconkit.spectra.naming import name
from zirconkit.spectra.reading import read_spectrum, read_table, rebinned
from zirconkit.spectra.switching import measured, switched
from zirconkit.spectra.weighing import weighed

__all__ = [
    "Cube",
    "compositions",
    "filtered",
    "fit",
    "grain_spectra",
    "listed",
    "measured",
    "name",
    "name_files",
    "name_spectrum",
    "read_cube",
    "read_spectrum",
    "read_table",
    "rebinned",
    "spectrum_files",
    "switched",
    "weighed",
    "zircon_probability",
]
