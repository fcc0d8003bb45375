// A small window that asks for a name.
import { $ } from './dom.js';

let settle;

export function initAsk() {
  $('ask-form').addEventListener('submit', (e) => {
    e.preventDefault();
    const name = $('ask-name').value.trim();
    if (name) done({ name, join: !$('ask-join-label').hidden && $('ask-join').checked });
  });
  $('ask-cancel').addEventListener('click', () => done(null));
  $('ask').addEventListener('close', () => done(null));
  $('ask').addEventListener('click', (e) => { if (e.target === $('ask')) $('ask').close(); });
}

/** Ask; gives {name, join}, or null when it was closed. */
export function askName({ title, go, value = '', join = '' }) {
  $('ask-title').textContent = title;
  $('ask-go').textContent = go;
  $('ask-name').value = value;
  $('ask-join-label').hidden = !join;
  $('ask-join').checked = true;
  $('ask-join-text').textContent = join ?? '';
  $('ask').showModal();
  $('ask-name').select();
  return new Promise((resolve) => (settle = resolve));
}

function done(answer) {
  settle?.(answer);
  settle = undefined;
  if ($('ask').open) $('ask').close();
}
