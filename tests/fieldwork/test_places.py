from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.places import Crooked, Line, Member, Place, read_members, read_places

NO_NAME = "is no name for a unit: small letters, digits, and - _ . after the first"


def lines(*rows: Mapping[str, str]) -> list[Line]:
    return [Line(number, cells) for number, cells in enumerate(rows, 2)]


def faults(crooked: Crooked) -> list[tuple[int, str | None, str]]:
    return [(misfit.row, misfit.field, misfit.sentence) for misfit in crooked.misfits]


def test_places_are_named_by_path_or_by_parent() -> None:
    stockholm = Place("se/sthlm", "Stockholm")
    by_path = lines({"unit": "se", "name": "Sweden"}, {"unit": "se/sthlm", "name": "Stockholm"})
    by_parent = lines(
        {"id": "sthlm", "parent": "se", "name": "Stockholm"}, {"id": "se", "parent": "", "name": "Sweden"}
    )
    assert read_places(by_path) == read_places(by_parent) == (Place("se", "Sweden"), stockholm)
    assert read_places(lines({"id": "sthlm", "parent": "se", "name": "Stockholm"}), known={"se": "Sweden"}) == (
        stockholm,
    )
    assert read_places(lines({"unit": "se"})) == (Place("se", "se"),)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([{"id": "a", "parent": "a"}], [(2, "parent", "lies within itself: a → a")]),
        (
            [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}],
            [(2, "parent", "lies within itself: a → b → a"), (3, "parent", "lies within itself: b → a → b")],
        ),
        ([{"unit": "se/sthlm"}], [(2, "parent", "there is no unit “se” above it")]),
        ([{"id": "sthlm", "parent": "se"}], [(2, "parent", "there is no unit “se” above it")]),
        ([{"unit": "se"}, {"unit": "se"}], [(3, "unit", "“se” stands in row 2 already")]),
        (
            [{"unit": "Se"}],
            [(2, "unit", "“Se” is no name for a unit: small letters, digits, and - _ . after the first")],
        ),
        (
            [{"unit": "se//x"}],
            [(2, "unit", "“” is no name for a unit: small letters, digits, and - _ . after the first")],
        ),
        (
            [{"unit": "../x"}],
            [(2, "unit", "“..” is no name for a unit: small letters, digits, and - _ . after the first")],
        ),
        ([{"name": "Sweden"}], [(2, "unit", "names no unit")]),
        ([{"unit": "se", "name": "x" * 101}], [(2, "name", "has more than 100 characters")]),
        ([{"unit": "/".join("abcdefghijklm")}], [(2, "unit", "lies 13 deep; 12 is the most")]),
    ],
)
def test_a_crooked_tree_is_refused_with_row_and_reason(
    rows: list[dict[str, str]], wrong: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(Crooked) as refused:
        read_places(lines(*rows))
    assert faults(refused.value) == wrong


PATHS = st.lists(st.integers(0, 1000), max_size=40)


@given(PATHS, st.randoms())
def test_every_tree_comes_through_in_any_order(picks: list[int], dice: object) -> None:
    parents: dict[str, str] = {}
    paths: dict[str, str] = {}
    for number, pick in enumerate(picks):
        shallow = [name for name, path in paths.items() if path.count("/") < 10]
        parent = shallow[pick % len(shallow)] if shallow and pick % 5 else ""
        parents[f"u{number}"] = parent
        paths[f"u{number}"] = f"{paths[parent]}/u{number}" if parent else f"u{number}"
    rows = [{"id": name, "parent": parent} for name, parent in parents.items()]
    dice.shuffle(rows)  # type: ignore[attr-defined]
    assert {place.path for place in read_places(lines(*rows))} == set(paths.values())


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=8))
def test_rows_are_either_taken_whole_or_refused_with_a_reason_for_a_row(pairs: list[tuple[str, str]]) -> None:
    rows = lines(*({"id": name, "parent": parent} for name, parent in pairs))
    found = taken(rows)
    if isinstance(found, Crooked):
        assert {misfit.row for misfit in found.misfits} & {row.number for row in rows}
        return
    paths = {place.path for place in found}
    assert len(paths) == len(pairs)
    assert all("/" not in path or path.rpartition("/")[0] in paths for path in paths)


def taken(rows: list[Line]) -> tuple[Place, ...] | Crooked:
    try:
        return read_places(rows)
    except Crooked as crooked:
        return crooked


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([{"agent": "bo", "unit": "se/x"}], [(2, "unit", "there is no unit “se/x”")]),
        ([{"agent": "bo"}, {"agent": "bo", "name": "Bo"}], [(3, "agent", "“bo” stands in row 2 already")]),
        ([{"name": "Bo"}], [(2, "agent", "names no agent")]),
        ([{"agent": "anna"}], [(2, "agent", "“anna” is managed by queues.yaml; change her there")]),
        ([{"agent": "x" * 101}], [(2, "agent", "has more than 100 characters")]),
    ],
)
def test_crooked_agents_are_refused_with_row_and_reason(
    rows: list[dict[str, str]], wrong: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(Crooked) as refused:
        read_members(lines(*rows), ["se"], managed=["anna"])
    assert faults(refused.value) == wrong


def test_an_agent_without_a_name_is_called_by_her_id() -> None:
    assert read_members(lines({"agent": "bo", "unit": "se"}), ["se"]) == (Member("bo", "bo", "se"),)
