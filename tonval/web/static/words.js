// Words of scripts in the reader's language, from the page; English stands for itself. `%(name)s` is filled in.
const kept = document.querySelector('script#words');
const known = kept ? JSON.parse(kept.textContent) : {};

export const spoken = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;

export function word(english, fills = {}) {
  return (known[english] || english).replace(/%\((\w+)\)s/g, (_, name) => fills[name]);
}
