"""What the scripts in ``static`` say, so that pages can hand them the words in the reader's language."""

from __future__ import annotations

from typing import Final

from tonval.surveys.sentences import sentence
from tonval.web.language import told

WORDS: Final = (
    sentence(" (longer set: %(room)s characters each)"),
    sentence(" because of %(forcing)s"),
    sentence(" · about %(segments)s per 1,000 customers"),
    sentence("%(low)s to %(high)s"),
    sentence("%(most)s and %(last)s"),
    sentence("%(name)s is larger than 20 MB; send it as MP3, or make it shorter"),
    sentence("%(or_)s for %(letter)s"),
    sentence("%(segments)s SMS%(because)s%(longer)s"),
    sentence(", %(units)s characters"),
    sentence(". To keep the short set: %(advice)s"),
    sentence("1 SMS, %(units)s of %(room)s characters%(because)s"),
    sentence("; %(segments)s SMS at longest, %(name)s"),
    sentence("Already first"),
    sentence("Already last"),
    sentence("Answers"),
    sentence("Calling…"),
    sentence("Copied"),
    sentence("From"),
    sentence("Invited. The question is on its way."),
    sentence("Invited. The question is sent in %(left)s s."),
    sentence("It is very quiet: come closer, and record it again."),
    sentence("It was too loud and is cut off: speak more softly, and record it again."),
    sentence("Listen to it. “Use it” keeps it."),
    sentence("Listening"),
    sentence("Low"),
    sentence("Moved to %(place)s of %(count)s"),
    sentence("Not asked: %(why)s. Try another number."),
    sentence("Not received: %(why)s."),
    sentence("Not saved"),
    sentence("Not saved: %(why)s."),
    sentence("Nothing could be recorded. Try again, or send a file."),
    sentence("Record again"),
    sentence("Recording. Speak now."),
    sentence("Saved %(time)s"),
    sentence("Saving …"),
    sentence("Speak after the tone"),
    sentence("Speaking"),
    sentence("Stop"),
    sentence("That did not work: %(why)s."),
    sentence("The browser may not use the microphone. Allow it, or send a file."),
    sentence("The call did not get through: %(why)s."),
    sentence("The call is over. Thank you."),
    sentence("The call was cut: %(why)s. What was stored before is kept."),
    sentence("Waiting for a key"),
    sentence("You are talking with an agent"),
    sentence("You hung up. What you answered is kept."),
    sentence("a plain space"),
    sentence("a special space"),
    sentence("leave %(left_out)s out"),
    sentence("the server answered %(status)s"),
    sentence("the server could not take it"),
    sentence("the survey is too large"),
    sentence("there is no contact with the server. It is tried again by itself"),
    sentence("with the longest names"),
    sentence("with “%(agent)s”"),
    sentence("write %(written)s"),
    sentence("you are signed out. Sign in in another tab; what you typed stays here"),
)
"""Each ``word('…')`` of a script, as it stands there."""


def script_words() -> dict[str, str]:
    """English to the reader's language, the places to fill as they are."""
    return {str(each.template): told(each) for each in WORDS}
