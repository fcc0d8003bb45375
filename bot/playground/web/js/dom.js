// Making elements. Words of people only ever become text nodes.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes, listeners (on…) and children: nodes, or words. */
export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key === 'class') el.className = value;
    else el.setAttribute(key, value === true ? '' : value);
  }
  el.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return el;
}

export const $ = (id) => document.getElementById(id);

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', '#i-' + name);
  svg.append(use);
  return svg;
}

/** A name, kept apart from the direction of the words around it. */
export const bdi = (name, className = 'name') => h('bdi', { class: className, dir: 'auto' }, name);

const graphemes = Intl.Segmenter ? new Intl.Segmenter() : null;

function first(name) {
  if (!graphemes) return Array.from(name)[0] ?? '?';
  for (const part of graphemes.segment(name)) return part.segment;
  return '?';
}

function hue(id) {
  let sum = 2166136261;
  for (const c of id) sum = Math.imul(sum ^ c.codePointAt(0), 16777619);
  return (sum >>> 8) % 10;
}

/** The coloured circle of somebody: the same colour for the same id, for ever. */
export function avatar(person, isBot = false) {
  if (isBot) return h('span', { class: 'avatar bot-face', 'aria-hidden': 'true' }, icon('flame'));
  return h('span', { class: 'avatar hue-' + hue(person.id), 'aria-hidden': 'true' }, first(person.name || '?'));
}
