"""``python -m ectsim`` is ``ectsim``."""

from ectsim.cli.main import main

if __name__ == "__main__":
    main()
