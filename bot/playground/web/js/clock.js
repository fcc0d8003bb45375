// The community's time, and the buttons that move it.
import { $ } from './dom.js';
import { t } from './texts.js';
import { state, on } from './store.js';
import { post } from './api.js';
import { tell } from './toast.js';
import { openMenu } from './menu.js';
import { clockTime, fullTime } from './time.js';

const MOVES = [['hour', 'clock.hour'], ['morning', 'clock.tomorrow'], ['week', 'clock.week']];

export function initClock() {
  on('clock', draw);
  for (const button of document.querySelectorAll('[data-move]')) button.addEventListener('click', () => move(button.dataset.move));
  $('clock-pill').addEventListener('click', (e) => openMenu(MOVES.map(([what, key]) => ({
    text: what === 'morning' ? morning() : t(key), icon: 'clock', run: () => move(what), disabled: state.clock.moving || !state.clock.movable,
  })), e.currentTarget));
  draw();
}

/** Before eight, the next 08:00 is today's. */
const morning = () => t(clockTime(state.clock.now) < '08:00' ? 'clock.today' : 'clock.tomorrow');

async function move(what) {
  if (state.clock.moving) return;
  await tell(post('api/clock', { move: what }));
}

function draw() {
  const { now, moving, movable } = state.clock;
  $('now').textContent = fullTime(now);
  $('now').dateTime = $('pill-now').dateTime = now;
  $('pill-now').textContent = clockTime(now);
  $('moves').hidden = !movable;
  $('clock').classList.toggle('busy', moving);
  $('clock-pill').classList.toggle('busy', moving);
  $('moving-text').textContent = moving ? t('clock.moving') : '';
  for (const button of document.querySelectorAll('[data-move]')) button.disabled = moving;
  document.querySelector('[data-move=morning]').textContent = morning();
}
