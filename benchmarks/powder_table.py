"""Make the table of powder lines that `zirconkit.diffraction` reads, from published crystal structures.

    python benchmarks/powder_table.py

needs two packages that nothing else of the kit needs: `gemmi` (scattering factors, symmetry) and `larixite`, whose
copy of the American Mineralogist Crystal Structure Database has most of the structures; the others stand in
`powder_structures.txt` with the paper of each. It writes `data/diffraction/minerals.csv`, a row a structure, and
`data/diffraction/lines.csv`, a row a line, and prints one JSON line: how many, and the size.

Intensities are those of a powder in Bragg-Brentano geometry with Cu K-alpha and no monochromator: multiplicity,
structure factor with anomalous scattering, Lorentz and polarization factors. The reference intensity ratio is the
strongest line against that of corundum, at equal weights. Of disordered clays the lines hk (all, or those
with k not a multiple of 3) are bands: the square of one layer's structure factor along the rod, in steps of a
twentieth of the reciprocal basal spacing.
"""

import importlib.util
import json
import re
import sqlite3
from base64 import b64decode
from collections import Counter
from pathlib import Path

import gemmi
import numpy as np
import pandas as pd

from zirconkit import files, samples

WAVELENGTH = 1.540598  # Å, Cu K-alpha1
SHORTEST = 1.17  # Å, the smallest d in the table
FAINTEST = 0.4  # of 100; weaker lines are left out
STEP = 0.05  # along a rod, in units of 1 / basal spacing
OWN = Path(__file__).with_name("powder_structures.txt")
OUT = samples.DATA / "diffraction"

