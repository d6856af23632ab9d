"""The tables of a block as Parquet files: their columns, and the same bytes for the same rows.

Where the files are kept lives in store.py.
"""

import io
import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ectsim.experiments.patterns import PATTERNS, columns_of
from ectsim.model.state import ORIGINS
from ectsim.model.twins import CUT_OFFS, FATES, TOLERANCES, TWIN_FIELDS
from ectsim.posterior import label_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from ectsim.experiments.study_settings import SweepStudy

RUNS = "runs"
DONE = "done"
"""Status of a run that reached its horizon."""

TWIN_AXES: Mapping[str, tuple[tuple[Any, ...], ...]] = {
    "fates": (CUT_OFFS, FATES, ORIGINS),
    "fates_by_tolerance": (TOLERANCES, FATES),
    "windfall": (CUT_OFFS, ("pure", "accelerated")),
    "funded_emerged": (CUT_OFFS,),
    "months_gained": (CUT_OFFS,),
    "anchored": (CUT_OFFS, ("without", "with")),
}


def twin_columns(twins: Any) -> dict[str, np.ndarray]:
    """Columns of a record array of ``twins.TWIN_FIELDS`` of shape (R,): ``fates[horizon,additional,call]`` and so on.

    Without its seed, which every row has anyway.
    """
    return {
        f"{field}[{','.join(str(label) for label in labels)}]": twins[field][(slice(None), *place)]
        for field, *_ in TWIN_FIELDS
        if field in TWIN_AXES
        for place, labels in _places(TWIN_AXES[field])
    }


def _places(axes: tuple[tuple[Any, ...], ...]) -> Any:
    numbered = [list(enumerate(axis)) for axis in axes]
    for combination in itertools.product(*numbered):
        yield tuple(place for place, _ in combination), tuple(label for _, label in combination)


def tables_of(study: "SweepStudy") -> tuple[str, ...]:
    """Tables a study keeps, the one its progress is read from last."""
    return (*study.tables, RUNS)


def run_columns(study: "SweepStudy") -> dict[str, str]:
    """Columns of the table of runs and their types, in order."""
    keys = {"run_id": "string", "point": "int64", "scenario": "string", "replicate": "int64", "seed": "int64"}
    twins = twin_columns(np.zeros(0, _twin_type())) if study.twins else {}
    patterns = [column for pattern in PATTERNS for column in columns_of(pattern)] if study.patterns else []
    measured = [*(factor.name for factor in study.factors), *study.outcomes, *patterns, *twins]
    return {**keys, "status": "string", **dict.fromkeys(measured, "double")}


def _twin_type() -> np.dtype:
    from ectsim.world.layout import record_type

    return record_type(TWIN_FIELDS)


def runs_file(columns: Mapping[str, Any], study: "SweepStudy", notice: str = "") -> bytes:
    """Parquet file of the table of runs from its columns; what is not defined is null.

    ``notice`` stands in the metadata of a table that rests on fictive rows.
    """
    import pyarrow as pa

    types = {"string": pa.string(), "int64": pa.int64(), "double": pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in run_columns(study).items()])
    arrays = [pa.array(columns[field.name], field.type, from_pandas=True) for field in schema]
    return _encoded(pa.table(arrays, schema), notice)


def frames_file(frame: "pd.DataFrame", notice: str = "") -> bytes:
    """Parquet file of a data frame, its column types told by the kind of its columns alone, not by what they hold."""
    import pyarrow as pa

    schema = pa.schema([(name, _type(frame[name].dtype)) for name in frame.columns])
    return _encoded(pa.Table.from_pandas(frame, schema, preserve_index=False), notice)


def _type(dtype: Any) -> "pa.DataType":
    import pyarrow as pa

    kinds = {"i": pa.int64(), "u": pa.int64(), "f": pa.float64(), "b": pa.bool_()}
    return kinds.get(dtype.kind, pa.string())


def _encoded(table: "pa.Table", notice: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    # pyarrow's stubs forget that a list of columns may be given
    texts: Any = [field.name for field in table.schema if field.type == pa.string()]
    pq.write_table(
        table.combine_chunks().replace_schema_metadata(label_of(notice) or None),
        file,
        compression="zstd",
        write_page_checksum=True,
        # a part has few rows and many columns: what is told of each column would weigh as much as what it holds
        use_dictionary=texts,
        write_statistics=False,
        # without the schema Arrow keeps no metadata either
        store_schema=bool(notice),
    )
    return file.getvalue()


def read_part(path: "Path", columns: list[str] | None = None) -> "pa.Table | None":
    """Table of a part, None if it is missing, truncated or otherwise damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read(columns, use_threads=False)
    except (FileNotFoundError, pa.ArrowException):
        return None
    except OSError as error:
        # Arrow tells damage (a failed checksum, a page cut short) as an OSError without number
        if error.errno is None:
            return None
        raise


def read_bytes(part: bytes) -> "pa.Table":
    """Table of a part not yet written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(part), use_threads=False)


def row_counts(files: Iterable["Path"]) -> "dict[Path, int]":
    """Rows of each file, without reading them; 0 for a damaged one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts = {}
    for file in files:
        try:
            counts[file] = pq.read_metadata(file).num_rows
        except (pa.ArrowException, OSError):
            counts[file] = 0
    return counts
