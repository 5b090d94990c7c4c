"""The parts of a running installation, each one process: ``up`` starts them all, several hosts start one each."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from tonval import __version__, app, journal, opening
from tonval.config import BadSetting, Config
from tonval.connecting import LOOK_EVERY, Watch, begin_again, connected, leave_when_changed
from tonval.fieldwork import asking, conduct, doubles, idempotency, reminders
from tonval.fieldwork.calls import dialling, hang_ups, sounds
from tonval.fieldwork.centre import EMAIL, Centre, channels_of
from tonval.fieldwork.colleagues import admissions, admitting, tries
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import listening, reports
from tonval.fieldwork.periodic import waves
from tonval.fieldwork.privacy import changes, mentions, retention
from tonval.fieldwork.routing import NO_FILE
from tonval.fieldwork.voice import dictating, dictations, takes
from tonval.followup import alerts, post
from tonval.followup.notices import Notice
from tonval.intake import doors
from tonval.intake.folders import Folders
from tonval.intake.originals import papers_of
from tonval.intake.runs import known_sources
from tonval.ivr.twilio import dialler
from tonval.mail import admission, letters, line, smtp
from tonval.mail import doors as returned
from tonval.mail import sender as letter_sender
from tonval.mail.addresses import BadAddress, read_address
from tonval.sms import backfill, sender
from tonval.sms.providers import Providers
from tonval.sms.smpp.listening import take_overdue
from tonval.stats.squash import squash
from tonval.workers import up as house
from tonval.workers.bell import Bell
from tonval.workers.clock import Chore, Clock, run_clock
from tonval.workers.jobs import Duty
from tonval.workers.valkey import NoRedisServer, redis_url

log = logging.getLogger(__name__)

IDLE_LEG = timedelta(minutes=15)
"""A call that nothing has been heard of for so long has ended without anybody saying so."""


def up(config: Config) -> int:
    """Run the whole house in this terminal; gives the exit code."""
    shown: list[str] = []
    try:
        return house.run_house(
            house.House(
                home=config.home,
                http=(config.http.host, config.http.port),
                sip=(config.sip.host, config.sip.port) if config.sip_cells else None,
                redis_url=config.redis_url,
            ),
            prepare=lambda: shown.extend(prepare(config)),
            banner=lambda: [*_banner(config), *_sign_in(config), *shown],
        )
    except (house.CannotStart, NoRedisServer) as refusal:
        raise BadSetting(str(refusal)) from None


def prepare(config: Config) -> Iterator[str]:
    """What must be done once before any part starts; gives the lines to show when all are up."""
    config = connected(config)
    office = opening.open_field(config)
    for fault in office.centre.warnings:
        yield fault.located(config.queues.name)
    if office.file.document.startswith(NO_FILE):
        yield f"  Set up    {config.public_url}/admin (there is no file: all is set up in the browser)"
    yield from _warnings(config, office)
    takes.draft_missing(office)
    listening.start(office, backfill.KEEP_LISTS)
    Folders(config.intake).make(known_sources(office))


def _sign_in(config: Config) -> Iterator[str]:
    """Made only now that its password is sure to be shown."""
    password = opening.first_admin(config, opening.open_field(config))
    if password is not None:
        yield f"  Sign in   admin / {password}   (shown this once)"


def _warnings(config: Config, office: Field) -> Iterator[str]:
    named = any(number.provider == "twilio" for number in office.centre.numbers.values())
    if not (config.has_twilio or config.smpp or named) and office.centre.numbers:
        yield "  SMS       no provider is set up: messages appear in the simulator and go nowhere else"
    if not config.smtp_url:
        yield "  Mail      TONVAL_SMTP_URL is not set: alerts are shown on the desk and mailed to nobody"
        yield from _unlettered(office.centre)


def _unlettered(centre: Centre) -> Iterator[str]:
    """The queues that want to ask by e-mail where none can be sent."""
    wanting = [queue.name for queue in centre.queues.values() if EMAIL in channels_of(queue) and not queue.off]
    if wanting:
        yield f"            {', '.join(wanting)}: asked by another way where there is one, and not by e-mail"


def _banner(config: Config) -> Iterator[str]:
    yield f"Tonval {__version__} is up."
    yield f"  Pages     {config.public_url}"
    yield f"  Try it    {config.public_url}/simulator"
    if config.sip_cells:
        calls = config.sip_cells * config.sip_calls_per_cell
        yield f"  SIP       sip:support@{config.sip}   ({calls} calls at once)"


def web(config: Config) -> None:
    """Serve pages, API and webhooks until told to stop."""
    from tonval.workers.web import serve

    journal.set_up(config.log)
    opening.check_file(config)  # a broken file is told here, once, and not by every worker
    _begin_to_listen(config)
    serve(app.web_app, str(config.http))


def _begin_to_listen(config: Config) -> None:
    """Nobody could be heard before: sending waits for what customers wrote meanwhile."""
    office = opening.open_field(connected(config))
    listening.start(office, backfill.KEEP_LISTS)
    office.unit.engine.dispose()  # no connection is to be inherited by a child


def worker(config: Config) -> None:
    """Work off the outbox until told to stop."""
    from tonval.workers.worker import run_worker

    journal.set_up(config.log)
    url = _redis(config)
    bell, watch = Bell(url), Watch(config)
    config = connected(config)
    office = opening.open_field(config, bell.ring)
    ways = app.providers(config, office)
    by_kind = duties(config, office, ways, partial(bell.ring_later, "message"))
    with app.listening(office, ways):
        run_worker(url, by_kind, lambda patience: _overdue(office, watch, patience))
    begin_again(watch)


def _overdue(office: Field, watch: Watch, patience: timedelta) -> frozenset[str]:
    """What has been waiting for too long; before it is worked off, other providers are taken up."""
    leave_when_changed(watch)
    return opening.overdue_kinds(office, opening.now() - patience)


def duties(
    config: Config, office: Field, ways: Providers | None = None, later: sender.Later = lambda wait: None
) -> dict[str, Duty]:
    """What a worker does for each kind of work; messages go out by ``ways``, or by those that the settings name.

    ``later`` rings for messages that may not go yet.
    """
    ways, letter_post = ways or app.providers(config, office), _letter_post(config)
    spoken, calls = app.spoken_at_twilio(config), app.calls_by_twilio(config)
    by_letter, papers = partial(admission.hand, office, letter_post), papers_of(config.home, office)
    by_kind: dict[str, Duty] = {
        "invite": lambda limit: asking.ask_due(office, limit),
        "undelivered": lambda limit: asking.fall_back_due(office, limit),
        "remind": lambda limit: reminders.remind_due(office, limit),
        "wave": lambda limit: waves.go_on(office, limit),
        "merged": lambda limit: doubles.drop_doubles(office, limit),
        "message": lambda limit: sender.send_batch(office, ways, limit, later=later),
        "letter": lambda limit: letter_sender.send_batch(office, letter_post, limit) if letter_post else 0,
        "follow_up": lambda limit: alerts.apply_due(office, limit, mail_from=_mail_from(config)),
        "import": lambda limit: doors.take_due(office, Folders(config.intake), limit),
        admitting.WISH: lambda limit: admitting.grant_wishes(office, limit),
        admissions.LETTER: lambda limit: admitting.send_due(office, by_letter, limit),
        dictating.KIND: lambda limit: dictations.take_in_due(office, limit),
        sounds.KIND: lambda limit: sounds.bring_home(office, spoken, limit) if spoken else 0,
        "dial": lambda limit: dialler.dial_due(office, calls, limit) if calls else 0,
        changes.KIND: lambda limit: changes.list_due(office, papers, limit),
        hang_ups.KIND: lambda limit: hang_ups.end_due(office, limit),
        "mail": lambda limit: post.mail_due(office, _mailer(config), limit, link=_link(config)),
    }
    return {kind: _up_to_date(office, duty) for kind, duty in by_kind.items()}


def _up_to_date(office: Field, duty: Duty) -> Duty:
    """The duty, each batch of it with the surveys that are in force by then."""

    def work(limit: int) -> int:
        office.renew()
        return duty(limit)

    return work


def _mail_from(config: Config) -> str | None:
    """Without a mail server nobody is mailed, and alerts are shown on the desk alone."""
    return config.mail_from if config.smtp_url else None


def _letter_post(config: Config) -> letter_sender.Post | None:
    """How letters to customers go out, if there is a mail server."""
    if not config.smtp_url or not config.mail_from:
        return None
    try:
        read_address(config.mail_from)
        return letter_sender.Post(smtp.mail_server(config.smtp_url), config.mail_from, _returns_to(config))
    except (smtp.BadMailServer, BadAddress) as bad:
        raise BadSetting(f"TONVAL_SMTP_URL or TONVAL_MAIL_FROM: {bad}") from None


def _returns_to(config: Config) -> str | None:
    box = _bounces(config)
    return box.address if box else None


def _bounces(config: Config) -> returned.Mailbox | None:
    """Where bounces are read, if anywhere."""
    try:
        return returned.mailbox(config.bounces_url) if config.bounces_url else None
    except returned.BadMailbox as bad:
        raise BadSetting(f"TONVAL_BOUNCES_URL: {bad}") from None


def _link(config: Config) -> Callable[[str], str]:
    return lambda interview: f"{config.public_url}/desk/conversations/{interview}"


def _mailer(config: Config) -> Callable[[Notice], None]:
    server = smtp.mail_server(config.smtp_url or "smtp://127.0.0.1:25")
    return partial(_mail, server, config.mail_from or "")


def _mail(server: smtp.MailServer, mail_from: str, notice: Notice) -> None:
    letter = letters.Letter(notice.alert, notice.to, notice.subject, notice.facts, notice.link, notice.language)
    try:
        line.send(server, letters.compose(letter, mail_from, opening.now()))
    except smtp.MailFailed as failed:
        raise post.NotSent(str(failed), retryable=failed.retryable) from failed
    except BadAddress as bad:
        raise post.NotSent(str(bad), retryable=False) from bad


def clock(config: Config) -> None:
    """Find what has come due, and do the chores that have no caller."""
    journal.set_up(config.log)
    bell, watch = Bell(_redis(config)), Watch(config)
    config = connected(config)
    office = opening.open_field(config, bell.ring)
    notice = Chore("take up providers connected in the browser", LOOK_EVERY, lambda: leave_when_changed(watch))
    run_clock(Clock(lambda: opening.due_kinds(office), bell.ring, (notice, *chores(config, office))))
    begin_again(watch)


def chores(config: Config, office: Field) -> tuple[Chore, ...]:
    """What is done every so many seconds; each claims its work in the database, so that two clocks do no harm."""
    ways, box, calls = app.providers(config, office), _bounces(config), app.calls_by_twilio(config)
    return (
        Chore("take up what was published in the browser", 2.0, office.renew),
        Chore("take in what customers wrote meanwhile", 2.0, backfill.Listener(office, ways).listen),
        Chore("speak what has no recording", 60.0, lambda: takes.draft_missing(office)),
        Chore("look into the drop folder", 5.0, lambda: doors.look_in(office, Folders(config.intake))),
        Chore("squash the tally", 5.0, lambda: squash(office.unit)),
        Chore("match early reports", 5.0, lambda: reports.match_kept(office)),
        Chore("resolve doubtful messages", 5.0, lambda: sender.resolve(office, ways)),
        Chore("take in long messages that lack a part", 60.0, lambda: _take_overdue(config, office)),
        Chore("want what was spoken", 60.0, lambda: sounds.want_forgotten(office)),
        Chore("look for doubtful calls", 10.0, lambda: dialler.resolve(office, calls) if calls else 0),
        Chore("settle doubtful calls", 10.0, lambda: dialling.settle_doubtful(office)),
        Chore("settle doubtful letters", 10.0, lambda: letter_sender.settle_doubtful(office)),
        Chore("read bounces", 30.0, lambda: returned.look_in(box, partial(returned.take_in, office)) if box else 0),
        Chore("reopen messages after quiet hours", 10.0, lambda: asking.reopen_closed(office)),
        Chore("begin the waves of periodic surveys", 60.0, lambda: waves.start_due(office)),
        Chore("end the wait for callers", 60.0, lambda: asking.close_unclaimed(office)),
        Chore("expire interviews", 10.0, lambda: conduct.expire_due(office, heard_until=listening.heard_until(office))),
        Chore("end idle calls", 30.0, lambda: conduct.end_idle_legs(office, opening.now() - IDLE_LEG)),
        Chore("forget answered requests", 600.0, lambda: idempotency.purge(office)),
        Chore("forget what has been kept long enough", 3600.0, lambda: retention.sweep(office)),
        Chore("look for the erased in what others wrote", 2.0, lambda: mentions.search(office)),
        Chore("forget tries to sign in", 600.0, lambda: tries.purge(office)),
    )


def _take_overdue(config: Config, office: Field) -> int:
    return take_overdue(office, config.smpp.alphabet) if config.smpp else 0


def sip(config: Config) -> None:
    """Answer calls until told to stop; calls in progress finish, unless told twice."""
    from tonval.ivr.sip import carrier, conductor
    from tonval.ivr.sip.office import SipCarrier

    journal.set_up(config.log)
    own = config.sip_trunk_password or ""  # what is typed in the browser may be another one tomorrow
    config = connected(config)
    office = opening.open_field(config, Bell(_redis(config)).ring)
    settings = carrier.SipSettings(
        host=config.sip.host,
        port=config.sip.port,
        cells=config.sip_cells,
        calls_per_cell=config.sip_calls_per_cell,
        allow=tuple(str(network) for network in config.sip_allow),
        node=str(config.sip),
        home=config.home,
        trunk_password=own,
    )
    stop, hurry = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: (hurry if stop.is_set() else stop).set())
    try:
        conductor.run(settings, SipCarrier(office), stop=stop, hurry=hurry)
    except carrier.CannotStart as refusal:
        raise BadSetting(str(refusal)) from None


def _redis(config: Config) -> str:
    """The Redis that is set, else the one that `tonval up` runs in this home."""
    return redis_url(config.home, config.redis_url)