# Which structures stand for a mineral: numbers are those of larixite's table, names those of powder_structures.txt.
RECIPE = {
    "quartz": [6212], "cristobalite": [10623], "corundum": [9327], "periclase": [501], "halite": [11356],
    "sylvite": [11329], "fluorite": [11683],
    "calcite": [984, 1327, 1328], "aragonite": [236, 6300], "dolomite": [108, 904], "ankerite": [1272, 1273, 1274],
    "magnesite": [389], "siderite": [101], "rhodochrosite": [9892], "smithsonite": [102], "strontianite": [6303, 234],
    "witherite": [9098], "cerussite": [11016], "azurite": [8598], "natrite": [14917], "nahcolite": [9267],
    "albite": ["albite", "albite-an16"], "anorthite": ["anorthite"], "microcline": ["microcline"],
    "orthoclase": ["orthoclase"], "sanidine": ["sanidine", "sanidine-na"], "nepheline": ["nepheline"],
    "sodalite": [6211], "analcime": [10728, 656], "natrolite": ["natrolite"], "laumontite": ["laumontite"],
    "clinoptilolite": ["clinoptilolite"],
    "kaolinite": ["kaolinite", "kaolinite-d"], "dickite": ["dickite"], "halloysite": ["halloysite"],
    "montmorillonite": ["montmorillonite", "montmorillonite-1w"], "saponite": ["saponite"],
    "illite": [5015, "illite-d", "illite-2m1"], "glauconite": ["glauconite", "glauconite-1m"],
    "muscovite": ["muscovite"],
    "biotite": ["biotite", "phlogopite", 2392], "pyrophyllite": [823, 10542], "talc": ["talc", "talc-d"],
    "clinochlore": ["clinochlore", "clinochlore-fe", "clinochlore-fe2", "clinochlore-d"], "lizardite": [867, 1690],
    "diopside": [811], "augite": [12864], "hedenbergite": [345, 4451], "aegirine": [4448], "jadeite": [4445],
    "spodumene": [11109], "enstatite": ["enstatite", "enstatite-fe", "enstatite-fe2"],
    "wollastonite": ["wollastonite"], "tremolite": ["tremolite", "actinolite"],
    "hornblende": ["hornblende", "pargasite"], "glaucophane": ["glaucophane"],
    "forsterite": [171, 323], "fayalite": [9731], "almandine": [240, 7901], "pyrope": [238], "grossular": [243, 1570],
    "andradite": [246], "spessartine": [241], "zircon": [6906], "titanite": [1898, 942], "topaz": [1642, 7017],
    "andalusite": ["andalusite"], "sillimanite": [1016], "kyanite": ["kyanite"], "epidote": ["epidote", "epidote-al"],
    "lawsonite": [18946], "prehnite": [157], "beryl": [5258], "cordierite": ["cordierite", "cordierite-fe"],
    "schorl": ["schorl", "dravite"],
    "pyrite": [605], "marcasite": [12726], "pyrrhotite": [288], "chalcopyrite": [9476], "bornite": [48],
    "covellite": [14418], "sphalerite": [110, 17595], "wurtzite": [15179], "galena": [11372], "arsenopyrite": [112],
    "molybdenite": [9788], "cinnabar": [12137], "stibnite": [3549], "realgar": [10732], "orpiment": [10733],
    "pentlandite": [5095], "enargite": [11108], "sulfur": [11255], "graphite": [11247], "gold": [11140],
    "silver": [11135], "copper": [11145], "iron": [12931],
    "magnetite": [7766], "maghemite": [20516, 7899], "hematite": [17806], "ilmenite": [9082], "chromite": [8918],
    "spinel": [2477, 4260], "rutile": [19092], "anatase": [10735], "brookite": [11766], "cassiterite": [19242],
    "ferberite": [230], "scheelite": [13201], "goethite": [2226], "lepidocrocite": [11833], "diaspore": [7341],
    "boehmite": ["boehmite"], "gibbsite": ["gibbsite"], "brucite": [14731], "pyrolusite": [11760],
    "ramsdellite": [3565], "manganite": [13942], "zincite": [15176], "cuprite": [9326], "tenorite": [18812],
    "uraninite": [11728],
    "gypsum": [11093], "anhydrite": [5117], "bassanite": [19828], "barite": [5144], "celestine": [10619],
    "anglesite": [18845], "alunite": [9047, 14755], "jarosite": [14420, 4571], "thenardite": [5113],
    "kieserite": [14714], "fluorapatite": [1256], "monazite": [1698], "vivianite": [12069], "pyromorphite": [5226],
}  # fmt: skip
# Crystallites of these are thin along c: what they grow to in a rock, nm.
SMALL = {
    "montmorillonite": 8, "saponite": 8, "illite": 14, "glauconite": 12, "halloysite": 12, "kaolinite": 40,
    "lizardite": 20, "goethite": 25, "lepidocrocite": 25, "boehmite": 15, "maghemite": 20, "clinochlore": 60,
    "clinoptilolite": 50, "jarosite": 60, "gibbsite": 60,
}  # fmt: skip
CLEAVAGE = {
    "calcite": (1, 0, 4), "dolomite": (1, 0, 4), "ankerite": (1, 0, 4), "magnesite": (1, 0, 4), "siderite": (1, 0, 4),
    "rhodochrosite": (1, 0, 4), "smithsonite": (1, 0, 4), "halite": (2, 0, 0), "sylvite": (2, 0, 0),
    "fluorite": (1, 1, 1), "galena": (2, 0, 0), "sphalerite": (2, 2, 0), "gypsum": (0, 2, 0), "albite": (0, 0, 1),
    "anorthite": (0, 0, 2), "microcline": (0, 0, 1), "orthoclase": (0, 0, 1), "sanidine": (0, 0, 1),
    "tremolite": (1, 1, 0), "hornblende": (1, 1, 0), "glaucophane": (1, 1, 0), "diopside": (1, 1, 0),
    "augite": (1, 1, 0), "hedenbergite": (1, 1, 0), "aegirine": (1, 1, 0), "jadeite": (1, 1, 0),
    "spodumene": (1, 1, 0), "enstatite": (2, 1, 0), "wollastonite": (1, 0, 0), "sillimanite": (0, 1, 0),
    "kyanite": (1, 0, 0), "clinoptilolite": (0, 2, 0), "laumontite": (1, 1, 0), "natrolite": (1, 1, 0),
    "anhydrite": (0, 2, 0), "barite": (0, 0, 2), "celestine": (0, 0, 2), "stibnite": (1, 0, 0),
    "orpiment": (0, 2, 0), "diaspore": (0, 2, 0), "goethite": (1, 0, 0), "lepidocrocite": (2, 0, 0),
    "boehmite": (0, 2, 0), "vivianite": (0, 2, 0), "nahcolite": (1, 0, 1), "epidote": (0, 0, 1),
}  # fmt: skip


# ---------------------------------------------------------------- structures: dicts of group, cell, atoms, paper


