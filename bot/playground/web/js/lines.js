// One line of a conversation as elements.
import { h, bdi, avatar, icon } from './dom.js';
import { t } from './texts.js';
import { state, person } from './store.js';
import { clockTime, dayOf, dayLabel, fullTime, minutes } from './time.js';
import { noteText } from './notes.js';
import { showPicture } from './viewer.js';
import { lineMenu, personMenu, retry, tap } from './actions.js';

const isBubble = (line) => line.kind === 'text' || line.kind === 'image';

/** A separator where a new day begins. */
export function daySeparator(line, before) {
  const day = dayOf(line.at);
  if (before && dayOf(before.at) === day) return null;
  return h('li', { class: 'day', 'data-day': day }, h('span', {}, dayLabel(day)));
}

/** Whether a line goes on where the one before it stopped. */
function goesOn(line, before) {
  return before && isBubble(before) && before.from === line.from && before.name === line.name &&
    dayOf(before.at) === dayOf(line.at) && minutes(before.at, line.at) < 4;
}

export function lineElement(line, before) {
  if (!isBubble(line)) {
    return h('li', { class: 'note of-' + line.kind, 'data-id': line.id }, h('span', { title: fullTime(line.at) },
      line.kind === 'clock' && icon('clock'), noteText(line)));
  }
  const own = line.from === state.me;
  const on = goesOn(line, before);
  const classes = ['line', own ? 'own' : '', line.bot ? 'bot' : '', on ? 'on' : '', line.state ?? ''];
  return h('li', { class: classes.filter(Boolean).join(' '), 'data-id': line.id },
    !on && face(line), h('div', { class: 'body' }, !on && meta(line, own), row(line)));
}

function face(line) {
  const who = { id: line.from, name: line.name };
  return h('button', {
    type: 'button', class: 'face', 'aria-label': line.name, title: t('tap'), 'aria-haspopup': 'menu',
    onclick: (e) => faceClick(e, who),
    ondblclick: () => tap(who),
  }, avatar(who, line.bot));
}

// A single click waits a moment, because it may become a double one.
let clicks;
function faceClick(e, who) {
  const at = e.currentTarget;
  clearTimeout(clicks);
  if (e.detail > 1) return;
  clicks = setTimeout(() => personMenu(who, at), e.detail === 0 ? 0 : 260);
}

function meta(line, own) {
  return h('div', { class: 'meta' }, !own && bdi(line.name),
    line.bot && h('span', { class: 'badge' }, t('bot.badge')),
    h('time', { title: fullTime(line.at) }, clockTime(line.at)));
}

function row(line) {
  const bubble = h('div', { class: 'bubble ' + line.kind },
    line.quote && h('blockquote', {}, bdi(line.quote.name), h('span', { class: 'quoted', dir: 'auto' }, line.quote.text.slice(0, 200) || t('preview.picture'))),
    line.kind === 'image' ? pictureElement(line) : words(line));
  bubble.addEventListener('contextmenu', (e) => {
    if (String(getSelection())) return;
    e.preventDefault();
    lineMenu(line, { x: e.clientX, y: e.clientY });
  });
  return h('div', { class: 'row' }, bubble,
    line.state === 'sending' && h('span', { class: 'spinner', role: 'img', 'aria-label': t('sending') }),
    line.state === 'failed' && h('button', { type: 'button', class: 'failed-mark', onclick: () => retry(line) }, icon('alert'), `${t('failed')} · ${t('retry')}`),
    h('button', { type: 'button', class: 'more', 'aria-label': t('more'), 'aria-haspopup': 'menu', onclick: (e) => lineMenu(line, e.currentTarget) }, icon('more')));
}

function pictureElement(line) {
  if (!line.picture) return h('span', { class: 'gone' }, t('preview.picture'));
  const alt = t('picture.alt', { name: line.name });
  const { width = 240, height = 180 } = line.picture;
  const img = h('img', { src: line.picture.url, alt, width, height, decoding: 'async' });
  img.style.width = `min(${width}px, 340px, 60vw, ${Math.round((340 * width) / height)}px)`; // its place is there before it is
  const button = h('button', { type: 'button', class: 'picture', 'aria-label': `${alt} · ${t('picture.open')}`, onclick: () => showPicture(line.picture.url, alt) }, img);
  img.addEventListener('error', () => button.replaceWith(h('span', { class: 'gone' }, t('picture.gone'))));
  return button;
}

// How much of a text is shown before it folds.
const FOLD = { characters: 700, lines: 18 };

function words(line) {
  const el = h('div', { class: 'words', dir: 'auto' }, ...marked(line));
  if (line.text.length <= FOLD.characters && line.text.split('\n', FOLD.lines + 1).length <= FOLD.lines) return el;
  el.classList.add('folded');
  const button = h('button', { type: 'button', class: 'unfold', 'aria-expanded': 'false', onclick: () => {
    const folded = el.classList.toggle('folded');
    button.textContent = t(folded ? 'unfold' : 'fold');
    button.setAttribute('aria-expanded', String(!folded));
  } }, t('unfold'));
  return h('div', {}, el, button);
}

/** The text with its mentions marked. */
function marked(line) {
  const names = [...new Set((line.mentions ?? []).map((m) => m.name))].filter(Boolean).sort((a, b) => b.length - a.length);
  if (!names.length) return [line.text];
  const parts = [];
  let rest = line.text;
  for (let i = rest.indexOf('@'); i >= 0; i = rest.indexOf('@', i + 1)) {
    const name = names.find((n) => rest.startsWith(n, i + 1));
    if (!name) continue;
    if (i) parts.push(rest.slice(0, i));
    const me = line.mentions.some((m) => m.name === name && m.id === state.me);
    parts.push(h('span', { class: 'mention' + (me ? ' mine' : '') }, bdi('@' + name, '')));
    rest = rest.slice(i + 1 + name.length);
    i = -1;
  }
  if (rest) parts.push(rest);
  return parts;
}

/** What is read aloud when a line comes in. */
export const spoken = (line) => (isBubble(line)
  ? `${person(line.from)?.name ?? line.name}: ${line.text || t('preview.picture')}` : noteText(line));
