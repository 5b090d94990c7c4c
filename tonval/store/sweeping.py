"""What stands in a table already is sealed, or opened again: batch by batch, and as often as one likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, Connection, String, bindparam, column, select, table, text, tuple_, update

from tonval.store.sealed import Sealed, SealedJSON

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Swept:
    """The columns of a table that are to be sealed; ``where`` spares the rows that have nothing to seal."""

    table: str
    key: tuple[str, ...]
    columns: Mapping[str, Sealed | SealedJSON]
    where: str = ""


def seal_all(tx: Connection, swept: Swept) -> int:
    """Seal what is not sealed; gives the number of rows that were changed."""
    return _sweep(tx, swept, lambda kind, value: kind.seal(kind.unseal(value, tx.dialect), tx.dialect))


def unseal_all(tx: Connection, swept: Swept) -> int:
    """Write everything as it would be read; gives the number of rows that were changed."""
    return _sweep(tx, swept, lambda kind, value: kind.unseal(value, tx.dialect))


def _sweep(tx: Connection, swept: Swept, change: Any) -> int:
    """In the order of the key. A row whose key is itself sealed may be met twice: it is changed once."""
    after, changed, names = None, 0, (*swept.key, *(name for name in swept.columns if name not in swept.key))
    while rows := _batch(tx, swept, names, after):
        news = []
        for row in rows:
            was = dict(zip(names, row, strict=True))
            new = {name: change(kind, was[name]) for name, kind in swept.columns.items()}
            if any(new[name] != was[name] for name in new):
                news.append({**{f"new_{name}": value for name, value in new.items()}, **_key(swept, was)})
        if news:
            tx.execute(_rewrite(swept), news)
        changed += len(news)
        after = tuple(rows[-1])[: len(swept.key)]
    return changed


def _batch(tx: Connection, swept: Swept, names: Sequence[str], after: tuple[Any, ...] | None) -> Sequence[Any]:
    here = _plain(swept)
    key = [here.c[name] for name in swept.key]
    wanted = select(*(here.c[name] for name in names)).order_by(*key).limit(BATCH)
    wanted = wanted.where(text(f"({swept.where})")) if swept.where else wanted
    if after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*after))
    return tx.execute(wanted).all()


def _key(swept: Swept, was: Mapping[str, Any]) -> dict[str, Any]:
    return {f"old_{name}": was[name] for name in swept.key}


def _rewrite(swept: Swept) -> Any:
    here = _plain(swept)
    same = [here.c[name] == bindparam(f"old_{name}") for name in swept.key]
    return update(here).where(*same).values({name: bindparam(f"new_{name}") for name in swept.columns})


def _plain(swept: Swept) -> Any:
    """The table as it lies there, with nothing sealed or opened on the way."""
    json = JSON(none_as_null=True)
    kinds = {name: json if isinstance(kind, SealedJSON) else String() for name, kind in swept.columns.items()}
    return table(swept.table, *(column(name, kinds.get(name)) for name in dict.fromkeys((*swept.key, *kinds))))
