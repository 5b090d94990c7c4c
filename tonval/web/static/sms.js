// How much of a telephone network a text takes, as the server counts it (tonval/sms/segments.py: 3GPP TS 23.038).
import { word } from './words.js';

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
const bare = (letter) => (/\s/.test(letter) ? word('a special space') : letter);
const shown = (letter) => (/\s/.test(letter) ? bare(letter) : `“${letter}”`);
const isPicture = (letter) => letter.codePointAt(0) >= 0x2190 && !(letter.codePointAt(0) >= 0x2e80 && letter.codePointAt(0) < 0x1f000);

function visible(letters) {
  const seen = letters.filter((each) => !/[\p{Mn}\p{Cf}]/u.test(each));
  return seen.length ? seen : letters;
}

function sizeTold(size) {
  const letters = visible(size.forcing);
  const { units, room, segments } = size;
  const forcing = `${letters.slice(0, SHOWN).map(shown).join(', ')}${letters.length > SHOWN ? ' …' : ''}`;
  const because = letters.length ? word(' because of %(forcing)s', { forcing }) : '';
  if (segments === 1) return word('1 SMS, %(units)s of %(room)s characters%(because)s', { units, room, because });
  const longer = letters.length ? word(' (longer set: %(room)s characters each)', { room }) : word(', %(units)s characters', { units });
  return word('%(segments)s SMS%(because)s%(longer)s', { segments, because, longer });
}

function advice(forcing, plain) {
  const written = forcing.slice(0, SHOWN).filter((each) => each in plain).map((each) => word('%(or_)s for %(letter)s', { or_: plain[each].trim() || word('a plain space'), letter: bare(each) }));
  const leftOut = visible(forcing).slice(0, SHOWN).filter(isPicture);
  const both = [
    written.length && word('write %(written)s', { written: written.join(', ') }),
    leftOut.length && word('leave %(left_out)s out', { left_out: leftOut.join(' ') }),
  ].filter(Boolean);
  const told = both.length > 1 ? word('%(most)s and %(last)s', { most: both[0], last: both[1] }) : both[0];
  return both.length ? word('. To keep the short set: %(advice)s', { advice: told }) : '';
}

function cost(price, segments) {
  if (!price) return '';
  const sum = (price.amount * segments) / 10;
  const digits = sum >= 10 ? 0 : 2;
  const told = sum.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return word(' · about %(segments)s per 1,000 customers', { segments: `${told} ${price.currency}` });
}

export function told(text, terms) {
  const usual = measure(fill(text, terms.usual));
  const most = measure(fill(text, terms.longest));
  const longest = most.segments > usual.segments ? most : usual;
  const named = text.includes('{agent}') && terms.longest.agent !== terms.anyName;
  const name = named ? word('with “%(agent)s”', { agent: terms.longest.agent }) : word('with the longest names');
  const atLongest = longest === most ? word('; %(segments)s SMS at longest, %(name)s', { segments: most.segments, name }) : '';
  return sizeTold(usual) + atLongest + advice(longest.forcing, terms.plain) + cost(terms.price, usual.segments);
}
