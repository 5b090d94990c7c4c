// Trends: the score as a line, its interval as a band, in the page's own colours, redrawn when data or theme change.
import { spoken, word } from './words.js';
const short = new Intl.DateTimeFormat(spoken, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const whole = new Intl.DateTimeFormat(spoken, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(data, width) {
  const ink = colour('--soft');
  const line = colour('--link');
  const grid = { stroke: colour('--line'), width: 1 };
  const [least, most] = data.scale;
  const points = { size: 5, fill: line, stroke: line };
  return {
    width, height: 200, cursor: { y: false }, legend: { live: true },
    scales: { x: { time: true }, y: { range: [least, most] } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      { stroke: ink, grid: { show: false }, ticks: { show: false }, values: (_, moments) => moments.map((at) => short.format(at * 1000)), space: 70 },
      { stroke: ink, grid, ticks: { show: false }, size: 44, splits: least < 0 ? [-100, -50, 0, 50, 100] : [0, 25, 50, 75, 100] },
    ],
    series: [
      { label: word('From'), value: (_, at) => (at == null ? '–' : whole.format(at * 1000)) },
      { label: data.label, stroke: line, width: 2, spanGaps: true, points, value: (_, v) => v ?? '–' },
      { label: word('Low'), stroke: 'transparent', spanGaps: true, points: { show: false } },
      { label: '95 %', stroke: 'transparent', spanGaps: true, points: { show: false }, value: (u, v, _, at) => (v == null ? '–' : word('%(low)s to %(high)s', { low: u.data[2][at], high: v })) },
      { label: word('Answers'), scale: 'n', stroke: 'transparent', points: { show: false }, value: (_, v) => v ?? '–' },
    ],
    bands: [{ series: [3, 2], fill: colour('--band') }],
  };
}

function draw(place) {
  const data = JSON.parse(place.querySelector('script').textContent);
  place.uplot?.destroy();
  const columns = [data.times, data.score, data.low, data.high, data.n];
  place.uplot = new uPlot(options(data, place.clientWidth), columns, place);
}

function drawAll(again) {
  for (const place of document.querySelectorAll('[data-chart]')) {
    if (again || !place.uplot) draw(place);
  }
}

let resizing;
addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(() => drawAll(true), 150); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTimeout(() => drawAll(true)));
document.addEventListener('tonval:theme', () => drawAll(true));
document.addEventListener('tonval:changed', () => drawAll(false));
document.addEventListener('htmx:load', () => drawAll(false));
drawAll(false);
