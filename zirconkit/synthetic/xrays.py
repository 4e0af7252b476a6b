"""What X-rays leave a mineral under the electron beam: lines and continuum, in photons per electron and per element.

Lines: ionizations by the XPP model of Pouchou and Pichoir (1991, in Electron Probe Quantitation, Plenum, 31-75), which
has stopping, backscattering and absorption in one; times the fluorescence yield of the shell and the line's share of
it. Continuum: Trincavelli, Castellano and Riveros (1998, 10.1016/S0584-8547(97)00127-5), absorbed after Philibert. Line
energies, yields and absorption come from `data/xray_lines.csv`, `xray_absorption.csv` and `elements.csv`.

Where it breaks down: no secondary fluorescence, flat polished bulk only, no charging; the yields of L and above all of
M shells are known to some 20 to 40 %, so an `Instrument` has a factor for each of the two.
"""

from functools import cache

import numpy as np
import pandas as pd

from zirconkit import samples

__all__ = ["ELEMENTS", "absorption", "continuum", "elements", "line_intensities", "lines"]

AVOGADRO = 6.022e23
CROSS_SECTION = 6.51e-20  # cm2 keV2; of an ionization, for one electron of a shell (Bethe)
STRENGTH = {"K": 0.9, "L": 0.7, "M": 0.6}  # Bethe's factor b of the shells (Powell, 1976, 10.1103/RevModPhys.48.33)
FLATNESS = {"K": 0.9, "L": 0.82, "M": 0.78}  # XPP's exponent m
CONTINUUM = 2.2e-6  # photons per electron and keV: Kramers' constant


@cache
def elements():
    """The elements: DataFrame, index element, with z and weight in g/mol."""
    return pd.read_csv(samples.DATA / "elements.csv", index_col="element", keep_default_na=False)


@cache
def lines():
    """The lines: DataFrame with element, line, shell, energy_kev, share, yield, edge_kev and vacancies.

    `vacancies` are the electrons of the shell with what wanders into it from deeper ones.
    """
    return pd.read_csv(samples.DATA / "xray_lines.csv", keep_default_na=False)


ELEMENTS = tuple(elements().index)


@cache
def _absorption_tables():
    table = pd.read_csv(samples.DATA / "xray_absorption.csv", keep_default_na=False)
    return {name: np.log(rows[["energy_kev", "cm2_per_g"]].to_numpy().T) for name, rows in table.groupby("element")}


def absorption(energies):
    """Mass attenuation coefficients of all elements, cm2/g: array of shape (elements, energies); energies in keV."""
    logs = np.log(np.maximum(energies, 0.1))
    tables = _absorption_tables()
    log_absorption = [np.interp(logs, *tables[name]) for name in ELEMENTS]
    return np.exp(log_absorption)


@cache
def _of_lines():
    """What `line_intensities` needs of each line and never changes: the number of its element, and μ at its energy."""
    table = lines()
    place = np.array([ELEMENTS.index(name) for name in table["element"]])
    family = table["shell"].str[0]
    flatness = family.map(FLATNESS).to_numpy()
    strength = (family.map(STRENGTH) * table["vacancies"] * table["yield"] * table["share"]).to_numpy()
    return place, flatness, strength, absorption(table["energy_kev"].to_numpy())


def line_intensities(weights, kv, takeoff_deg):
    """X-rays of each line that leave a specimen towards the detector, for each electron: array (n, lines).

    Parameters
    ----------
    weights : array, shape (n, elements)
        Mass fractions in the order of `ELEMENTS`; rows sum to 1.
    kv : float
        Energy of the beam, keV.
    takeoff_deg : float
        Angle between the surface and the way to the detector.
    """
    place, flatness, strength, mu = _of_lines()
    edges = lines()["edge_kev"].to_numpy()
    overvoltage = np.maximum(kv / edges, 1.0001)
    chi = weights @ mu / np.sin(np.radians(takeoff_deg))
    generated = _emitted(weights, chi, kv, overvoltage, flatness)
    cross_section = CROSS_SECTION * np.log(overvoltage) / (overvoltage**flatness * edges**2)
    atoms = AVOGADRO * weights[:, place] / elements()["weight"].to_numpy()[place]
    return np.where(kv > edges, atoms * cross_section * strength * generated, 0)


