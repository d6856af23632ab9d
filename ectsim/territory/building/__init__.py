"""Building a territory folder from official French files already downloaded. Reading the folder is not here."""
