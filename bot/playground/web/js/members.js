// Who is in the open group.
import { $, h, bdi, avatar } from './dom.js';
import { t } from './texts.js';
import { state, on, group, isPrivate, isMember, person } from './store.js';
import { mention } from './composer.js';
import { personMenu } from './actions.js';

const roomy = matchMedia('(min-width: 1180px)');
let wanted = roomy.matches;

export function initMembers() {
  on('room me members people', draw);
  $('show-members').addEventListener('click', () => { wanted = $('members').hidden; draw(); if (wanted && !roomy.matches) $('hide-members').focus(); });
  $('hide-members').addEventListener('click', hide);
  $('veil').addEventListener('click', hide);
  $('member-search').addEventListener('input', draw);
  $('members').addEventListener('keydown', (e) => { if (e.key === 'Escape' && !roomy.matches) hide(); });
  roomy.addEventListener('change', () => { wanted = roomy.matches; draw(); });
  on('room', ({ loading }) => { if (loading && !roomy.matches) { wanted = false; draw(); } });
}

function hide() {
  wanted = false;
  draw();
  $('show-members').focus();
}

function draw() {
  const g = group(state.room);
  const shown = wanted && !!g && !isPrivate(state.room);
  $('members').hidden = !shown;
  $('veil').hidden = !shown || roomy.matches;
  $('show-members').setAttribute('aria-expanded', String(shown));
  if (!shown) return;
  $('member-count').textContent = t('members.count', { n: g.members.length });
  const part = $('member-search').value.trim().toLowerCase();
  const roles = new Map(state.personas.map((p) => [p.user, p.role]));
  const rows = [state.bot, ...g.members.map(person)]
    .filter((p) => p && p.name.toLowerCase().includes(part)).map((p) => row(p, roles.get(p.id)));
  $('member-list').replaceChildren(...(rows.length ? rows : [h('li', { class: 'none' }, t('members.none'))]));
}

function row(p, role) {
  const isBot = p === state.bot;
  return h('li', {}, h('button', {
    type: 'button', class: 'member',
    onclick: (e) => {
      if (p.id === state.me || !isMember(state.room)) return personMenu(p, e.currentTarget);
      if (!roomy.matches) wanted = false;
      draw();
      mention(p);
    },
    oncontextmenu: (e) => { e.preventDefault(); personMenu(p, { x: e.clientX, y: e.clientY }); },
  }, avatar(p, isBot), bdi(p.name), isBot && h('span', { class: 'badge' }, t('bot.badge')),
  p.id === state.me && h('span', { class: 'tag' }, t('you')),
  role && h('span', { class: 'tag' }, roleName(role))));
}

export function roleName(role) {
  const name = t('role.' + role);
  return name === 'role.' + role ? role : name;
}
