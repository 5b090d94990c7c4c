"""The built-in words of survey pages, links and letters in Arabic."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "مرحبًا من {brand}! كيف كانت تجربتك؟ {link} أرسل STOP لإيقاف الأسئلة.",
    "remind.link": "مرحبًا مجددًا من {brand}! يهمنا رأيك: {link} أرسل STOP لإيقاف الأسئلة.",
    "mail.subject": "كيف كانت تجربتك؟",
    "mail.text": "مرحبًا،\n\nتواصلت معنا في {brand} مؤخرًا. أخبرنا من فضلك كيف كانت تجربتك.",
    "remind.subject": "كيف كانت تجربتك؟ تذكير",
    "remind.text": "مرحبًا مجددًا،\n\nلم تُجب بعد عن سؤالنا حول تواصلك مع {brand}. ما زال بإمكانك ذلك.",
    "page.next": "التالي",
    "page.finish": "إرسال",
    "page.back": "رجوع",
    "page.required": "الإجابة مطلوبة",
    "page.optional": "اختياري",
    "page.progress": "السؤال {number} من {total}",
    "page.step": "السؤال {number}",
    "page.language": "اللغة",
    "page.faults": "هناك ما ينقص أو يحتاج إلى تعديل",
    "page.missing": "أجب عن هذا السؤال قبل المتابعة من فضلك.",
    "page.unknown": "هذه الإجابة ليست من الخيارات. اختر غيرها من فضلك.",
    "page.too_long": "النص طويل جدًا. اختصره إلى {most} حرف من فضلك.",
    "page.strange": "في النص رموز لا يمكننا حفظها. احذفها وحاول مرة أخرى.",
    "page.phone": "رقم هاتفك",
    "page.bad_phone": "اكتب رقم هاتف يمكننا الاتصال بك عليه.",
    "page.no_time": "عذرًا، لا توجد مواعيد متاحة الآن.",
    "page.time_gone": "عذرًا، لم يعد هذا الموعد متاحًا. اختر موعدًا آخر.",
    "page.no_call": "لا، شكرًا، لا داعي للاتصال",
    "page.order": "لم تصل إلى هذا السؤال بعد. أنت هنا الآن.",
    "page.more": "شكرًا! لدينا بضعة أسئلة أخرى.",
    "page.too_large": "ما أرسلته أكبر مما نقبل. إجاباتك السابقة محفوظة.",
    "page.return": "إلى الأسئلة",
    "page.closed": "هذا الرابط غير مفتوح",
    "page.closed_text": "ربما أجبت من قبل، أو أن الرابط قديم. لا يلزمك فعل أي شيء آخر.",
    "page.thanks": "شكرًا على إجابتك!",
    "page.goodbye": "شكرًا على زيارتك.",
    "page.done": "يمكنك إغلاق هذه الصفحة الآن.",
    "page.yes": "نعم",
    "page.no": "لا",
    "ends.nki.low": "سيئ جدًا",
    "ends.nki.high": "جيد جدًا",
    "ends.nps.low": "غير محتمل إطلاقًا",
    "ends.nps.high": "محتمل جدًا",
    "ends.nki10.low": "أدنى درجة",
    "ends.nki10.high": "أعلى درجة",
    "ends.ces.low": "صعب جدًا",
    "ends.ces.high": "سهل جدًا",
    "stop.title": "ألا تريد أسئلة أخرى؟",
    "stop.email": "اضغط على الزر ولن ترسل إليك {brand} أسئلة أخرى بالبريد الإلكتروني.",
    "stop.sms": "اضغط على الزر ولن ترسل إليك {brand} أسئلة أخرى برسائل SMS.",
    "stop.button": "لا أسئلة أخرى، شكرًا",
    "stop.done": "لن تصلك أسئلة أخرى",
    "stop.done_email": "لن ترسل إليك {brand} أسئلة أخرى بالبريد الإلكتروني.",
    "stop.done_sms": "لن ترسل إليك {brand} أسئلة أخرى برسائل SMS.",
    "stop.undo": "غيّرت رأيي، يمكنكم سؤالي",
    "stop.undone": "شكرًا! يمكننا أن نسألك من جديد.",
}

WEEKDAYS: Final = "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"
MONTHS: Final = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"
DAY: Final = "{weekday} {day} {month}"
