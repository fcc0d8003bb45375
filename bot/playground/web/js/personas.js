// Who speaks: some people worth being, everybody else by name, and new ones.
import { $, h, bdi, avatar, icon } from './dom.js';
import { t } from './texts.js';
import { state, on, become, mine, isPrivate, group, apply } from './store.js';
import { post } from './api.js';
import { tell } from './toast.js';
import { askName } from './ask.js';
import { roleName } from './members.js';
import { join } from './actions.js';

const MOST = 40;

export function initPersonas() {
  $('me').addEventListener('click', openPersonas);
  $('who-close').addEventListener('click', () => $('who').close());
  $('who').addEventListener('click', (e) => { if (e.target === $('who')) $('who').close(); });
  $('who-search').addEventListener('input', list);
  $('who-search').addEventListener('keydown', (e) => { if (e.key === 'Enter') { e.preventDefault(); $('who-list').querySelector('button')?.click(); } });
  $('who-new').addEventListener('click', create);
  on('me people rooms', card);
  card();
}

function card() {
  const me = mine();
  const role = state.personas.find((p) => p.user === state.me)?.role;
  $('me').replaceChildren(
    me ? avatar(me) : h('span', { class: 'avatar' }, '?'),
    h('span', { class: 'who' }, h('small', {}, t('me.speak')), h('span', { class: 'who-name' }, bdi(me?.name ?? t('me.none')), role && h('span', { class: 'tag' }, roleName(role)))),
    h('span', { class: 'switch' }, icon('switch'), t('me.switch')));
  $('me').setAttribute('aria-label', `${t('me.speak')}: ${me?.name ?? t('me.none')}. ${t('me.switch')}`);
}

export function openPersonas() {
  if (!state.people.size) return create();
  $('who-search').value = '';
  list();
  $('who').showModal();
  $('who-list').querySelector('[aria-current]')?.focus();
}

function list() {
  const part = $('who-search').value.trim().toLowerCase();
  const picked = state.personas.filter((p) => state.people.has(p.user));
  const roles = new Map(picked.map((p) => [p.user, p.role]));
  const everyone = [...state.people.values()];
  const out = [];
  if (part) {
    const found = everyone.filter((p) => p.name.toLowerCase().includes(part));
    out.push(...section('who.found', found, roles));
    if (!found.length) out.push(h('p', { class: 'none' }, t('who.nobody')));
  } else {
    out.push(...section('who.picked', picked.map((p) => state.people.get(p.user)), roles));
    out.push(...section('who.everyone', everyone.filter((p) => !roles.has(p.id)), roles));
  }
  $('who-list').replaceChildren(...out);
}

function section(title, people, roles) {
  if (!people.length) return [];
  const more = people.length - MOST;
  return [h('h4', {}, t(title)), h('ul', {}, ...people.slice(0, MOST).map((p) => row(p, roles.get(p.id)))),
    more > 0 && h('p', { class: 'none' }, t('who.more', { n: more }))].filter(Boolean);
}

function row(p, role) {
  const unread = state.unread['p:' + p.id];
  return h('li', {}, h('button', {
    type: 'button', class: 'member', 'aria-current': p.id === state.me ? 'true' : undefined,
    onclick: () => { $('who').close(); become(p.id); },
  }, avatar(p), bdi(p.name), role && h('span', { class: 'tag' }, roleName(role)),
  unread && h('span', { class: 'unread', title: t('who.unread') }, String(unread))));
}

async function create() {
  if ($('who').open) $('who').close();
  const g = isPrivate(state.room) ? undefined : group(state.room) ?? state.groups[0];
  const answer = await askName({ title: t('new.title'), go: t('new.create'), value: $('who-search').value.trim(), join: g && t('new.join', { group: g.name }) });
  if (!answer) return;
  let born;
  if (!(await tell(post('api/people', { name: answer.name }).then((p) => (born = p))))) return;
  apply({ type: 'person', person: born });
  become(born.id);
  if (answer.join) await join(g.id);
}
