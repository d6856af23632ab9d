"""What a scenario file expects at each place, in words, read from its JSON schema."""

import functools
from typing import Any

from ectsim.locale import text
from ectsim.scenario.numbers import decimal
from ectsim.scenario.schema import scenario_schema

Location = tuple[str | int, ...]
"""Where a value stands, as pydantic says it: ``("instruments", 1, "call", "grant_rate")``."""


@functools.cache
def _schema() -> dict[str, Any]:
    return scenario_schema()


def node_at(location: Location) -> dict[str, Any]:
    """Part of the JSON schema that rules the value at ``location``; empty where the schema says nothing."""
    node = _schema()
    for step in location:
        node = _resolved(node)
        if isinstance(step, int):
            node = node.get("items", {})
        elif "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"].get(step, "#/$defs/Scenario")}
        else:
            node = node.get("properties", {}).get(step) or node.get("additionalProperties", {})
    return _resolved(node)


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The node itself, past references and past the alternatives "or nothing" and "or one of these words"."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null" and not {"const", "enum"} & choice.keys():
            return _resolved({**{key: value for key, value in node.items() if key != "anyOf"}, **choice})
    if "$ref" in node:
        return _schema()["$defs"].get(node["$ref"].rpartition("/")[2], {})
    return node


def names_at(location: Location) -> tuple[str, ...]:
    """Names of the settings a mapping at ``location`` may hold."""
    return tuple(node_at(location).get("properties", ()))


def expectation(location: Location) -> str:
    """What is expected at ``location``, in words of the current language: type, bounds or choices, unit."""
    return _in_words(node_at(location))


def _in_words(node: dict[str, Any]) -> str:
    if "enum" in node:
        return text("scenario.expected.choice", allowed=", ".join(str(choice) for choice in node["enum"]))
    if "const" in node:
        return str(node["const"])
    if "discriminator" in node:
        return text("scenario.expected.instrument")
    match node.get("type"):
        case "integer" | "number":
            return _number_in_words(node)
        case "array" if "oneOf" in node.get("items", {}):
            return text("scenario.expected.instruments")
        case "array":
            size = {"low": node.get("minItems", 0), "high": node.get("maxItems", 0)}
            key = "list_within" if "maxItems" in node else "list"
            return text(f"scenario.expected.{key}", item=_in_words(_resolved(node["items"])), **size)
        case "object":
            return text("scenario.expected.mapping", names=", ".join(node.get("properties", ())) or "…")
        case "boolean":
            return text("scenario.expected.boolean")
    return text("scenario.expected.identifier" if "pattern" in node else "scenario.expected.text")


def _number_in_words(node: dict[str, Any]) -> str:
    kind = text(f"scenario.expected.{node['type']}")
    unit = node.get("unit", "number")
    bounds = ""
    if "minimum" in node and "maximum" in node:
        bounds = text("scenario.expected.between", low=decimal(node["minimum"]), high=decimal(node["maximum"]))
    return f"{kind} {bounds}".rstrip() + ("" if unit == "number" else f" ({text(f'scenario.unit.{unit}')})")
