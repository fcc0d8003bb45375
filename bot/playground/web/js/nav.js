// Which room is open is the address's business, so that the back button works: #room, or nothing for the list.
import { state, openRoom, privateRoom, isPrivate, group } from './store.js';
import { tell } from './toast.js';

export const narrow = matchMedia('(max-width: 760px)');

const hashOf = (room) => '#' + (isPrivate(room) ? 'private' : encodeURIComponent(room));

function asked() {
  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash === 'private' && state.me) return privateRoom();
  return group(hash) ? hash : '';
}

/** Open a room. */
export function go(room) {
  if (hashOf(room) !== location.hash) location.hash = hashOf(room);
  else follow();
}

/** Go to the list, where it is a screen of its own. */
export function goList() {
  history.replaceState(null, '', location.pathname + location.search);
  follow();
}

/** Show what the address asks for; on a wide screen there is always some room. */
export function follow() {
  let room = asked();
  if (!room && !narrow.matches) room = state.groups[0]?.id ?? (state.me ? privateRoom() : '');
  document.getElementById('app').dataset.screen = room && (asked() || !narrow.matches) ? 'chat' : 'list';
  return tell(openRoom(room));
}

export function initNav() {
  addEventListener('hashchange', follow);
  narrow.addEventListener('change', () => { if (!state.room) follow(); });
}