def own_structures():
    """What powder_structures.txt holds: by name."""
    text = re.sub(r"^#.*\n", "", OWN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    structures = {}
    for line in filter(str.strip, text.splitlines()):
        if "|" in line:
            name, group, cell, paper, *more = (part.strip() for part in line.split("|"))
            like = more and more[0].split()[0] == "like"
            now = {"group": group, "cell": list(map(float, cell.split())), "paper": paper, "atoms": []}
            now["disorder"] = next((part for part in more if part.split()[0] in ("layers", "shifts")), "")
            if like:
                _, parent, *changes = more[0].split()
                now["atoms"] = exchanged(structures[parent]["atoms"], changes)
            elif more and "octahedral" in more[0]:
                now["sheet"] = more[0]
            structures[name] = now
        else:
            what, *numbers = line.split()
            x, y, z, *u = map(float, numbers)
            u = u[0] if u and u[0] else 0.02 if what.startswith("Wat") else 0.01
            for part in what.split(","):
                element, _, share = part.partition(":")
                now["atoms"].append((element, float(share or 1), (x, y, z), u))
    return structures


def exchanged(atoms, changes):
    """Atoms with others in their place: "Mg>Fe:.4" puts 0.4 of iron on every site of magnesium."""
    for change in changes:
        old, new, share = re.fullmatch(r"(\w+)>(\w+):(.+)", change).groups()
        share, out = float(share), []
        for element, occupancy, place, u in atoms:
            if element != old:
                out.append((element, occupancy, place, u))
            elif new == old:
                out.append((element, occupancy * share, place, u))
            else:
                out.append((old, occupancy * (1 - share), place, u))
                out.append((new, occupancy * share, place, u))
        atoms = [atom for atom in out if atom[1] > 0]
    return atoms


def numbers(text, count):
    """An array as larixite packs it; None where there is none."""
    if text in (None, "0", "<missing>"):
        return None
    return np.frombuffer(b64decode(text), "<i4")[:count] / 4e6


def from_amcsd(database, number):
    """A structure of larixite's table."""
    row = database.execute(
        "select cif.*, spacegroups.hm_notation, spacegroups.symmetry_xyz, journalname, volume, year, page_first, "
        "publication_id p from cif join spacegroups on spacegroup_id = spacegroups.id join publications on "
        "publication_id = publications.id where cif.id = ?",
        (number,),
    ).fetchone()
    labels = json.loads(row["atoms_sites"])
    places = np.transpose([numbers(row[f"atoms_{axis}"], len(labels)) for axis in "xyz"])
    occupancies = numbers(row["atoms_occupancy"], len(labels))
    moved = displacements(row, labels)
    atoms = []
    for k, label in enumerate(labels):
        element = element_of(label)
        share = 1.0 if occupancies is None else float(occupancies[k])
        if element != "H":
            atoms.append((element, share, tuple(places[k]), moved[k]))
    authors = database.execute(
        "select name from publication_authors join authors on author_id = authors.id where publication_id = ?",
        (row["p"],),
    ).fetchall()
    names = [author[0].split()[0] for author in authors]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} and others"
    cell = [float(row[key]) for key in ("a", "b", "c", "alpha", "beta", "gamma")]
    paper = f"{who} ({row['year']}) {row['journalname']} {row['volume']}, {row['page_first']}"
    group = row["hm_notation"].split("%")[0].strip()
    operations = json.loads(row["symmetry_xyz"])
    return {"group": group, "operations": operations, "cell": cell, "paper": paper, "atoms": atoms, "disorder": ""}


def displacements(row, labels):
    """Mean square displacements, Å²: isotropic, or the mean of three; else 0.008."""
    isotropic = numbers(row["atoms_u_iso"], len(labels))
    out = [0.008 if isotropic is None or not 0 < isotropic[k] < 0.2 else isotropic[k] for k in range(len(labels))]
    if row["atoms_aniso_label"] not in (None, "0", "<missing>"):
        names = json.loads(row["atoms_aniso_label"])
        three = [numbers(row[f"atoms_aniso_u{axis}"], len(names)) for axis in ("11", "22", "33")]
        mean = dict(zip(names, np.mean(three, axis=0))) if all(axis is not None for axis in three) else {}
        out = [mean[label] if 0 < mean.get(label, 0) < 0.2 else u for label, u in zip(labels, out)]
    return out


