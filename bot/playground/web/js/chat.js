// The open conversation: its head, its lines, and where it is scrolled to.
import { $, h, bdi, icon, avatar } from './dom.js';
import { t } from './texts.js';
import { state, on, isPrivate, isMember, group, mine } from './store.js';
import { dayLabel, dayOf } from './time.js';
import { lineElement, daySeparator, spoken } from './lines.js';
import { announce } from './toast.js';
import { openMenu } from './menu.js';
import { join, leave, rename } from './actions.js';
import { askName } from './ask.js';
import { openPersonas } from './personas.js';

let missed = 0; // lines that came while the reader was further up
let today = '';

export function initChat() {
  on('room', ({ loading }) => { head(); gate(); redraw(loading); });
  on('line', added);
  on('me', () => { head(); gate(); redraw(); });
  on('members', (g) => { if (g.id === state.room) { head(); gate(); } });
  on('people', head);
  on('clock', newDay);
  $('scroller').addEventListener('scroll', () => { if (atEnd()) caughtUp(); }, { passive: true });
  $('to-end').addEventListener('click', () => toEnd(true));
  $('group-menu').addEventListener('click', groupMenu);
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe($('scroller'));
  $('log').addEventListener('click', touched);
}

let stuck = true; // the newest line stays in sight

const atEnd = () => {
  const s = $('scroller');
  return (stuck = s.scrollHeight - s.scrollTop - s.clientHeight < 60);
};

function toEnd(smooth = false) {
  stuck = true;
  $('scroller').scrollTo({ top: $('scroller').scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  caughtUp();
}

function caughtUp() {
  missed = 0;
  $('to-end').hidden = true;
}

function head() {
  const secret = isPrivate(state.room);
  const g = group(state.room);
  const name = secret ? `${state.bot.name} · ${t('private')}` : g?.name ?? '';
  $('title').replaceChildren(bdi(name));
  const me = mine();
  $('subtitle').replaceChildren(...(secret ? [t('private.hint')] : g ? [t('members.count', { n: g.members.length })] : []));
  $('show-members').hidden = $('group-menu').hidden = secret || !g || !me;
  $('app').dataset.kind = secret ? 'private' : 'group';
}

/** Where somebody is no member, a way in stands in the place of the composer. */
function gate() {
  const me = mine();
  const open = state.room && me && isMember(state.room);
  $('composer').hidden = !open;
  $('gate').hidden = !!open || !state.room && !!me;
  if (open) return;
  if (!me) {
    $('gate').replaceChildren(h('button', { type: 'button', class: 'button main', onclick: openPersonas }, icon('join'), t('who.new')));
    return;
  }
  $('gate').replaceChildren(
    h('button', { type: 'button', class: 'gate-who', 'aria-haspopup': 'dialog', title: t('me.switch'), onclick: openPersonas }, avatar(me), h('span', { dir: 'auto' }, t('join.hint', { name: '\u2068' + me.name + '\u2069' }))),
    h('button', { type: 'button', class: 'button main', onclick: () => join() }, icon('join'), t('join')));
}

function groupMenu(e) {
  const items = isMember(state.room)
    ? [{ icon: 'edit', text: t('rename'), run: () => askName({ title: t('rename.title'), go: t('rename.go'), value: mine().name }).then((a) => a && rename(a.name)) },
      { icon: 'leave', text: t('leave'), danger: true, run: leave }]
    : [{ icon: 'join', text: t('join'), run: () => join() }];
  openMenu(items, e.currentTarget);
}

function redraw(loading = false) {
  today = dayOf(state.clock.now);
  const list = [];
  if (state.full) list.push(h('li', { class: 'note' }, h('span', {}, t('log.full'))));
  state.lines.forEach((line, i) => {
    const before = state.lines[i - 1];
    const day = daySeparator(line, before);
    if (day) list.push(day);
    list.push(lineElement(line, day ? null : before));
  });
  if (!state.lines.length && state.room) {
    const empty = loading ? t('loading') : t(isPrivate(state.room) ? 'log.private' : 'log.empty');
    list.push(h('li', { class: 'empty' + (loading ? ' loading' : '') }, icon('flame'), h('p', {}, empty)));
  }
  $('log').replaceChildren(...list);
  toEnd();
}

// More lines than this in the page are not kept when new ones come.
const MOST = 600;

function added({ line, fresh, reshaped }) {
  const end = atEnd();
  if (reshaped || state.lines.length === 1) {
    const at = $('scroller').scrollTop;
    redraw();
    if (!end) $('scroller').scrollTop = at;
  } else if (fresh) {
    if (state.lines.length > MOST && end) {
      state.lines.splice(0, state.lines.length - MOST / 2);
      state.full = true;
      redraw();
    } else append(line);
  } else replace(line);
  if (!fresh) return end && toEnd();
  if (line.from !== state.me) announce(spoken(line));
  if (end || line.from === state.me) toEnd();
  else {
    missed++;
    $('to-end-text').textContent = t('new.lines', { n: missed });
    $('to-end').hidden = false;
  }
}

function append(line) {
  const before = state.lines[state.lines.length - 2];
  const day = daySeparator(line, before);
  const el = lineElement(line, day ? null : before);
  el.classList.add('fresh');
  $('log').append(...(day ? [day, el] : [el]));
}

function replace(line) {
  const old = $('log').querySelector(`[data-id="${CSS.escape(line.id)}"]`);
  const i = state.lines.indexOf(line);
  const before = state.lines[i - 1];
  old?.replaceWith(lineElement(line, before && dayOf(before.at) === dayOf(line.at) ? before : null));
}

/** When the clock reaches a new day, "today" is another one. */
function newDay() {
  if (dayOf(state.clock.now) === today) return;
  today = dayOf(state.clock.now);
  for (const el of $('log').querySelectorAll('.day')) el.firstChild.textContent = dayLabel(el.dataset.day);
}

/** Without a pointer that hovers, a touch of a bubble shows the button of its menu. */
function touched(e) {
  if (!matchMedia('(hover: none)').matches) return;
  const line = e.target.closest('.line');
  for (const el of $('log').querySelectorAll('.line.touched')) if (el !== line) el.classList.remove('touched');
  if (line && !e.target.closest('button')) line.classList.toggle('touched');
}