def _emitted(weights, chi, kv, u, m):
    """XPP: the integral of the depth distribution φ(ρz) with absorption, g/cm2: array (n, lines)."""
    z, weight = elements()["z"].to_numpy(float), elements()["weight"].to_numpy()
    mean_z = (weights @ z)[:, None]
    zb = (weights @ np.sqrt(z))[:, None] ** 2
    eta = 1.75e-3 * zb + 0.37 * (1 - np.exp(-0.015 * zb**1.3))
    area = _ionized_depth(weights @ (z / weight), weights @ (z / weight * _log_j(z)), kv, u, m)
    area = area * _backscattered(eta, u)
    surface = 1 + 3.3 * (1 - u ** -(2 - 2.3 * eta)) * eta**1.2
    x, y = 1 + 1.3 * np.log(zb), 0.2 + zb / 200
    ratio = np.maximum(1 + x * np.log(1 + y * (1 - u**-0.42)) / np.log(1 + y), surface)
    depth = area / ratio
    return _absorbed(area, depth, surface, _steepness(mean_z, u), chi)


def _log_j(z):
    """Logarithm of the mean ionization potential of each element in keV (Zeller's fit, as XPP has it)."""
    return np.log(1e-3 * z * (10.04 + 8.25 * np.exp(-z / 11.22)))


def _ionized_depth(m_sum, m_log_j, kv, u, m):
    """Ionizations of an electron that is not scattered back, over the cross section: 1/(S Q) in g/cm2."""
    m_sum = m_sum[:, None]
    j = np.exp(m_log_j[:, None] / m_sum)
    v0 = kv / j
    edge = kv / u
    total = 0
    for d, p in ((6.6e-6, 0.78), (1.12e-5 * (1.35 - 0.45 * j**2), 0.1), (2.2e-6 / j, -0.5 + 0.25 * j)):
        t = 1 + p - m
        total = total + d * (v0 / u) ** p * (t * u**t * np.log(u) - u**t + 1) / t**2
    path = u / (v0 * m_sum) * total
    return path * edge**2 * u**m / np.log(u)


def _backscattered(eta, u):
    """The share R of ionizations that is left when some electrons leave the specimen again."""
    mean_loss = 0.595 + eta / 3.7 + eta**4.55
    q = (2 * mean_loss - 1) / (1 - mean_loss)
    j = 1 + u * (np.log(u) - 1)
    g = (u - 1 - (1 - u ** -(1 + q)) / (1 + q)) / ((2 + q) * np.maximum(j, 1e-9))
    return 1 - eta * mean_loss * (1 - g)


def _steepness(mean_z, u):
    """XPP's g h^4, from which the slope of φ(ρz) at the surface follows."""
    g = 0.22 * np.log(4 * mean_z) * (1 - 2 * np.exp(-mean_z * (u - 1) / 15))
    h = 1 - 10 * (1 - 1 / (1 + u / 10)) / mean_z**2
    return g * h**4


def _absorbed(area, depth, surface, steepness, chi):
    """The integral of XPP's two exponentials times exp(-χρz)."""
    b = np.sqrt(2) * (1 + np.sqrt(np.maximum(1 - depth * surface / area, 0))) / depth
    limit = 0.9 * b * depth**2 * (b - 2 * surface / area)
    slope = np.minimum(steepness, limit) * area / depth**2
    a = (slope + b * (2 * surface - b * area)) / (b * area * (2 - b * depth) - surface)
    near = (a - b) / b
    near = np.where(np.abs(near) < 1e-6, 1e-6, near)
    big_b = (b**2 * area * (1 + near) - slope - surface * b * (2 + near)) / near
    big_a = (big_b / b + surface - b * area) * (1 + near) / near
    return (surface + big_b / (b + chi) - big_a * b * near / (b * (1 + near) + chi)) / (b + chi)


def continuum(weights, energies, kv, takeoff_deg):
    """Bremsstrahlung towards the detector, in photons for each electron and keV: array (n, energies).

    `weights`, `kv` and `takeoff_deg` as in `line_intensities`; `energies` in keV.
    """
    z, weight = elements()["z"].to_numpy(float), elements()["weight"].to_numpy()
    mean_z = (weights @ z)[:, None]
    safe = np.clip(energies, 0.05, kv * 0.999)
    shape = -73.90 - 1.2446 * safe + 36.502 * np.log(mean_z) + 148.5 * kv**0.1293 / mean_z
    backscatter = 1 + (-0.006624 + 0.0002906 * kv) * mean_z / safe
    made = np.sqrt(mean_z) * (kv - safe) / safe * np.maximum(shape, 1) * np.maximum(backscatter, 0.1)
    at_silicon = np.sqrt(14) * (-73.90 - 1.2446 * 3 + 36.502 * np.log(14) + 148.5 * kv**0.1293 / 14)
    chi = weights @ absorption(energies) / np.sin(np.radians(takeoff_deg))
    sigma = 4.5e5 / (kv**1.65 - safe**1.65)
    h = 1.2 * (weights @ (weight / z**2))[:, None]
    left = 1 / ((1 + chi / sigma) * (1 + h / (1 + h) * chi / sigma))
    return np.where(energies < kv, CONTINUUM * 14 * made / at_silicon * left, 0)
