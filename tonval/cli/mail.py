"""`tonval mail`."""

from __future__ import annotations

import click

from tonval.cli.plain import config, plain_errors


@click.group()
def mail() -> None:
    """E-mail to customers."""


@mail.command("test")
@click.argument("address")
@click.option("--survey", help="Whose letter; without it the first survey's.")
@click.option("--language", help="Without it the survey's first.")
def mail_test(address: str, survey: str | None, language: str | None) -> None:
    """Send a survey's letter to ADDRESS, to see how it arrives. Its links lead nowhere."""
    from tonval import opening
    from tonval.config import BadSetting
    from tonval.mail import smtp, trial

    with plain_errors():
        settings = config()
        if not settings.smtp_url or not settings.mail_from:
            raise BadSetting("TONVAL_SMTP_URL is not set: no mail can be sent from here")
        office = opening.open_field(settings)
        name = survey or next(iter(office.centre.forms), "")
        form = office.centre.forms.get(name)
        if form is None:
            raise BadSetting(f"there is no survey called “{name}”")
        try:
            server = smtp.mail_server(settings.smtp_url)
            trial.send_to(office, server, settings.mail_from, form, form.spoken_in(language), address)
        except ValueError as failed:
            raise BadSetting(str(failed)) from None
        click.echo(f"The mail server has taken the letter of {name} to {address}.")


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(mail)
