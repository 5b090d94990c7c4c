from tonval.fieldwork.plans import Change, Plan, compare

BEFORE = {"kim": ("Kim", "se"), "lo": ("Lo", "se"), "mo": ("Mo", "no")}


def test_a_plan_says_what_is_added_renamed_and_moved_and_what_stays() -> None:
    wanted = {"kim": ("Kim Berg", "no"), "lo": ("Lo", "se"), "po": ("Po", "")}
    found = compare(BEFORE, wanted)
    assert found == Plan((Change("kim", ("Kim", "se"), ("Kim Berg", "no")), Change("po", None, ("Po", ""))), 1, 1)
    assert [change.deeds for change in found.changes] == [("renamed", "moved"), ("added",)]
    assert (found.added, found.changed, found.number("moved")) == (1, 1, 1)


def test_another_plan_has_another_digest_and_the_same_one_the_same() -> None:
    wanted = {"kim": ("Kim", "no")}
    assert compare(BEFORE, wanted).digest == compare(dict(BEFORE), dict(wanted)).digest
    others = [compare(BEFORE, {"kim": ("Kim", "fi")}), compare({**BEFORE, "kim": ("K", "se")}, wanted)]
    others += [compare({**BEFORE, "new": ("New", "")}, wanted), compare({}, wanted)]
    assert len({compare(BEFORE, wanted).digest, *(other.digest for other in others)}) == 5