def element_of(label):
    """The element of a site: Si of "SiT1", O of "O-H" and "Ow"; "Wat" is the oxygen of water."""
    if label.lower().startswith("wat") or label in ("Ow", "OW", "Ow3"):
        return "Wat"
    if label.replace(" ", "").lower().startswith(("o-h", "o(h", "oh", "h3o")):
        return "OH"
    letters = re.match(r"[A-Za-z]+", label).group()
    two = letters[:2].capitalize()
    known = len(letters) > 1 and letters[1].islower() and gemmi.Element(two).atomic_number > 0
    return two if known and two not in ("Ob", "Oa") else letters[0].upper()


def expanded(structure):
    """All atoms of the cell: elements, occupancies, places (n, 3), U."""
    operations = structure.get("operations")
    if operations is None:
        operations = [op.triplet() for op in gemmi.SpaceGroup(structure["group"]).operations()]
    operations = [gemmi.Op(text.replace("+-", "-").replace(" ", "")) for text in operations]
    elements, shares, places, moved = [], [], [], []
    for element, share, place, u in structure["atoms"]:
        images = np.array([op.apply_to_xyz(list(place)) for op in operations]) % 1
        kept = []
        for image in images:
            apart = [np.abs((image - other + 0.5) % 1 - 0.5).max() for other in kept]
            if not apart or min(apart) > 0.005:
                kept.append(image)
        elements += [element] * len(kept)
        shares += [share] * len(kept)
        places += kept
        moved += [u] * len(kept)
    return elements, np.array(shares), np.array(places), np.array(moved)


# ---------------------------------------------------------------- intensities


def scattering(element, s2):
    """Scattering factor of an element for Cu K-alpha at (sin theta / lambda)² = s2: complex array."""
    name = gemmi.Element("O" if element in ("Wat", "OH") else element)
    f = np.vectorize(name.it92.calculate_sf)(s2)
    real, imaginary = gemmi.cromer_liberman(name.atomic_number, gemmi.hc / WAVELENGTH)
    return f + real + 1j * imaginary


def structure_factors(hkl, atoms, s2):
    """|F|² of many reflections, whole or not: array."""
    elements, shares, places, moved = atoms
    levels, where = np.unique(np.round(s2, 6), return_inverse=True)
    factors = {element: scattering(element, levels)[where] for element in set(elements)}
    total = np.zeros(len(hkl), complex)
    for element, share, place, u in zip(elements, shares, places, moved):
        wave = np.exp(2j * np.pi * (hkl @ place) - 8 * np.pi**2 * u * s2)
        total += share * factors[element] * wave
    return np.abs(total) ** 2


def reciprocal(cell):
    """The reciprocal metric tensor, 1/Å²."""
    a, b, c, alpha, beta, gamma = cell
    cosines = np.cos(np.radians([alpha, beta, gamma]))
    metric = np.array(
        [
            [a * a, a * b * cosines[2], a * c * cosines[1]],
            [a * b * cosines[2], b * b, b * c * cosines[0]],
            [a * c * cosines[1], b * c * cosines[0], c * c],
        ]
    )
    return np.linalg.inv(metric), np.sqrt(np.linalg.det(metric))


def indices(cell, step=1.0):
    """All (h, k, l) with d of at least `SHORTEST`, l in steps; and 1/d² of each."""
    metric, _ = reciprocal(cell)
    h, k, last = (int(length / SHORTEST) + 1 for length in cell[:3])
    grid = np.meshgrid(
        np.arange(-h, h + 1), np.arange(-k, k + 1), np.arange(-last, last + step / 2, step), indexing="ij"
    )
    hkl = np.stack(grid, -1).reshape(-1, 3)
    q2 = np.einsum("ij,jk,ik->i", hkl, metric, hkl)
    inside = (q2 > 1e-6) & (q2 <= SHORTEST**-2)
    return hkl[inside], q2[inside]


def lorentz_polarization(d):
    """The Lorentz and polarization factors of a powder, Bragg-Brentano, without a monochromator."""
    theta = np.arcsin(WAVELENGTH / 2 / d)
    return (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))


