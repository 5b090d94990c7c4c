"""Bring the catalogs of the pages' words up to date: `make catalogs`. New words come in empty, words of old leave."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from tonval.translations.catalogs import ENGLISH, LANGUAGES, path_of

ROOT: Final = Path(__file__).parent.parent
KEYWORDS: Final = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(("sentence", "phrase", "_about", "_book", "_several", "_set_up")),
    "counted": (1, 2),
}
WIDTH: Final = 0
"""No folding: a line that changes changes alone."""
HEADER: Final = """# The words of Tonval's pages.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def extracted() -> Catalog:
    """Every word that is marked for translation, in the order of the files."""
    found = Catalog(project="Tonval", charset="utf-8", header_comment="# The words of Tonval's pages.")
    with (ROOT / "babel.cfg").open(encoding="utf-8") as written:
        methods, options = parse_mapping_cfg(written)  # type: ignore[no-untyped-call]
    for place, line, words, comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS, ("Translators:",)):
        if not place.startswith(("tonval/web/survey/", "tonval/web/templates/survey/")):
            found.add(words, None, [(place, line)], auto_comments=comments, context=context)
    return found


def meanings(table: BinaryIO, *_given: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """For Babel: what each ``command_status`` of SMPP means, without its name. Networks' own errors are never shown."""
    rows = csv.DictReader(table.read().decode().splitlines())
    for row in rows:
        if row["code"].startswith("0x"):
            yield rows.line_num, None, row["means"].partition(": ")[2], []


def updated(language: str, template: Catalog) -> Catalog:
    """The catalog of a language with the words of ``template``, what was translated kept, nothing guessed."""
    path = path_of(language)
    kept = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    kept.fuzzy = False
    return kept


def written(catalog: Catalog) -> bytes:
    """The catalog as it lies on disk; places by file alone, or every edit would move lines here."""
    text = io.BytesIO()
    write_po(text, catalog, width=WIDTH, include_lineno=False, omit_header=True, sort_by_file=True)
    return HEADER.format(language=catalog.locale_identifier, plural=catalog.plural_forms).encode() + text.getvalue()


def missing(catalog: Catalog) -> int:
    """How many words nobody has translated yet."""
    return sum(1 for each in catalog if each.id and not _is_whole(each.string))


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def main() -> int:
    """Write every catalog; tells how many words each lacks."""
    template = extracted()
    for language in LANGUAGES:
        if language != ENGLISH:
            catalog = updated(language, template)
            path_of(language).parent.mkdir(parents=True, exist_ok=True)
            path_of(language).write_bytes(written(catalog))
            sys.stdout.write(f"{language}: {len(catalog)} words, {missing(catalog)} to translate\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
