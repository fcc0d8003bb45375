// What this page knows, and who wants to hear when it changes.
import { get } from './api.js';
import { setBotName } from './texts.js';

export const state = {
  mark: '', // how far the stream has been heard
  bot: { id: '', name: '' },
  clock: { now: '', moving: false, movable: true },
  groups: [],
  people: new Map(),
  personas: [],
  commands: [],
  newest: {}, // line shown in the list, by room
  unread: {}, // number of lines not seen, by room
  calls: {}, // rooms where I was mentioned since I looked
  me: '', // id of the person who speaks
  room: '', // the open room; empty: none
  lines: [], // of the open room
  full: false, // older lines of the open room are gone
};

const listeners = {};

/** Hear of a topic: rooms, room, line, me, members, people, clock. */
export function on(topics, fn) {
  for (const topic of topics.split(' ')) (listeners[topic] ??= []).push(fn);
}

export function emit(topic, data) {
  for (const fn of listeners[topic] ?? []) fn(data);
}

export const privateRoom = () => 'p:' + state.me;
export const isPrivate = (room) => room.startsWith('p:');
export const group = (room) => state.groups.find((g) => g.id === room);
export const person = (id) => (id === state.bot.id ? state.bot : state.people.get(id));
export const mine = () => state.people.get(state.me);
export const isMember = (room) => isPrivate(room) || !!group(room)?.members.includes(state.me);

/** Load everything but lines. */
export async function loadState() {
  const s = await get('api/state');
  Object.assign(state, {
    mark: s.mark, bot: s.bot, clock: s.clock, groups: s.groups, personas: s.personas,
    commands: s.commands, newest: s.newest, people: new Map(s.people.map((p) => [p.id, p])),
  });
  setBotName(s.bot.name);
  if (!state.people.has(state.me)) {
    const kept = sessionStorage.getItem('me');
    state.me = state.people.has(kept) ? kept : s.personas[0]?.user ?? s.people[0]?.id ?? '';
  }
}

let early = null; // changes of the room that is being loaded

/** Load the lines of a room and make it the open one. */
export async function openRoom(room) {
  state.room = room;
  state.lines = [];
  state.full = false;
  delete state.unread[room];
  delete state.calls[room];
  emit('rooms');
  emit('room', { loading: true });
  if (!room) return;
  const waiting = (early = []);
  const { lines, full } = await get('api/lines?room=' + encodeURIComponent(room));
  if (state.room !== room || early !== waiting) return;
  early = null;
  state.lines = lines;
  state.full = full;
  waiting.forEach(upsert);
  emit('room', {});
}

/** Become somebody. */
export function become(id) {
  if (id === state.me || !state.people.has(id)) return;
  const wasPrivate = isPrivate(state.room);
  state.me = id;
  state.calls = {};
  sessionStorage.setItem('me', id);
  emit('me', { wasPrivate });
  emit('rooms');
}

/** Put a line where it belongs; tells whether it is new. */
function upsert(line) {
  const i = state.lines.findLastIndex((l) => l.id === line.id);
  if (i >= 0) {
    const old = state.lines[i];
    state.lines[i] = line;
    return { fresh: false, reshaped: old.kind !== line.kind || line.kind === 'clock' };
  }
  state.lines.push(line);
  return { fresh: true, reshaped: false };
}

/** One change, as the stream tells it. */
export function apply(update) {
  switch (update.type) {
    case 'line':
      return applyLine(update.room, update.line);
    case 'group':
      if (!group(update.group.id)) state.groups.push(update.group);
      return emit('rooms');
    case 'person':
      state.people.set(update.person.id, update.person);
      return emit('people', update.person);
    case 'member': {
      const g = group(update.room);
      if (!g) return;
      g.members = g.members.filter((id) => id !== update.user);
      if (update.in) g.members.push(update.user);
      return emit('members', g);
    }
    case 'clock':
      state.clock = update.clock;
      return emit('clock');
  }
}

function applyLine(room, line) {
  const old = state.newest[room];
  if (line.kind !== 'clock' && (!old || old.id === line.id || line.at >= old.at)) state.newest[room] = line;
  if (room === state.room) {
    if (early) early.push(line);
    else emit('line', { line, ...upsert(line) });
  } else if (old?.id !== line.id && (line.kind === 'text' || line.kind === 'image') && line.from !== state.me) {
    state.unread[room] = (state.unread[room] ?? 0) + 1;
    if (line.mentions?.some((m) => m.id === state.me)) state.calls[room] = true;
  }
  emit('rooms');
}
