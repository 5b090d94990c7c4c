// How much of a telephone network a text takes, as the server counts it (tonval/sms/segments.py: 3GPP TS 23.038).
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set('\f^{}\\[~]|€');

function parts(widths, room) {
  let count = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) { count += 1; used = 0; }
    used += width;
  }
  return count;
}

export function measure(text) {
  const letters = [...text];
  const forcing = [...new Set(letters.filter((each) => !BASIC.has(each) && !EXTENSION.has(each)))];
  const wide = forcing.length > 0;
  const widths = letters.map((each) => (wide ? each.length : EXTENSION.has(each) ? 2 : 1));
  const units = widths.reduce((sum, width) => sum + width, 0);
  const segments = units <= (wide ? 70 : 160) ? 1 : parts(widths, wide ? 67 : 153);
  return { units, room: wide ? 70 : 160, forcing, segments };
}

// The same words as the server's (tonval/surveys/lint/lengths.py); terms are what it measures with.
const SHOWN = 5;
const fill = (text, fills) => text.replace(/\{([a-z_]+)\}/g, (whole, name) => fills[name] ?? whole);
const bare = (letter) => (/\s/.test(letter) ? 'a special space' : letter);
const shown = (letter) => (/\s/.test(letter) ? bare(letter) : `“${letter}”`);
const isPicture = (letter) => letter.codePointAt(0) >= 0x2190 && !(letter.codePointAt(0) >= 0x2e80 && letter.codePointAt(0) < 0x1f000);

function visible(letters) {
  const seen = letters.filter((each) => !/[\p{Mn}\p{Cf}]/u.test(each));
  return seen.length ? seen : letters;
}

function sizeTold(size) {
  const letters = visible(size.forcing);
  const because = letters.length ? ` because of ${letters.slice(0, SHOWN).map(shown).join(', ')}${letters.length > SHOWN ? ' …' : ''}` : '';
  if (size.segments === 1) return `1 SMS, ${size.units} of ${size.room} characters${because}`;
  return `${size.segments} SMS${because}${letters.length ? ` (longer set: ${size.room} characters each)` : `, ${size.units} characters`}`;
}

function advice(forcing, plain) {
  const written = forcing.slice(0, SHOWN).filter((each) => each in plain).map((each) => `${plain[each].trim() || 'a plain space'} for ${bare(each)}`);
  const leftOut = visible(forcing).slice(0, SHOWN).filter(isPicture);
  const both = [written.length && `write ${written.join(', ')}`, leftOut.length && `leave ${leftOut.join(' ')} out`].filter(Boolean);
  return both.length ? `. To keep the short set: ${both.join(' and ')}` : '';
}

function cost(price, segments) {
  if (!price) return '';
  const sum = (price.amount * segments) / 10;
  const digits = sum >= 10 ? 0 : 2;
  return ` · about ${sum.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${price.currency} per 1,000 customers`;
}

export function told(text, terms) {
  const usual = measure(fill(text, terms.usual));
  const most = measure(fill(text, terms.longest));
  const longest = most.segments > usual.segments ? most : usual;
  const named = text.includes('{agent}') && terms.longest.agent !== terms.anyName;
  const atLongest = longest === most ? `; ${most.segments} SMS at longest, with ${named ? `“${terms.longest.agent}”` : 'the longest names'}` : '';
  return sizeTold(usual) + atLongest + advice(longest.forcing, terms.plain) + cost(terms.price, usual.segments);
}
