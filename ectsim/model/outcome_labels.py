"""French and English words for the categories that outcomes are broken down by. Formulas live elsewhere."""

STAGE_OUTCOMES = {
    "ideas": (0, "idées", "ideas"),
    "collectives": (1, "collectifs réunis", "collectives"),
    "structured": (2, "projets structurés (« amorcés »)", "structured projects (“started”)"),
    "emerged": (3, "projets ECT émergés (« lancés »)", "emerged ECT projects (“launched”)"),
    "anchored": (4, "projets ECT ancrés (« durables »)", "anchored ECT projects (“durable”)"),
}
ORIGIN_LABELS = {
    "spontaneous": ("nés d’une initiative propre", "born of own initiative"),
    "event": ("nés d’un événement", "born of an event"),
    "call": ("nés d’un appel", "born of a call"),
    "subsidy": ("nés d’une subvention", "born of a subsidy"),
    "regulation": ("nés d’une obligation", "born of a duty"),
}
MARK_LABELS = {
    "responsibility": ("co-responsabilité", "co-responsibility"),
    "risk": ("partage des risques", "risk sharing"),
    "values": ("valeurs partagées", "shared values"),
    "vocabulary": ("vocabulaire commun", "shared vocabulary"),
    "stated": ("apports explicités", "stated contributions"),
}
VALUE_LABELS = {
    "economic": ("économique", "economic"),
    "social": ("sociale", "social"),
    "environmental": ("environnementale", "environmental"),
}
LEDGER_LABELS = {
    "grants": ("aides versées", "grants paid"),
    "officers": ("chargés de mission (part publique)", "project officers (public share)"),
    "recognition_and_events": ("labels et événements", "labels and events"),
    "control": ("contrôle", "control"),
}
CHANNEL_LABELS = {
    "initiator": ("à l’initiative", "as initiators"),
    "peer": ("par un pair", "by a peer"),
    "officer": ("par un chargé de mission", "by an officer"),
    "event": ("par un événement", "by an event"),
    "call": ("par un appel", "by a call"),
    "obligation": ("par une obligation", "by a duty"),
}
REASON_LABELS = {
    "none": ("sans raison", "no reason"),
    "carrier": ("plus de porteur", "no carrier left"),
    "time": ("manque de temps", "lack of time"),
    "money": ("manque d’argent", "lack of money"),
    "premises": ("manque de locaux", "lack of premises"),
    "skills": ("manque d’ingénierie", "lack of engineering"),
    "governance": ("gouvernance", "governance"),
    "trust": ("manque de confiance", "lack of trust"),
    "obligation": ("obligation levée", "duty lifted"),
    "partners": ("manque de partenaires", "lack of partners"),
    "other": ("autre", "other"),
    "uncovered": ("besoins non couverts", "needs not covered"),
    "too_few": ("trop peu de membres", "too few members"),
    "chance": ("aléa", "bad luck"),
}
ROLE_LABELS = {
    "carrier": ("porteurs", "carriers"),
    "co_carrier": ("co-porteurs", "co-carriers"),
    "funder": ("financeurs", "funders"),
    "host": ("hôtes (locaux)", "hosts (premises)"),
    "broker": ("passeurs entre secteurs", "brokers between sectors"),
    "expert": ("experts", "experts"),
}
