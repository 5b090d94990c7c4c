// Times come in UTC and are shown in the reader's own zone: the hour today, the day and hour before.
import { spoken } from './words.js';

const hour = new Intl.DateTimeFormat(spoken, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(spoken, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const whole = new Intl.DateTimeFormat(spoken, { dateStyle: 'full', timeStyle: 'medium' });

export function localise(root) {
  const today = new Date().toDateString();
  for (const place of root.querySelectorAll('time[datetime]')) {
    const moment = new Date(place.dateTime);
    place.title = whole.format(moment);
    if (place.dataset.fixed === undefined) {
      place.textContent = (moment.toDateString() === today ? hour : day).format(moment);
    }
  }
}
