// Completion while writing: members after @, commands after / at the beginning.
import { $, h, bdi, avatar } from './dom.js';
import { t } from './texts.js';
import { state, group, isPrivate, person } from './store.js';
import { mention, insert } from './composer.js';

const MOST = 50;

let offers = []; // {element, choose}
let at = 0;

export const completing = () => !$('complete').hidden;

export function closeComplete() {
  $('complete').hidden = true;
  $('text').removeAttribute('aria-activedescendant');
}

/** Look at what stands before the caret and offer what fits. */
export function complete() {
  const text = $('text');
  const before = text.value.slice(0, text.selectionStart);
  const command = /^[/／](\S{0,20})$/.exec(before);
  const name = /[@＠]([^\s@＠]{0,20})$/.exec(before);
  if (command) return show(commands(command[1]), 'complete.commands');
  if (name && !isPrivate(state.room)) return show(people(name[1]), 'complete.members');
  closeComplete();
}

function people(part) {
  const wanted = part.toLowerCase();
  const found = [state.bot, ...(group(state.room)?.members ?? []).filter((id) => id !== state.me).map(person)]
    .filter((p) => p && p.name.toLowerCase().includes(wanted))
    .sort((a, b) => !a.name.toLowerCase().startsWith(wanted) - !b.name.toLowerCase().startsWith(wanted));
  return found.slice(0, MOST).map((p) => ({
    content: [avatar(p, p === state.bot), bdi(p.name), p === state.bot && h('span', { class: 'badge' }, t('bot.badge'))],
    choose: () => mention(p, part.length + 1),
  }));
}

function commands(part) {
  return state.commands.filter((c) => c.name.includes(part)).map((c) => ({
    content: [h('b', {}, c.name), c.usage && h('span', { class: 'arguments' }, c.usage), h('span', { class: 'help' }, c.help ?? '')],
    choose: () => insert(c.name + (c.usage ? ' ' : ''), part.length + 1),
  }));
}

function show(found, label) {
  const box = $('complete');
  if (!found.length) return closeComplete();
  offers = found.map((offer, i) => ({
    choose: offer.choose,
    element: h('div', {
      role: 'option', id: 'offer-' + i, class: 'offer',
      onpointerdown: (e) => e.preventDefault(), // the field keeps the focus
      onclick: () => choose(i),
    }, ...offer.content),
  }));
  box.setAttribute('role', 'listbox');
  box.setAttribute('aria-label', t(label));
  box.replaceChildren(...offers.map((o) => o.element));
  box.hidden = false;
  point(0);
}

function point(i) {
  at = (i + offers.length) % offers.length;
  offers.forEach((o, n) => o.element.setAttribute('aria-selected', String(n === at)));
  offers[at].element.scrollIntoView({ block: 'nearest' });
  $('text').setAttribute('aria-activedescendant', 'offer-' + at);
}

function choose(i) {
  closeComplete();
  offers[i].choose();
  closeComplete();
}

/** A key while something is offered; true when it was meant for the offers. */
export function completeKey(e) {
  if (e.key === 'ArrowDown') point(at + 1);
  else if (e.key === 'ArrowUp') point(at - 1);
  else if (e.key === 'Enter' && !e.shiftKey || e.key === 'Tab') choose(at);
  else if (e.key === 'Escape') closeComplete();
  else return false;
  e.preventDefault();
  return true;
}
