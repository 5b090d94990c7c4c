"""Opens every page of the staff in each language, on a telephone and on a desk, light and dark, and tells what is off.

Off is what scrolls sideways, a text that is cut without a mark, and a control that lies on another. Links are followed
to one page of each route; `scripts/screenshots.py` has the demo data. Exits with 1 where something is off.
"""

from __future__ import annotations

import re
import sys
import tempfile
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from scripts.screenshots import ARGUMENTS, CHROMIUM, SIZES, sign_in, started_site
from tonval import app, opening
from tonval.config import load_config
from tonval.translations.catalogs import LANGUAGES

PUBLIC: Final = ("/login", "/forgotten", "/welcome/nobody")
LEAVE_OUT: Final = ("/static/", "/logout", "/login", "/healthz", "/api/", "/simulator/", "/s/")

LOOK: Final = """() => {
  const named = element => {
    const words = (element.innerText || element.value || element.getAttribute('aria-label') || '').trim();
    const name = element.tagName.toLowerCase() + (element.id ? '#' + element.id : '') +
      (element.classList.length ? '.' + [...element.classList].join('.') : '');
    return `${name} “${words.replace(/\\s+/g, ' ').slice(0, 50)}”`;
  };
  const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const scrolls = element => {
    for (let above = element; above && above !== document.body; above = above.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(above).overflowX)) return true;
    return false;
  };
  const found = [], width = innerWidth, all = [...document.body.querySelectorAll('*')].filter(seen);
  if (document.scrollingElement.scrollWidth > width) {
    found.push(`scrolls sideways: ${document.scrollingElement.scrollWidth} of ${width}`);
    const reach = each => each.getBoundingClientRect().left + Math.max(each.scrollWidth, each.offsetWidth || 0);
    const wide = all.filter(each => reach(each) > width + 1 && !scrolls(each));
    for (const each of wide.filter(each => !wide.some(other => each !== other && each.contains(other))).slice(0, 4))
      found.push(`  too wide: ${named(each)}`);
  }
  for (const each of all) {
    const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(each);
    const cut = ['hidden', 'clip'].includes(style.overflowX) && each.scrollWidth > each.clientWidth + 1;
    const hidden = each.clientWidth <= 1 || style.clipPath !== 'none' || style.position === 'absolute';
    if (own && cut && !hidden && style.textOverflow !== 'ellipsis') found.push(`cut: ${named(each)}`);
    if (each.matches('.btn, button') && !hidden && each.scrollWidth > each.clientWidth + 2)
      found.push(`cut: ${named(each)}`);
  }
  const controls = all.filter(each => each.matches('a.btn, button, input:not([type=hidden]), select, textarea'))
    .filter(each => !each.closest('.visually-hidden') && !each.matches('[type=radio], [type=checkbox]'))
    .map(each => [each, each.getBoundingClientRect()]).filter(([, box]) => box.width > 1 && box.height > 1);
  controls.forEach(([one, a], place) => controls.slice(place + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const fixed = [one, other].some(each => {
      for (let above = each; above; above = above.parentElement)
        if (['fixed', 'sticky'].includes(getComputedStyle(above).position)) return true;
    });
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (!fixed && across > 2 && down > 2) found.push(`lies on another: ${named(one)} and ${named(other)}`);
  }));
  return found;
}"""
"""What is off on the page as it stands, a line each."""


def main() -> int:
    """Look at every page over demo data."""
    with tempfile.TemporaryDirectory() as home, started_site(Path(home)) as (url, password, _links):
        return inspect(url, home, password)


def inspect(url: str, home: str, password: str) -> int:
    """Tells what was found and how many pages were seen."""
    told, pages = dict[str, str](), 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
        for path in PUBLIC:
            told |= _look_at(page, url, path)
        sign_in(page, url, password)
        config = load_config({"TONVAL_HOME": home})
        site = app.create_app(config, opening.open_field(config))
        for path in _addresses(page, url, site.url_map.bind("")):
            told |= _look_at(page, url, path)
            pages += 1
        browser.close()
    for words, where in told.items():
        sys.stdout.write(f"{where}: {words}\n")
    sys.stdout.write(f"{pages + len(PUBLIC)} pages in {len(LANGUAGES)} languages: {len(told)} things are off\n")
    return bool(told)


def _look_at(page: Page, url: str, path: str) -> dict[str, str]:
    """What is off at the address in any language, theme and width."""
    found = dict[str, str]()
    for language in LANGUAGES:
        page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}")
        for width, theme in ((360, "dark"), (1440, "light"), (360, "light"), (1440, "dark")):
            page.set_viewport_size({"width": width, "height": SIZES[width]})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            for words in page.evaluate(LOOK):
                found.setdefault(words, f"{path} {language} {width} {theme}")
    return found


def _addresses(page: Page, url: str, rules: MapAdapter) -> list[str]:
    """One page of each kind of address that the admin's links lead to."""
    one_of = {"": ""}
    waiting, seen = ["/desk", "/admin", "/account"], set[str]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(rules, path)
        if kind in one_of or path.startswith(LEAVE_OUT):
            continue
        answer = page.request.get(url + path)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        one_of[kind] = path
        links = (unescape(link) for link in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text()))
        waiting += [link for link in dict.fromkeys(links) if link not in seen]
        seen.update(waiting)
    return [path for path in one_of.values() if path]


def _kind(rules: MapAdapter, path: str) -> str:
    """Which route leads there."""
    try:
        return str(rules.match(urlsplit(path).path)[0])
    except HTTPException:
        return ""


if __name__ == "__main__":
    sys.exit(main())
