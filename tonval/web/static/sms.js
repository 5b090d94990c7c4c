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
  return { units, encoding: wide ? 'UCS-2' : 'GSM-7', forcing, segments };
}

export function told(text) {
  const size = measure(text);
  const because = size.forcing.length ? ` because of ${size.forcing.slice(0, 5).join(' ')}` : '';
  return `${size.units} characters · ${size.encoding}${because} · ${size.segments} SMS`;
}
