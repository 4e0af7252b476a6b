"""RockJock's measured standards, where they are had: 165 pure minerals with reference intensity ratios.

Eberl (2003), USGS Open-File Report 03-78, in the files of powdR (GPL-2), fetched by `zirconkit fetch rockjock`. They
are data of others and never part of the kit. The files are R's own (.rda); of that format what they need is read here.
"""

import bz2
import os
import struct
from functools import cache
from pathlib import Path

import numpy as np

from zirconkit import files
from zirconkit.diffraction.amounts import Standards
from zirconkit.diffraction.preparing import on_grid

__all__ = ["MINERALS", "folder", "library", "mineral_of", "mixtures", "read_rda", "standards"]

# The mineral of the table that a standard stands for; the others keep their own names, in small letters.
MINERALS = {
    "ORDERED_MICROCLINE": "microcline", "INTERMEDIATE_MICROCLINE": "microcline", "ALBITE_CLEAVELANDITE": "albite",
    "OLIGOCLASE_NC": "oligoclase", "OLIGOCLASE_NORWAY": "oligoclase", "MG_CALCITE": "calcite",
    "FE_DOLOMITE": "dolomite", "DISORDERED_KAOLINITE": "kaolinite", "ORD_KAOLINITE": "kaolinite",
    "KAOLINITE_DRY_BRANCH": "kaolinite", "NA_MONTMORILLONITE": "montmorillonite",
    "CA_MONTMORILLONITE": "montmorillonite", "MONTMORILLONITE_WYO": "montmorillonite",
    "SMECTITE_AND_AMORPH_BETTASO": "montmorillonite", "FERRUGINOUS_SMECTITE": "nontronite", "ILLITE_1MD": "illite",
    "ILLITE_1M_R_GT_3_5_PERCENT_EXP": "illite", "ILLITE_1M_30_PERCENT_EXP_R_GT_1": "illite",
    "ILLITE_1M_RM30": "illite", "ILLITE_2M1_SG4": "illite", "ILLITE_EP_10_66": "illite",
    "ILLITE_R0_5_PERCENT_I": "montmorillonite", "ILLITE_R0_35_PERCENT_I": "illite",
    "ILLITE_NO37_1M_0_PERCENT_EXP": "illite", "BIOTITE_1M": "biotite", "BIOTITE_2M1_WEB_PASS": "biotite",
    "PHLOGOPITE_2M1": "biotite", "CHLORITE_CCA_1": "clinochlore", "CHLORITE_CCA_2": "clinochlore",
    "CHLORITE_CMM": "clinochlore", "CHLORITE_CO": "clinochlore", "FE_CHLORITE_TUSC": "clinochlore",
    "MG_CHLORITE_LUZENAC": "clinochlore", "MG_CHLORITE_CLINOCHLORE_WEB_PASS": "clinochlore",
    "SERPENTINE": "lizardite", "PYROXENE_DIOPSIDE": "diopside", "JAROSITE_MEX": "jarosite",
    "HEMATITE_FINE": "hematite", "FOSTERITE": "forsterite", "GROSSULAR_GARNET": "grossular",
    "ALMANDINE_GARNET": "almandine", "CLINOPTILOLITE_HECTOR": "clinoptilolite", "ANDALUCITE": "andalusite",
    "MUSCOVITE_2M1": "muscovite", "CHERT_8_4_NMA2": "quartz", "CHERT_13_1_A5": "quartz",
    "CHERT_15_1_NM_A10": "quartz", "TOURMALINE": "schorl", "BOEHMITE_CALC": "boehmite", "HYPERSTHENE": "enstatite",
    "ACTINOLITE_TREMOLITE": "tremolite",
}  # fmt: skip
LEFT_OUT = ("BACK_POS", "BACK_NEG")  # lines, not substances
# The seven groups of the weighed mixtures, and RockJock's own group of each.
GROUPS = {
    "Quartz": ("Quartz", "Chert"), "K_feldspar": ("K-feldspar",), "Plagioclase": ("Plagioclase",),
    "Kaolinite": ("Kaolinite",), "Dioctahedral_smectite": ("Smectite (Di)",), "Illite": ("Illite", "Muscovite"),
    "Corundum": ("Corundum",),
}  # fmt: skip


def folder():
    """Where the three files lie: beside the mounts that ZIRCONKIT_DATA names, or in the cache; else None."""
    named = os.environ.get("ZIRCONKIT_DATA")
    places = []
    if named:
        places.append(Path(named).parent / "real" / "rockjock")
    places.append(files.cache_folder() / "rockjock")
    for place in places:
        if (place / "rockjock.rda").is_file():
            return place
    return None


def library():
    """The standards as measured: angles, patterns (n, 3001), names, RockJock's groups, ratios; None if not had."""
    place = folder()
    return _library(place) if place else None


@cache
def _library(place):
    content = read_rda(place / "rockjock.rda")["rockjock"]
    phases = content["phases"]
    names = [name for name in content["xrd"] if name not in LEFT_OUT]
    place_of = {name: k for k, name in enumerate(phases["phase_id"])}
    patterns = np.array([content["xrd"][name] for name in names], float)
    kinds = tuple(phases["phase_name"][place_of[name]] for name in names)
    ratios = np.array([phases["rir"][place_of[name]] for name in names], float)
    return np.array(content["tth"], float), patterns, tuple(names), kinds, ratios


