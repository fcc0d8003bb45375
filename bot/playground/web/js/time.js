// Times as the community's wall clock shows them. The server writes them with the zone's offset, so their
// digits are what is shown; no time zone is computed here.
import { t } from './texts.js';
import { state } from './store.js';

const DAY = 86400000;

export const clockTime = (at) => at.slice(11, 16);
export const dayOf = (at) => at.slice(0, 10);

const days = (day) => Date.parse(day + 'T00:00:00Z') / DAY;

/** "今天", "昨天", or a date with its weekday. */
export function dayLabel(day) {
  const ago = days(dayOf(state.clock.now)) - days(day);
  if (ago === 0) return t('today');
  if (ago === 1) return t('yesterday');
  return date(day) + ' ' + weekday(day);
}

function date(day) {
  const [y, m, d] = day.split('-').map(Number);
  const same = day.slice(0, 4) === state.clock.now.slice(0, 4);
  return t(same ? 'date' : 'date.year', { y, m, d });
}

const weekday = (day) => t('week.' + new Date(day + 'T00:00:00Z').getUTCDay());

/** A date, weekday and time in full. */
export const fullTime = (at) => `${date(dayOf(at))} ${weekday(dayOf(at))} ${clockTime(at)}`;

/** The short time of a list: today's time, or the day. */
export function listTime(at) {
  const ago = days(dayOf(state.clock.now)) - days(dayOf(at));
  if (ago <= 0) return clockTime(at);
  if (ago === 1) return t('yesterday');
  return ago < 7 ? weekday(dayOf(at)) : date(dayOf(at));
}

/** Minutes between two times. */
export const minutes = (from, to) => (Date.parse(to) - Date.parse(from)) / 60000;
