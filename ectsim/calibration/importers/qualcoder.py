"""QualCoder projects: a ``.qda`` folder whose ``data.qda`` is a SQLite database, schemas 8 (QualCoder 3.6) to 17 (4.0).

Only named columns are asked for, so that a column added by a later schema changes nothing; never a text or a memo.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ectsim.calibration.archives import columns_of, fetch, open_database
from ectsim.calibration.importers.base import Coded, Coding, Importer, Options
from ectsim.calibration.importers.tables import Sheet
from ectsim.errors import InputError, PrivacyError, Problem

DATABASE = "data.qda"
KEY_FILES = ("pseudonyms.json",)
SCHEMAS = (8, 17)
CODED = {"code_text": "fid", "code_image": "id", "code_av": "id"}
"""Tables of codings, and their column that holds the coded file."""
READABLE = {
    "project": ("databaseversion",),
    "source": ("id", "name"),
    "code_cat": ("catid", "name", "supercatid"),
    "code_name": ("cid", "name", "catid", "supercid"),
    "code_text": ("ctid", "cid", "fid", "owner", "memo"),
    "code_image": ("imid", "cid", "id", "owner", "memo"),
    "code_av": ("avid", "cid", "id", "owner", "memo"),
    "cases": ("caseid", "name"),
    "case_text": ("caseid", "fid"),
    "coder_names": ("name",),
    "attribute_type": ("name", "caseOrFile"),
    "attribute": ("name", "attr_type", "value", "id"),
}
"""All that is read. Of memos only whether there is one, and whether it says *synthèse*: the database answers that."""


def _recognises(path: Path, _sheets: Sequence[Sheet]) -> bool:
    if path.is_dir():
        return (path / DATABASE).is_file()
    return path.is_file() and path.name == DATABASE


def _read(path: Path, options: Options) -> Coded:
    database = path / DATABASE if path.is_dir() else path
    keys = [name for name in KEY_FILES if (database.parent / name).exists()]
    if keys:
        raise PrivacyError([Problem("imports.key_file", {"name": name}, path) for name in keys])
    with open_database(database, READABLE) as connection:
        return _Project(path, connection, options).coded()


def _upwards(start: int | None, tree: Mapping[int, tuple[str, int | None]]) -> list[int]:
    """Identifiers from one node up to the root of a tree of (name, parent); a tree that goes round in circles ends."""
    line: list[int] = []
    while start is not None and start in tree and start not in line:
        line.append(start)
        start = tree[start][1]
    return line


class _Project:
    """A project being read."""

    def __init__(self, path: Path, connection: sqlite3.Connection, options: Options):
        self.path, self.connection, self.options = path, connection, options
        self.left_out: Counter[str] = Counter()
        version = self._schema()
        if not SCHEMAS[0] <= version <= SCHEMAS[1]:
            values: dict[str, object] = {"given": version, "first": SCHEMAS[0], "last": SCHEMAS[1]}
            raise InputError([Problem("imports.schema", values, path)])

    def _schema(self) -> int:
        if not columns_of(self.connection, "project") or not columns_of(self.connection, "code_text"):
            raise InputError([Problem("imports.not_qualcoder", file=self.path)])
        rows = self._rows("SELECT databaseversion FROM project")
        found = re.fullmatch(r"v?(\d{1,3})", str(rows[0][0])) if rows else None
        if not found:
            raise InputError([Problem("imports.not_qualcoder", file=self.path)])
        return int(found[1])

    def _rows(self, question: str) -> list[tuple]:
        return fetch(self.connection, question, self.path)

    def coded(self) -> Coded:
        """All codings by interviews: files, or cases."""
        codes, documents = self._codes(), self._documents()
        codings = [coding for table in CODED for coding in self._codings(table, codes, documents)]
        coders = [coding.coder for coding in codings]
        listed = [name for (name,) in self._rows("SELECT name FROM coder_names")] if self._has("coder_names") else []
        self.left_out["imports.left.idle_coders"] = len(set(listed) - set(coders))
        return Coded(
            self.path,
            tuple(codings),
            tuple(dict.fromkeys((*listed, *coders))),
            tuple(dict.fromkeys(name for names in documents.values() for name in names)),
            tuple(codes.values()),
            tuple(Problem(key, {"count": count}, self.path) for key, count in self.left_out.items() if count),
            self._attributes(),
        )

    def _has(self, table: str, column: str = "") -> bool:
        columns = columns_of(self.connection, table)
        return column in columns if column else bool(columns)

    def _codes(self) -> dict[int, tuple[str, ...]]:
        """Names from the outermost category to the code, by identifier of the code."""
        above = "supercid" if self._has("code_name", "supercid") else "NULL"
        rows = self._rows(f"SELECT cid, name, catid, {above} FROM code_name")
        codes = {one: (name, parent) for one, name, _, parent in rows}
        category_of = {one: category for one, _, category, _ in rows}
        categories = {
            one: (name, parent) for one, name, parent in self._rows("SELECT catid, name, supercatid FROM code_cat")
        }
        found = {}
        for one in codes:
            line = _upwards(one, codes)
            above_all = _upwards(category_of[line[-1]], categories)
            names = [*(codes[code][0] for code in line), *(categories[category][0] for category in above_all)]
            found[one] = tuple(str(name or "").strip() for name in reversed(names))
        return found

    def _documents(self) -> dict[int, tuple[str, ...]]:
        """Names of the interviews each file belongs to: its own, or those of its cases."""
        if self.options.unit == "source":
            return {one: (str(name or "").strip(),) for one, name in self._rows("SELECT id, name FROM source")}
        found: dict[int, dict[str, None]] = {}
        names = dict(self._rows("SELECT caseid, name FROM cases"))
        for case, file in self._rows("SELECT caseid, fid FROM case_text"):
            if case in names:
                found.setdefault(file, {})[str(names[case] or "").strip()] = None
        # Which passage of a shared file is whose could only be told by positions in its text, which are never used.
        shared = sum(len(cases) > 1 for cases in found.values())
        if shared:
            raise InputError([Problem("imports.shared_file", {"count": shared}, self.path)])
        return {file: tuple(cases) for file, cases in found.items()}

    def _codings(
        self, table: str, codes: dict[int, tuple[str, ...]], documents: dict[int, tuple[str, ...]]
    ) -> list[Coding]:
        if not self._has(table):
            return []
        memo = "coalesce(memo, '') <> ''"
        asked = f"SELECT cid, {CODED[table]}, owner, {memo}, memo LIKE '%synth%' FROM {table} ORDER BY 1, 2, 3"
        found = []
        for code, file, owner, has_memo, synthesis in self._rows(asked):
            if code not in codes or file not in documents:
                self.left_out["imports.left.unknown_code" if code not in codes else "imports.left.outside_cases"] += 1
                continue
            self.left_out["imports.left.notes"] += has_memo
            coder = str(owner or "").strip()
            found += [Coding(name, coder, codes[code], synthesis=bool(synthesis)) for name in documents[file]]
        return found

    def _attributes(self) -> dict[str, dict[str, str]]:
        """Values of the attributes of files or cases, by interview and name."""
        if not self._has("attribute"):
            return {}
        unit = "file" if self.options.unit == "source" else "case"
        table, key = ("source", "id") if unit == "file" else ("cases", "caseid")
        names = dict(self._rows(f"SELECT {key}, name FROM {table}"))
        found: dict[str, dict[str, str]] = {}
        for name, kind, value, one in self._rows("SELECT name, attr_type, value, id FROM attribute"):
            if kind == unit and one in names:
                found.setdefault(str(names[one] or "").strip(), {})[str(name)] = str(value or "").strip()
        return found


IMPORTER = Importer("qualcoder", _recognises, _read)