def lines_of(structure):
    """The powder lines of a structure: DataFrame of h, k, l, d, i (absolute, a cell), by falling d; and its atoms."""
    if "sheet" in structure:
        structure["atoms"], structure["operations"] = sheet(structure), ["x,y,z"]
    atoms = expanded(structure)
    cell = structure["cell"]
    hkl, q2 = indices(cell)
    strength = structure_factors(hkl, atoms, q2 / 4)
    weight, band = np.ones(len(hkl)), np.zeros(len(hkl), bool)
    if structure["disorder"]:
        sharp = (hkl[:, 0] == 0) & (hkl[:, 1] == 0) if "layers" in structure["disorder"] else hkl[:, 1] % 3 == 0
        rods, rod_q2 = indices(cell, STEP)
        smeared = (rods[:, 0] != 0) | (rods[:, 1] != 0) if "layers" in structure["disorder"] else rods[:, 1] % 3 != 0
        rods, rod_q2 = rods[smeared], rod_q2[smeared]
        layer = contiguous(atoms)
        if "sheet" in structure and float(structure["disorder"].split()[1]) > 12:  # no order of water above the layer
            layer = tuple(np.asarray(part)[np.asarray(structure["in_layer"])] for part in layer)
        rod_strength = structure_factors(rods, layer, rod_q2 / 4)
        hkl, q2 = np.concatenate([hkl[sharp], rods]), np.concatenate([q2[sharp], rod_q2])
        weight = np.concatenate([np.ones(sharp.sum()), np.full(len(rods), STEP)])
        band = np.concatenate([np.zeros(sharp.sum(), bool), np.ones(len(rods), bool)])
        strength = np.concatenate([strength[sharp], rod_strength])
    d = q2**-0.5
    intensity = strength * weight * lorentz_polarization(d)
    angle = 2 * np.degrees(np.arcsin(WAVELENGTH / 2 / d))
    bins = np.where(band, -np.round(angle / 0.06), np.round(d, 5) * 1e5)  # bands: in steps of 0.06 degrees
    table = pd.DataFrame({"h": hkl[:, 0], "k": hkl[:, 1], "l": hkl[:, 2], "d": d, "i": intensity, "bin": bins})
    table["rank"] = table["h"] * 10000 + table["k"] * 100 + table["l"]
    table = table.sort_values("rank", ascending=False)
    groups = table.groupby("bin", sort=False)
    merged = groups[["h", "k", "l"]].first()
    merged["d"] = groups["d"].mean()
    merged["i"] = groups["i"].sum()
    merged["band"] = merged.index < 0
    return merged.sort_values("d", ascending=False).reset_index(drop=True), atoms


def contiguous(atoms):
    """The atoms of a layer with z so that the layer is in one piece."""
    elements, shares, places, moved = atoms
    order = np.sort(places[:, 2] % 1)
    gaps = np.diff(np.append(order, order[0] + 1))
    cut = order[gaps.argmax()] + gaps.max() / 2
    places = places.copy()
    places[:, 2] = (places[:, 2] - cut) % 1
    return elements, shares, places, moved


def sheet(structure):
    """The atoms of one 2:1 layer with what lies between layers, in a cell with right angles; Å above the middle."""
    parent, spacing = structure["parent"], structure["cell"][2]
    elements, shares, places, moved = expanded(parent)
    a, c, beta = parent["cell"][0], parent["cell"][2], np.radians(parent["cell"][4])
    middle = 0.5 if structure["sheet"].startswith("trioctahedral") else 0.0  # where its octahedra lie
    atoms = []
    for element, share, (x, y, z), u in zip(elements, shares, places, moved):
        height = (z - middle + 0.5) % 1 - 0.5
        place = ((x + height * c * np.cos(beta) / a) % 1, y, height * c * np.sin(beta) / spacing)
        if element != "K":
            atoms.append((element, share, place, u))
    changes = [f"Al>{word}" for word in structure["sheet"].split()[1:]]
    atoms = [atom for atom in atoms if abs(atom[2][2]) > 0.05] + exchanged(
        [atom for atom in atoms if abs(atom[2][2]) <= 0.05], changes
    )
    structure["in_layer"] = [True] * len(atoms) + [False] * 50
    if spacing < 11:
        between = [("K", 0.75, (x, y, 0.5), 0.03) for x, y in ((0, 0.5), (0.5, 0))]
    elif spacing < 13:
        between = [("Na", 0.35, (0, 0.5, 0.5), 0.05), ("Na", 0.35, (0.5, 0, 0.5), 0.05)]
        between += [("Wat", 0.7, (x, y, 0.5), 0.1) for x in (0.2, 0.7) for y in (0.1, 0.4, 0.75)]
    else:
        between = [("Ca", 0.2, (x, y, 0.5), 0.05) for x, y in ((0, 0.5), (0.5, 0))]
        heights = (0.5 - 1.4 / spacing, 0.5 + 1.4 / spacing)
        between += [("Wat", 0.75, (x, y, z), 0.1) for x in (0.2, 0.7) for y in (0.1, 0.4, 0.75) for z in heights]
    atoms += between
    structure["in_layer"] = structure["in_layer"][: len(atoms) - len(between)] + [False] * len(between)
    return atoms


