// Short notes: seen ones, and ones that are only read aloud.
import { $ } from './dom.js';

let timer;

export function toast(text) {
  const el = $('toast');
  el.textContent = text;
  el.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (el.hidden = true), 4000);
}

export function announce(text) {
  $('announce').textContent = text.slice(0, 200);
}

/** Run something that the server may refuse, and show what it says then. */
export async function tell(promise) {
  try {
    await promise;
    return true;
  } catch (err) {
    toast(err.message);
    return false;
  }
}
