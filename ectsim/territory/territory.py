"""What a territory is, once read: communes, EPCI, contiguity, outlines, sampling frame. Reading is in reading.py."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ectsim.territory.frame import FrameStratum
from ectsim.territory.outlines import Ring, read_outlines


@dataclass(frozen=True, eq=False)
class Territory:
    """A territory of C communes, ordered by code, and of its EPCI.

    Attributes
    ----------
    name : str
        Name it is called by, ``pays_ledonien/bassin_de_vie`` for a named perimeter.
    title : dict
        Title by language, ``{"fr": …, "en": …}``.
    codes, names : tuple of str, C of each
        Insee code and name of the communes.
    centre : int
        Rank of the centre commune.
    epci_of : ndarray of int32, shape (C,)
        Rank of each commune's EPCI in ``epci_codes``.
    epci_codes, epci_names : tuple of str
        The EPCI that have a commune here.
    epci_population : ndarray of int64, one for each EPCI
        Inhabitants of the whole EPCI, its communes beyond the perimeter included.
    population : ndarray of int64, shape (C,)
        Inhabitants.
    area_km2 : ndarray of float64, shape (C,)
        Area in km².
    latitude, longitude : ndarray of float64, shape (C,)
        Point of the commune in degrees (WGS 84).
    zone : ndarray of int8, shape (C,)
        Rank in ``nomenclature.ZONES``.
    contiguity : ndarray of int32, shape (E, 2)
        Ranks of the communes that share a boundary, the lower first, sorted.
    frame : tuple of FrameStratum
        Actors that have something to decide, by kind, size class and zone.
    travel_minutes : ndarray of float64, shape (C, C), or None
        Minutes from row to column, when the territory has a table of travel times.
    attribution : str
        What any map or figure of the territory must print.
    folder : Path
        Where it was read.
    """

    name: str
    title: dict[str, str]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    centre: int
    epci_of: NDArray[np.int32]
    epci_codes: tuple[str, ...]
    epci_names: tuple[str, ...]
    epci_population: NDArray[np.int64]
    population: NDArray[np.int64]
    area_km2: NDArray[np.float64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    zone: NDArray[np.int8]
    contiguity: NDArray[np.int32]
    frame: tuple[FrameStratum, ...]
    travel_minutes: NDArray[np.float64] | None
    attribution: str
    folder: Path

    def unit_vectors(self) -> NDArray[np.float64]:
        """Points of the communes on the unit sphere, of shape (C, 3)."""
        latitude, longitude = np.radians(self.latitude), np.radians(self.longitude)
        across = np.cos(latitude)
        return np.column_stack((across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)))

    @cached_property
    def outlines(self) -> tuple[list[Ring], ...]:
        """Rings of each commune, each of shape (points, 2) in degrees, longitude first; none where no outline is known.

        Raises
        ------
        InputError
            If an outline file is not GeoJSON made of polygons.
        """
        return read_outlines(self.folder, self.codes)
