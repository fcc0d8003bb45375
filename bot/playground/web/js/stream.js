// Hearing of changes as they happen, and coming back after the connection was lost.
import { $ } from './dom.js';
import { state, apply } from './store.js';

let source;
let wait = 500;
let alarm;

/** Listen from where the state is; reset is called when too much was missed. */
export function listen(reset) {
  source?.close();
  source = new EventSource('events?after=' + encodeURIComponent(state.mark));
  source.onopen = () => {
    wait = 500;
    calm();
  };
  source.onmessage = (e) => {
    if (e.lastEventId) state.mark = e.lastEventId;
    apply(JSON.parse(e.data));
  };
  source.addEventListener('reset', (e) => {
    state.mark = e.lastEventId;
    reset();
  });
  source.onerror = () => {
    alarm ??= setTimeout(() => ($('banner').hidden = false), 800);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(() => listen(reset), wait);
    wait = Math.min(wait * 2, 8000);
  };
}

function calm() {
  clearTimeout(alarm);
  alarm = undefined;
  $('banner').hidden = true;
}