def mineral_of(identifier):
    """The mineral that a standard is of: the table's name, or its own in small letters."""
    return MINERALS.get(identifier, identifier.lower().replace("_", " "))


def standards(by="mineral"):
    """The measured standards as `amounts.fit` takes them, one weight unit of each; None where they are not had.

    `by` says whose names they bear: "mineral" (`mineral_of`), "group" (RockJock's), "identifier".
    """
    place = folder()
    return _standards(place, by) if place else None


@cache
def _standards(place, by):
    two_theta, patterns, names, kinds, ratios = _library(place)
    labels = {"mineral": tuple(map(mineral_of, names)), "group": kinds, "identifier": names}[by]
    unit = np.array([on_grid(two_theta, pattern) for pattern in patterns]) * ratios[:, None]
    return Standards(np.maximum(unit, 0), labels)


def mixtures():
    """The eight weighed mixtures: dict of name to (two_theta, counts, weights by group in per cent)."""
    place = folder()
    if place is None or not (place / "rockjock_mixtures.rda").is_file():
        return {}
    patterns = read_rda(place / "rockjock_mixtures.rda")["rockjock_mixtures"]
    weights = read_rda(place / "rockjock_weights.rda")["rockjock_weights"]
    found = {}
    for k, name in enumerate(weights["sample_id"]):
        two_theta, counts = list(patterns[name].values())[:2]
        truth = {group: float(weights[group][k]) for group in GROUPS}
        found[name] = (np.array(two_theta, float), np.array(counts, float), truth)
    return found


# ---------------------------------------------------------------- R's files


def read_rda(path):
    """What a .rda file holds: dict of name to list, dict or array; as far as RockJock's files need it.

    Lists with names become dicts, factors their words. Nothing in the file is run.

    Raises
    ------
    ValueError
        If it is another kind of file, or damaged.
    """
    try:
        content = bz2.decompress(Path(path).read_bytes())
        if content[:7] not in (b"RDX2\nX\n", b"RDX3\nX\n"):
            raise ValueError
        return _Reader(content).whole()
    except (OSError, ValueError, struct.error, IndexError, KeyError, RecursionError):
        raise ValueError(f"{path} is damaged, or not the file that was fetched: run zirconkit fetch rockjock") from None


class _Reader:
    """R's serialization, format XDR: one item after the other."""

    def __init__(self, content):
        self.content, self.place, self.known = content, 7, []

    def whole(self):
        version = self.integers(3)[0]
        if version == 3:
            self.text(self.integers(1)[0])
        return self.item()

    def integers(self, count):
        values = struct.unpack_from(f">{count}i", self.content, self.place)
        self.place += 4 * count
        return values

    def text(self, length):
        found = self.content[self.place : self.place + length].decode("utf-8", errors="replace")
        self.place += length
        return found

    def item(self):
        (flags,) = self.integers(1)
        kind, has_attributes, has_tag = flags & 255, flags & 512, flags & 1024
        if kind in (254, 242, 253):  # NULL, the empty and the global environment
            return None
        if kind == 255:  # a symbol that was read before
            return self.known[(flags >> 8 or self.integers(1)[0]) - 1]
        if kind == 1:
            self.known.append(self.item())
            return self.known[-1]
        if kind == 2:
            return self.pairs(has_attributes, has_tag)
        if kind == 238:  # a vector kept in short
            return self.short()
        return self.vector(kind, has_attributes)

    def pairs(self, has_attributes, has_tag):
        """A chain of tagged values: dict."""
        found = {}
        while True:
            if has_attributes:
                self.item()
            tag = self.item() if has_tag else len(found)
            found[tag] = self.item()
            (flags,) = self.integers(1)
            if flags & 255 != 2:
                return found
            has_attributes, has_tag = flags & 512, flags & 1024

    def short(self):
        information, state = self.item(), self.item()
        self.item()
        if next(iter(information.values())) != "compact_intseq":
            raise ValueError
        count, first, step = state
        return np.arange(count) * step + first

    def vector(self, kind, has_attributes):
        (length,) = self.integers(1)
        if kind == 9:
            return self.text(length) if length >= 0 else None
        if kind in (10, 13):
            found = np.array(self.integers(length))
        elif kind == 14:
            found = np.frombuffer(self.content, ">f8", length, self.place).astype(float)
            self.place += 8 * length
        elif kind in (16, 19):
            found = [self.item() for _ in range(length)]
        else:
            raise ValueError
        return self.dressed(found, self.item() or {}) if has_attributes else found

    def dressed(self, found, attributes):
        """A vector with its attributes: factors as words, named lists as dicts, tables by column."""
        if "levels" in attributes:
            return [attributes["levels"][k - 1] for k in found]
        if isinstance(found, list) and "names" in attributes:
            return dict(zip(attributes["names"], found))
        return found