def mass(atoms):
    """Mass of a cell, atomic units; hydrogen of water and hydroxyl counted."""
    weights = {"Wat": 18.015, "OH": 17.007}
    return sum(
        share * weights.get(element, gemmi.Element(element).weight if element not in weights else 0)
        for element, share in zip(atoms[0], atoms[1])
    )


def formula(atoms):
    """The formula of a cell, reduced so that the rarest essential element counts one: text; and its elements."""
    counts = Counter()
    for element, share in zip(atoms[0], atoms[1]):
        counts["O" if element in ("Wat", "OH") else element] += share
        if element in ("Wat", "OH"):
            counts["H"] += share * (2 if element == "Wat" else 1)
    least = min(counts.values())
    heavy = [element for element in counts if element not in ("O", "H")]
    unit = max(least, max(counts.values()) / 30)
    words = [f"{element}{counts[element] / unit:.3g}" for element in [*sorted(heavy), "O", "H"] if counts[element] > 0]
    total = sum(counts.values())
    present = [element for element in counts if counts[element] / total > 0.02 or element == "H"]
    return " ".join(re.sub(r"(?<=[A-Za-z])1$", "", word) for word in words), " ".join(sorted(present))


# ---------------------------------------------------------------- the table


def table():
    """All structures and all lines: two DataFrames."""
    folder = Path(importlib.util.find_spec("larixite").submodule_search_locations[0])
    database = sqlite3.connect(folder / "amcsd_cif1.db")
    database.row_factory = sqlite3.Row
    own = own_structures()
    illite, mica = from_amcsd(database, 5015), own["phlogopite"]
    for structure in own.values():
        if "sheet" in structure:
            structure["parent"] = mica if structure["sheet"].startswith("tri") else illite
    rows, lines, reference = [], [], None
    order = ["corundum", *(name for name in RECIPE if name != "corundum")]
    for mineral in order:
        for number, key in enumerate(RECIPE[mineral], 1):
            structure = own[key] if isinstance(key, str) else from_amcsd(database, key)
            found, atoms = lines_of(structure)
            _, volume = reciprocal(structure["cell"])
            top = found["i"].max()
            strength = top / volume / mass(atoms)  # per weight: |F|² L / V² over the density M / V
            reference = reference or strength
            name = mineral if len(RECIPE[mineral]) == 1 else f"{mineral} {number}"
            words, elements = formula(atoms)
            cell = dict(zip(("a", "b", "c", "alpha", "beta", "gamma"), structure["cell"]))
            axis = " ".join(map(str, CLEAVAGE.get(mineral, (0, 0, 1))))
            row = {"structure": name, "mineral": mineral, "formula": words, "elements": elements}
            row |= {"group": structure["group"], **cell, "rir": float(f"{strength / reference:.3g}")}
            row |= {"size_nm": SMALL.get(mineral, 120), "axis": axis, "paper": structure["paper"]}
            rows.append(row)
            found["i"] *= 100 / top
            faint = np.where(found["band"], 0.015, FAINTEST)
            lines.append(found[found["i"] >= faint].assign(structure=name))
    lines = pd.concat(lines)[["structure", "h", "k", "l", "d", "i"]]
    for column, digits in (("d", 4), ("i", 2), ("l", 2)):
        lines[column] = lines[column].round(digits)
    lines[["h", "k"]] = lines[["h", "k"]].astype(int)
    return pd.DataFrame(rows), lines


def main():
    minerals, lines = table()
    OUT.mkdir(exist_ok=True)
    for name, frame in (("minerals", minerals), ("lines", lines)):
        text = frame.to_csv(index=False, lineterminator="\n", float_format="%.6g")
        files.write_whole(OUT / f"{name}.csv", text)
    size = sum((OUT / f"{name}.csv").stat().st_size for name in ("minerals", "lines"))
    counts = {"minerals": minerals["mineral"].nunique(), "structures": len(minerals), "lines": len(lines)}
    print(json.dumps(counts | {"bytes": size}))


if __name__ == "__main__":
    main()
