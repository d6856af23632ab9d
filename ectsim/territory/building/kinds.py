"""Which kind of actor an employer is, by its legal category and its activity; which size class, by its employees.

Nomenclatures of Insee: catégories juridiques (level III, 2022), NAF rév. 2, tranches d'effectifs of Sirene.
"""

from ectsim.territory.nomenclature import SIZE_CLASSES

SIZE_OF_BAND = {
    **dict.fromkeys(("01", "02", "03"), SIZE_CLASSES[0]),
    **dict.fromkeys(("11", "12"), SIZE_CLASSES[1]),
    **dict.fromkeys(("21", "22", "31", "32", "41", "42", "51", "52", "53"), SIZE_CLASSES[2]),
}
"""Size class of a band of employees; NN (none, or none declared) and 00 (none at the end of the year) have none."""

COUNTED_ELSEWHERE = {"7210", "7312", "7313", "7314", "7343", "7344", "7346", "7347", "7348"}
"""Communes, their sections and EPCI with own taxes: counted from their own files."""

NO_DECISION = ("21", "22", "23", "24", "27", "31", "32", "83", "91")
"""Undivided estates, parishes, foreign firms, works councils, co-owners: nobody who joins a cooperative project."""

COOPERATIVES = (
    *("5191", "5192", "5193", "5194", "5195", "5196"),
    *("5451", "5453", "5454", "5455", "5458", "5459", "5460"),
    *("5551", "5552", "5553", "5554", "5555", "5558", "5559", "5560"),
    *("5651", "5652", "5653", "5654", "5655", "5658", "5659", "5660"),
    *("6316", "6317", "6318", "6411", "6595", "6596"),
)
"""Cooperatives and mutual insurers among companies, some of which the field of the social economy leaves empty."""

NATIONAL = ("71", "81", "85", "411", "412", "413", "416")
"""The State, social security and pension funds, national public enterprises; local ones are public bodies."""

SMALL_ONES_TOO = {"farm", "social_enterprise", "association"}
"""Kinds counted from one employee on; the others from ten on."""


def kind_of(legal: str, activity: str, social: str) -> str | None:
    """Kind of actor of an employer, or None when it is counted elsewhere or decides on nothing.

    Parameters
    ----------
    legal : str
        ``categorieJuridiqueUniteLegale``, four digits.
    activity : str
        ``activitePrincipaleEtablissement``, NAF rév. 2 ("85.31Z").
    social : str
        ``economieSocialeSolidaireUniteLegale``: "O" when it belongs to the social economy.
    """
    if legal in COUNTED_ELSEWHERE or legal.startswith(NO_DECISION):
        return None
    if _teaches(activity):
        return "education"
    if legal.startswith(NATIONAL) or legal in ("7381", "7382", "7385", "7389"):
        return "agency"
    if legal.startswith(("7", "41")):
        return "public_body"
    if legal.startswith(("92", "84")):
        return "association"
    if legal in COOPERATIVES or legal.startswith(("82", "93")) or social == "O":
        return "social_enterprise"
    return "farm" if activity[:2] in ("01", "02", "03") else "company"


def _teaches(activity: str) -> bool:
    """Schools (85.1 to 85.4), training of adults (85.59A) and research (72); not driving schools or sports clubs."""
    digits = activity.replace(".", "")
    return digits.startswith(("851", "852", "853", "854", "8559A", "72"))


def is_counted(kind: str, size_class: str) -> bool:
    """Whether the sampling frame holds this kind at this size."""
    return kind in SMALL_ONES_TOO or size_class != SIZE_CLASSES[0]


ABLE_OBJECTS = {
    "006": "culture",
    "009": "action socio-culturelle",
    "010": "patrimoine",
    "015": "éducation, formation",
    "016": "recherche",
    "017": "santé",
    "018": "services médico-sociaux",
    "019": "interventions sociales",
    "020": "associations caritatives et humanitaires",
    "021": "services familiaux et aux personnes âgées",
    "022": "activités économiques",
    "023": "défense d'intérêts économiques",
    "024": "environnement, cadre de vie",
    "030": "emploi, développement local, solidarités économiques",
    "032": "logement",
    "034": "tourisme",
}
"""Families of the national register's objects (three digits of ``objet_social1``) that meet the model's themes."""


def meets_themes(purpose: str) -> bool:
    """Whether an association's object is of a family that meets the model's themes."""
    return purpose.strip().zfill(6)[:3] in ABLE_OBJECTS
