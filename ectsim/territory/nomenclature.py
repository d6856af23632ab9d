"""Kinds, sectors, size classes, zones of actors, with French and English labels. Their numbers are parameters."""

from ectsim.locale import current_language

SECTORS = ("public", "private", "civil")
SIZE_CLASSES = ("0-9", "10-49", "50+")
ZONES = ("centre", "ring", "rural")
STATUSES = ("count", "estimate")

SECTOR_OF_KIND = {
    "commune": "public",
    "epci": "public",
    "public_body": "public",
    "agency": "public",
    "education": "public",
    "company": "private",
    "farm": "private",
    "social_enterprise": "civil",
    "association": "civil",
    "citizen_group": "civil",
}
KINDS = tuple(SECTOR_OF_KIND)

STAND_IN_POPULATIONS = (1_000, 10_000)
"""Inhabitants from which a commune or EPCI stands in the second and the third size class, for want of employees."""

LABELS = {
    "commune": {"fr": "commune", "en": "municipality (commune)"},
    "epci": {"fr": "intercommunalité (EPCI)", "en": "intercommunal authority (EPCI)"},
    "public_body": {"fr": "PETR, syndicat ou autre organisme public", "en": "PETR, joint board or other public body"},
    "agency": {"fr": "agence publique ou chambre consulaire", "en": "public agency or consular chamber"},
    "education": {"fr": "enseignement et recherche", "en": "education and research"},
    "company": {"fr": "entreprise", "en": "company"},
    "farm": {"fr": "exploitation agricole", "en": "farm"},
    "social_enterprise": {"fr": "entreprise sociale", "en": "social enterprise"},
    "association": {"fr": "association", "en": "association"},
    "citizen_group": {"fr": "collectif citoyen", "en": "citizen group"},
    "public": {"fr": "secteur public", "en": "public sector"},
    "private": {"fr": "secteur privé", "en": "private sector"},
    "civil": {"fr": "société civile et ESS", "en": "civil society and social economy"},
    "0-9": {"fr": "moins de 10 salariés", "en": "under 10 employees"},
    "10-49": {"fr": "10 à 49 salariés", "en": "10 to 49 employees"},
    "50+": {"fr": "50 salariés et plus", "en": "50 employees or more"},
    "centre": {"fr": "ville-centre", "en": "centre"},
    "ring": {"fr": "couronne", "en": "ring"},
    "rural": {"fr": "rural", "en": "rural"},
    "count": {"fr": "compte exact", "en": "count"},
    "estimate": {"fr": "estimation", "en": "estimate"},
}


def label(name: str, language: str | None = None) -> str:
    """Label of a kind, sector, size class, zone or status, in ``language`` or the current one."""
    return LABELS[name][language or current_language()]


def size_class_of_population(inhabitants: int) -> str:
    """Size class of a commune or EPCI, its population standing in for its employees."""
    return SIZE_CLASSES[sum(inhabitants >= bound for bound in STAND_IN_POPULATIONS)]
