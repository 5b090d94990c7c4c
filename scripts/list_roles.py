"""List who may do what as docs/roles.md; ``--check`` only tells whether the page is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from tonval.fieldwork.colleagues.roles import ROLES, UNDIVIDED, Permission, Reach, Role

PAGE = Path(__file__).parent.parent / "docs" / "roles.md"
HEAD = """# Who may do what

Listed by `scripts/list_roles.py` from `tonval/fieldwork/colleagues/roles.py`; a test keeps the page up to date.

A **role** says what somebody may do, her **place** in the organisation says where: a unit such as `se/sthlm` and all
below it. What lies elsewhere does not exist for her: it is left out of lists and counts, and asking for it by its
address answers 404. What her role does not allow answers 403.

```sh
tonval units import units.csv       # columns unit (se/sthlm) and name; or id, parent and name
tonval agents import agents.csv     # columns agent, name and unit
tonval user add maria --role site-manager --unit se/sthlm
```

Both files are taken whole or not at all, here and on the page Organisation, which shows first what would change: see
[units and agents](organisation.md). An agent who changes her unit takes nothing with her: answers stay with the unit
they came in.

**A queue may have a unit, too** (`unit: se/sthlm`, or on its page of settings). Without one it is the whole centre's.
With one it does not exist for whoever answers for another branch of the tree, neither above nor below it: not in lists,
filters and numbers by queue, the simulator and the waves, nor do its prompts, their sound, and surveys that such queues
alone ask with. A contact belongs where its agent does; while nobody has named one, where its queue does. So what an
agent of hers did in another site's queue stays hers to see, under its name. Answers stay where they came in: a unit
that a queue is given later counts for new ones. The blocklist and the opt-outs are the whole company's by decision: who
asks to be left alone is left alone everywhere, so whoever may look at them sees all of them.

Every route has a row in `tonval/web/doors.py` that names the permission it needs; without one Tonval does not start.
`tests/web/test_doors.py` opens every route as everybody, with what is hers and with what is another's.

"""
REACHES = {
    Reach.EVERYTHING: "everything",
    Reach.PLACE: "her unit; everything without one",
    Reach.SELF: "herself",
}


def page() -> str:
    """The page as it should be."""
    names = "".join(f" {role.title} |" for role in ROLES.values())
    rule = "|---" * (len(ROLES) + 1) + "|\n"
    reach = "".join(f" {_reach(role)} |" for role in ROLES.values())
    rows = "".join(_row(permission) for permission in Permission)
    return f"{HEAD}| may … |{names}\n{rule}| *sees* |{reach}\n{rows}\n{_tail()}"


def _reach(role: Role) -> str:
    return "her unit" if role.needs_place else REACHES[role.reach]


def _row(permission: Permission) -> str:
    marks = "".join(" yes |" if permission in role.permissions else " |" for role in ROLES.values())
    return f"| {permission} |{marks}\n"


def _tail() -> str:
    whole = ", ".join(sorted(UNDIVIDED))
    return (
        f"To {whole} one must see everything: it counts everybody.\n\n"
        "An API key has scopes (`read`, `report`, `admin`) instead of a role. With `--unit` it reads one unit and all "
        "below it,\nand reports nothing of an agent or a queue elsewhere; contacts, lists, the blocklist and opt-outs "
        "have no unit, and are not for\nsuch a key.\n\n"
        "```sh\n"
        "tonval key add bi --scope read --unit se/sthlm --lasts 90d   # shown once\n"
        "tonval key list                                              # scopes, unit, last use, end\n"
        "tonval key rotate tvl_3fX2 --overlap 24h                     # a new one; the old one is good for a day more\n"
        "tonval key revoke tvl_3fX2                                   # good for nothing within ten seconds\n"
        "```\n"
    )


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page())
    sys.exit(PAGE.read_text() != page())
