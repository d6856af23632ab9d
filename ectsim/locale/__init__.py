"""French and English texts: which language is spoken, and the sentence behind a key.

Labels of parameters and outcomes live beside their definitions.
"""

import functools
import locale
import os
import tomllib
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from importlib import resources

LANGUAGES = ("fr", "en")
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def choose_language(code: str | None) -> None:
    """Speak ``code`` ("fr" or "en") from now on; None returns to the environment's language."""
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"language {code!r}: expected one of {', '.join(LANGUAGES)}")
    _chosen.set(code)


def current_language() -> str:
    """Language of messages: the chosen one, else ``ECTSIM_LANG``, else the locale, else English."""
    candidates = (
        _chosen.get(),
        os.environ.get("ECTSIM_LANG"),
        os.environ.get("LC_ALL"),
        os.environ.get("LC_MESSAGES"),
        os.environ.get("LANG"),
        locale.getlocale()[0],
    )
    for candidate in candidates:
        if candidate and candidate[:2].lower() in LANGUAGES:
            return candidate[:2].lower()
    return "en"


@functools.cache
def texts(area: str, language: str) -> dict[str, str]:
    """Every text of one area, flat: ``{"explain.call": "…"}``, read from ``locale/<language>/<area>.toml``."""
    source = resources.files(__package__).joinpath(language, f"{area}.toml")
    return dict(_flatten(tomllib.loads(source.read_text(encoding="utf-8"))))


def _flatten(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def text(key: str, **values: object) -> str:
    """The sentence behind ``area.key`` in the current language, its ``{fields}`` filled from ``values``.

    Raises
    ------
    KeyError
        If the key has no text (a defect: a test compares the keys of both languages).
    """
    area, _, rest = key.partition(".")
    return texts(area, current_language())[rest].format(**values)


def in_every_language(say: Callable[[], str]) -> dict[str, str]:
    """What ``say`` says in each language, for readers who speak another than this process."""
    return {code: copy_context().run(_in_language, code, say) for code in LANGUAGES}


def _in_language(code: str, say: Callable[[], str]) -> str:
    choose_language(code)
    return say()
