"""Draws of parameters in a Parquet file, one row a draw: finding, reading, checking. Making them is calibration."""

import dataclasses
import functools
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ectsim.errors import InputError, Problem, nearest_name, system_reason
from ectsim.parameters import PARAMETERS, pack, place_of
from ectsim.shipped import shipped_folder

POSTERIOR = "posterior.parquet"
MOST_ROWS = 1_000_000
UNNAMED = "synthetic"
"""Notice of a file that says it rests on fictive rows and no more."""


@dataclasses.dataclass(frozen=True)
class Posterior:
    """Joint draws of parameters.

    Attributes
    ----------
    file : Path
    names : tuple of str, length F
        Names of ``parameters.PARAMETERS``.
    draws : float array (D, F)
        Rows in an order that means nothing, so that any run of them is a sample.
    digest : str
        SHA-256 of the file.
    notice : str
        What the file says of itself where its rows rest on fictive ones, else "".
    """

    file: Path
    names: tuple[str, ...]
    draws: NDArray[np.float64]
    digest: str
    notice: str = ""

    @property
    def synthetic(self) -> bool:
        """Whether the draws rest on fictive rows."""
        return bool(self.notice)

    def packed(self, overrides: Mapping[str, float] | None = None) -> Any:
        """Every draw in the form the compiled rules read, record array (D,); ``overrides`` replace what is drawn.

        Raises
        ------
        InputError
            If an override is not as expected.
        """
        given = pack(overrides)
        packed = self._packed.copy()
        for name in overrides or ():
            _column(packed, name)[:] = _column(given, name)
        return packed

    @functools.cached_property
    def _packed(self) -> Any:
        packed = np.repeat(pack(), len(self.draws)).view(np.recarray)
        for name, column in zip(self.names, self.draws.T, strict=True):
            _column(packed, name)[:] = column
        return packed


def _column(packed: Any, name: str) -> NDArray[np.float64]:
    """View (D,) of one parameter in packed records."""
    field, index = place_of(name)
    return packed[field][(slice(None), *index)]


def shipped_posteriors() -> list[str]:
    """Names of the posteriors that ship, sorted."""
    return sorted(path.parent.name for path in shipped_folder("calibration").glob(f"*/{POSTERIOR}"))


def load_posterior(name_or_path: str | Path, beside: Path | None = None) -> Posterior:
    """Read the draws of a file, or of a posterior that ships by its name.

    Parameters
    ----------
    name_or_path
        A Parquet file, absolute or relative to the folder of ``beside``; or a name that ships.
    beside
        File that names it, such as a scenario; the current folder where there is none.

    Raises
    ------
    InputError
        If there is none, it cannot be read, it is no Parquet file, or its columns are not numbers within the bounds
        of parameters.
    """
    file = find_posterior(str(name_or_path), beside)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError([Problem("parameters.not_opened", {"reason": system_reason(error)}, file)]) from error
    names, draws, notice = _read(file, content)
    draws.setflags(write=False)
    return Posterior(file, names, draws, hashlib.sha256(content).hexdigest(), notice)


def find_posterior(given: str, beside: Path | None = None) -> Path:
    """File behind a path or name that :func:`load_posterior` takes; nothing is read of it.

    Raises
    ------
    InputError
        If there is none.
    """
    folder = beside.parent if beside else Path()
    for candidate in (folder / given, shipped_folder("calibration") / given / POSTERIOR):
        if candidate.is_file():
            return candidate.resolve()
    known = shipped_posteriors()
    values = {"given": given, "allowed": ", ".join(known)}
    raise InputError(
        [Problem("parameters.no_posterior", values, field="posterior", nearest=nearest_name(given, known))]
    )


def _read(file: Path, content: bytes) -> tuple[tuple[str, ...], NDArray[np.float64], str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(io.BytesIO(content))
        rows = parquet.metadata.num_rows
        names = tuple(parquet.schema_arrow.names)
        if problems := _shape_problems(file, names, rows):
            raise InputError(problems)
        table = parquet.read()
    except (pa.ArrowInvalid, OSError):
        raise InputError([Problem("parameters.not_parquet", file=file)]) from None
    columns, problems = [], []
    for name in names:
        column = table.column(name)
        if not pa.types.is_floating(column.type) and not pa.types.is_integer(column.type):
            problems.append(Problem("parameters.not_numbers", file=file, field=name))
            continue
        # pyarrow's own conversions import its functions and pandas, which every run would pay
        cast = column if column.type == pa.float64() else column.cast(pa.float64(), safe=False)
        whole = cast.combine_chunks()
        # a table with gaps is refused below
        plain = whole.to_numpy(zero_copy_only=False) if whole.null_count else np.from_dlpack(whole)
        values = np.asarray(plain, np.float64)
        columns.append(values)
        problems += _bound_problems(file, name, values)
    if problems:
        raise InputError(problems)
    return names, np.column_stack(columns), notice_in(table.schema.metadata)


def label_of(notice: str) -> dict[str, str]:
    """Metadata of a Parquet table that rests on fictive rows, as JSON texts by key; none without ``notice``."""
    return {"synthetic": "true", "notice": json.dumps(notice, ensure_ascii=False)} if notice else {}


def notice_in(metadata: Mapping[bytes, bytes] | None) -> str:
    """Notice in the metadata of a Parquet table, "" unless it says that it rests on fictive rows."""
    told = metadata or {}
    if told.get(b"synthetic", b"false") == b"false":
        return ""
    try:
        return str(json.loads(told[b"notice"])) or UNNAMED
    except (KeyError, ValueError):
        return UNNAMED


def _shape_problems(file: Path, names: tuple[str, ...], rows: int) -> list[Problem]:
    problems = [
        Problem("parameters.unknown", {"name": name}, file=file, field=name, nearest=nearest_name(name, PARAMETERS))
        for name in names
        if name not in PARAMETERS
    ]
    if not names or not 1 <= rows <= MOST_ROWS:
        problems.append(Problem("parameters.no_draws", {"rows": rows, "most": MOST_ROWS}, file=file))
    return problems


def _bound_problems(file: Path, name: str, values: NDArray[np.float64]) -> list[Problem]:
    parameter = PARAMETERS[name]
    wrong = ~((parameter.low <= values) & (values <= parameter.high))
    if not wrong.any():
        return []
    row = int(np.argmax(wrong))
    bounds = {"value": float(values[row]), "low": parameter.low, "high": parameter.high, "unit": parameter.unit}
    return [Problem("parameters.bounds", bounds, file=file, line=row + 1, field=name)]
