"""Mails as mail servers and people send them back, about a letter with the id ``OURS``."""

from __future__ import annotations

OURS = "<0123456789abcdef0123456789abcdef@nordlys.example>"
EVA = "eva@customer.example"


def report(action: str, status: str, said: str = "", *, ours: str = OURS, final: str = EVA) -> bytes:
    """A delivery report by RFC 3464, with the headers of the letter in it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.customer.example (Mail Delivery System)
To: care@nordlys.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <20261122090000.AA@mx.customer.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"

--b/1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example
X-Queue-ID: AA
Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; {final}
Original-Recipient: rfc822;{final}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b/1
Content-Type: text/rfc822-headers

From: Nordlys <care@nordlys.example>
To: {final}
Message-ID: {ours}
Subject: Hur gick det?

--b/1--
""".encode()


EXIM = f"""\
From: Mail Delivery System <Mailer-Daemon@relay.example>
To: care@nordlys.example
X-Failed-Recipients: {EVA}
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {EVA}
    host mx.customer.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{EVA}>:
    550 5.1.1 <{EVA}>: Recipient address rejected

------ This is a copy of the message, including all the headers. ------

Return-path: <care@nordlys.example>
From: Nordlys <care@nordlys.example>
Message-ID: {OURS}
Subject: Hur gick det?
""".encode()

QMAIL = f"""\
Return-Path: <>
From: MAILER-DAEMON@old.example
To: care@nordlys.example
Subject: failure notice

Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{EVA}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <care@nordlys.example>
Message-ID: {OURS}
Subject: Hur gick det?
""".encode()

WITHOUT_REASON = f"""\
From: postmaster@odd.example
To: care@nordlys.example
Subject: Returned mail

Your mail has not been delivered yet.
> Message-ID: {OURS}
""".encode()

HOLIDAY = f"""\
From: Eva <{EVA}>
To: care@nordlys.example
Subject: Autosvar: Hur gick det?
Auto-Submitted: auto-replied
In-Reply-To: {OURS}
References: {OURS}

Jag är på semester till den 5.1.1 och svarar sedan.
""".encode()

ANSWER = f"""\
From: Eva <{EVA}>
To: care@nordlys.example
Subject: Sv: Hur gick det?
In-Reply-To: {OURS}

Tack, bra!

> Message-ID: {OURS}
> 550 5.1.1 is my favourite number
""".encode()

READ = f"""\
From: Eva <{EVA}>
To: care@nordlys.example
Subject: Read: Hur gick det?
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Your message was read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; {EVA}
Original-Message-ID: {OURS}
Disposition: manual-action/MDN-sent-manually; displayed
--b--
""".encode()

STOP = f"""\
From: Eva <{EVA}>
To: care@nordlys.example
Subject: stop {OURS[1:-1]}

""".encode()
