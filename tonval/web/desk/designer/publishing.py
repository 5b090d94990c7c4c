"""Publishing, and the versions there are: what differs, what is counted together, and an older one used again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import HasFaults, Outdated, Profile, ProfileError, UnknownSurvey
from tonval.surveys.comparing import Pooling, pooled
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import plain
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.differing import Difference, noticed
from tonval.web.desk.designer.doors import changing, framed_survey, seen
from tonval.web.desk.designer.drafts import data_of, open_draft
from tonval.web.desk.designer.editing import number_of, sheet_of
from tonval.web.desk.designer.typed import settled
from tonval.web.desk.looks import actor


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/surveys/<name>/publish`` and ``…/versions``."""

    @pages.get("/desk/surveys/<name>/publish")
    def look_at_publishing(name: str) -> ResponseReturnValue:
        found, _ = changing(office, name)
        return _page(office, found)

    @pages.post("/desk/surveys/<name>/publish")
    def publish_survey(name: str) -> ResponseReturnValue:
        found, _ = changing(office, name)
        seen_revision = request.form.get("~seen", "")
        try:
            profiles.publish(office, name, number_of(seen_revision), actor())
        except Outdated:
            told: str = sentence(
                "Somebody has changed the draft since you looked at this page. Look again at what would be published."
            )
            return _page(office, profiles.profile(office, name), told), 409
        except (HasFaults, ProfileError) as error:
            told = sentence("It cannot be published yet.") if isinstance(error, HasFaults) else str(error)
            return _page(office, found, told), 409
        return redirect(f"/desk/surveys/{name}/versions", 303)

    @pages.post("/desk/surveys/<name>/discard")
    def discard_draft(name: str) -> ResponseReturnValue:
        found, author = changing(office, name)
        profiles.discard_draft(office, name, number_of(request.form.get("~seen", "")), author)
        return redirect(f"/desk/surveys/{name}" if found.version else "/desk/surveys", 303)

    _add_versions(pages, office)


def _add_versions(pages: Blueprint, office: Field) -> None:
    @pages.get("/desk/surveys/<name>/versions")
    def survey_versions(name: str) -> ResponseReturnValue:
        return _versions(office, seen(office, name))

    @pages.get("/desk/surveys/<name>/versions/<int(max=999999):number>")
    def survey_version(name: str, number: int) -> ResponseReturnValue:
        found = seen(office, name)
        document, data = _version(office, name, number)
        there = {each.number: each for each in profiles.versions(office, name)}
        return framed_survey(
            office, "version.html", found, number=number, version=there[number], document=document, data=data
        )

    @pages.post("/desk/surveys/<name>/versions/<int(max=999999):number>/use")
    def use_version(name: str, number: int) -> ResponseReturnValue:
        changing(office, name)
        try:
            profiles.use_version(office, name, number, actor())
        except UnknownSurvey:
            abort(404)
        return redirect(f"/desk/surveys/{name}/versions", 303)


def _page(office: Field, found: Profile, fault: str = "") -> str:
    draft = open_draft(office, found.id)
    sheet = sheet_of(office, draft)
    return framed_survey(
        office,
        "publish.html",
        found,
        at=sheet,
        fault=fault,
        differences=_changed(office, found, draft.data),
        pooled=_pooled_with_draft(office, found, sheet.form),
    )


def _changed(office: Field, found: Profile, data: dict[str, Any]) -> list[Difference]:
    """What the draft changes; nothing to compare with before the first version."""
    if found.version is None:
        return []
    return noticed(_version(office, found.id, found.version)[1], data)


def _pooled_with_draft(office: Field, found: Profile, form: Form | None) -> tuple[Pooling, ...]:
    if found.version is None or form is None:
        return ()
    return pooled(profiles.version(office, found.id, found.version)[1], form)


def _versions(office: Field, found: Profile) -> str:
    there = profiles.versions(office, found.id)
    numbers = [each.number for each in there]
    left, right = _wanted("left", numbers[1:2]), _wanted("right", numbers[:1])
    both = left in numbers and right in numbers and left != right
    return framed_survey(
        office,
        "versions.html",
        found,
        versions=there,
        left=left,
        right=right,
        compared=both,
        differences=_between(office, found, left, right) if both else [],
        pooled=_counted(office, found, left, right) if both else (),
    )


def _between(office: Field, found: Profile, left: int, right: int) -> list[Difference]:
    return noticed(_version(office, found.id, left)[1], _version(office, found.id, right)[1])


def _counted(office: Field, found: Profile, left: int, right: int) -> tuple[Pooling, ...]:
    return pooled(profiles.version(office, found.id, left)[1], profiles.version(office, found.id, right)[1])


def _wanted(field: str, usual: list[int]) -> int:
    text = request.args.get(field, "")
    return int(text) if text.isdecimal() and len(text) < 7 else next(iter(usual), 0)


def _version(office: Field, name: str, number: int) -> tuple[str, dict[str, Any]]:
    """The version's text, empty where none was kept, and its data; 404 where there is no such version."""
    try:
        document, form = profiles.version(office, name, number)
    except UnknownSurvey:
        abort(404)
    if document is not None:
        return document, settled(data_of(document), form.languages[0])
    bare = {key: value for key, value in plain(form).items() if key not in ("id", "version", "phrases")}
    return "", settled({**bare, "prompts": dict(form.phrases)}, form.languages[0])
