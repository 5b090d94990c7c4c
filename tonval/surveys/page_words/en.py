"""The built-in words of survey pages, links and letters in English."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hello from {brand}! How did it go? Tell us here: {link} STOP to get no more questions.",
    "remind.link": "Hello again from {brand}! Do tell us how it went: {link} STOP to get no more questions.",
    "mail.subject": "How did it go?",
    "mail.text": "Hello,\n\nYou were recently in touch with {brand}. Please tell us how it went.",
    "remind.subject": "How did it go? A reminder",
    "remind.text": (
        "Hello again,\n\nYou have not answered our question about your contact with {brand} yet. You still can."
    ),
    "page.next": "Next",
    "page.finish": "Send",
    "page.back": "Back",
    "page.required": "Needs an answer",
    "page.optional": "Optional",
    "page.progress": "Question {number} of {total}",
    "page.step": "Question {number}",
    "page.language": "Language",
    "page.faults": "Something is missing or needs a change",
    "page.missing": "Please answer this question before you go on.",
    "page.unknown": "That answer is not one of these. Please choose another.",
    "page.too_long": "The text is too long. Please shorten it to {most} characters.",
    "page.strange": "The text has characters that we cannot keep. Please remove them and try again.",
    "page.phone": "Your telephone number",
    "page.bad_phone": "Please write a telephone number that we can call.",
    "page.no_time": "We have no free times just now, sorry.",
    "page.time_gone": "That time has just been taken, sorry. Please choose another.",
    "page.no_call": "No thank you, no need to call",
    "page.order": "You have not come to that question yet. This is where you are.",
    "page.more": "Thank you! We have a few more questions.",
    "page.too_large": "What you sent is too large. Your earlier answers are kept.",
    "page.return": "To the questions",
    "page.closed": "This link is not open",
    "page.closed_text": "You may have answered already, or the link is too old. There is nothing more you need to do.",
    "page.thanks": "Thank you for your answer!",
    "page.goodbye": "Thank you for looking in.",
    "page.done": "You can close this page now.",
    "page.yes": "Yes",
    "page.no": "No",
    "ends.nki.low": "Very badly",
    "ends.nki.high": "Very well",
    "ends.nps.low": "Not at all likely",
    "ends.nps.high": "Very likely",
    "ends.nki10.low": "Lowest mark",
    "ends.nki10.high": "Highest mark",
    "ends.ces.low": "Very difficult",
    "ends.ces.high": "Very easy",
    "stop.title": "Want no more questions?",
    "stop.email": "Press the button and {brand} will send you no more questions by e-mail.",
    "stop.sms": "Press the button and {brand} will send you no more questions by SMS.",
    "stop.button": "No more questions, please",
    "stop.done": "You get no more questions",
    "stop.done_email": "{brand} sends you no more questions by e-mail.",
    "stop.done_sms": "{brand} sends you no more questions by SMS.",
    "stop.undo": "I changed my mind, do ask me",
    "stop.undone": "Thank you! We may ask you again.",
}

WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS: Final = "January February March April May June July August September October November December"
DAY: Final = "{weekday} {day} {month}"
