"""Write the migration from the newest schema known to alembic to the tables of today: ``make migration NAME=…``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from tonval.store.migrate import migrate
from tonval.store.unit import open_unit


def main(message: str) -> None:
    """Compare the tables with a database that has run every migration, and write the difference."""
    with tempfile.TemporaryDirectory() as folder:
        unit = open_unit(f"sqlite:///{folder}/empty.db")
        migrate(unit)
        settings = Config()
        settings.set_main_option("script_location", str(Path("tonval/store/migrations")))
        with unit.engine.connect() as connection:
            settings.attributes["connection"] = connection
            command.revision(settings, message=message, autogenerate=True)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
