// The list of chats.
import { $, h, bdi, avatar } from './dom.js';
import { t } from './texts.js';
import { state, on, privateRoom, isPrivate, mine } from './store.js';
import { listTime } from './time.js';
import { noteText } from './notes.js';
import { go } from './nav.js';

let due = false;

export function initRooms() {
  on('rooms people members clock', () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  });
  draw();
}

function draw() {
  const rows = [];
  if (mine()) rows.push(row({ id: privateRoom(), name: `${state.bot.name} · ${t('private')}`, person: state.bot }));
  for (const g of state.groups) rows.push(row(g));
  if (!state.groups.length) rows.push(h('li', { class: 'none' }, t('groups.none')));
  const focused = document.activeElement?.dataset?.room;
  $('rooms').replaceChildren(...rows);
  if (focused) document.querySelector(`#rooms [data-room="${CSS.escape(focused)}"]`)?.focus();
}

function row(g) {
  const last = state.newest[g.id];
  const unread = state.unread[g.id] ?? 0;
  const secret = isPrivate(g.id);
  return h('li', {}, h('button', {
    type: 'button', 'data-room': g.id, class: 'room' + (secret ? ' secret' : ''),
    'aria-current': g.id === state.room ? 'page' : undefined,
    onclick: () => go(g.id),
  },
  secret ? avatar(g.person, true) : h('span', { class: 'group-face' }, avatar(g)),
  h('span', { class: 'top' }, bdi(g.name),
    !secret && h('span', { class: 'count' }, String(g.members.length)),
    last && h('time', {}, listTime(last.at))),
  h('span', { class: 'bottom' },
    h('span', { class: 'preview', dir: 'auto' },
      state.calls[g.id] && h('em', {}, t('preview.mention') + ' '), last ? preview(last, secret) : t('preview.empty')),
    unread > 0 && h('span', { class: 'unread', 'aria-label': t('unread', { n: unread }) }, unread > 99 ? '99+' : String(unread)))));
}

function preview(line, secret) {
  const text = line.kind === 'text' ? line.text.slice(0, 80).replace(/\s+/g, ' ')
    : line.kind === 'image' ? t('preview.picture') : null;
  if (text === null) return noteText(line);
  const who = line.from === state.me ? t('you') : line.name;
  return secret && line.bot ? text : `${who}: ${text}`;
}
