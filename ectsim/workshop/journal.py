"""The log of a session on disk: one event a line, on disk before anybody hears of it, and the keys of the room.

What events mean lives in session.py.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ectsim.errors import InputError, Problem

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a room code: no 0, O, 1, I or L, which look alike on a wall."""
CODE_LENGTH = 5
LOG, KEYS = "session.jsonl", "keys.json"


class Journal:
    """The file of events of one session, written as they happen.

    Parameters
    ----------
    folder
        Folder of the session; made where there is none.

    Raises
    ------
    InputError
        If the folder is a file, or a line of an earlier session is none of ours; a last line cut short by a crash is
        dropped.
    """

    def __init__(self, folder: Path):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise InputError([Problem("workshop.not_a_folder", file=folder, field="--session")]) from None
        self.path = folder / LOG
        self.past = list(self._read()) if self.path.is_file() else []
        self._drop_line_cut_short()
        self._count = len(self.past)
        self.kept = True
        """Whether all that happened is on the disk: not where it is full; what is missing follows once it can."""
        self._file = self.path.open("a", encoding="utf-8", newline="\n")

    def _drop_line_cut_short(self) -> None:
        """Only before the file is written to: what a full disk has cut short is completed later."""
        if self.path.is_file():
            content = self.path.read_bytes()
            os.truncate(self.path, content.rfind(b"\n") + 1)

    def _read(self) -> Iterator[dict[str, Any]]:
        content = self.path.read_bytes()
        whole, _, _ = content.rpartition(b"\n")
        for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
            try:
                entry = json.loads(line)
                yield {name: entry[name] for name in ("n", "at", "by", "event")} | {"worlds": entry.get("worlds")}
            except (ValueError, KeyError, TypeError) as error:
                raise InputError([Problem("workshop.bad_log", {}, self.path, number)]) from error

    def append(self, by: str, at: str, event: dict[str, Any], worlds: str | None = None) -> None:
        """Write one event to the disk, with a digest of the scenarios it sets if it sets any.

        Where the disk takes nothing, ``kept`` says that it waits to be written.
        """
        self._count += 1
        entry = {"n": self._count, "at": at, "by": by, "event": event} | ({"worlds": worlds} if worlds else {})
        try:
            self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self.kept = True
        except OSError:
            self.kept = False

    def entries(self) -> list[dict[str, Any]]:
        """Every event so far, read back from the disk."""
        return [{name: value for name, value in entry.items() if name != "worlds"} for entry in self._read()]

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._file.close()


def room_keys(folder: Path) -> dict[str, str]:
    """Room code, tokens and Wi-Fi of the session in ``folder``: those it has, or new ones.

    Raises
    ------
    InputError
        If the file of keys is none of ours.
    """
    path = folder / KEYS
    if path.is_file():
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return kept | {name: str(kept[name]) for name in ("code", "facilitator", "screen")}
        except (ValueError, KeyError, TypeError) as error:
            raise InputError([Problem("workshop.bad_keys", {}, path)]) from error
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    keys = {"code": code, "facilitator": secrets.token_urlsafe(24), "screen": secrets.token_urlsafe(24)}
    write_keys(folder, keys)
    return keys


def write_keys(folder: Path, keys: dict[str, str]) -> None:
    """Write the keys beside, then rename: readable by their owner only, never half-written."""
    beside = folder / f"{KEYS}.new"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / KEYS)
