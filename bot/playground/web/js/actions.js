// What can be done to a line or a person.
import { t } from './texts.js';
import { state, become, isMember, isPrivate } from './store.js';
import { post } from './api.js';
import { tell, toast } from './toast.js';
import { openMenu } from './menu.js';
import { mention, replyTo } from './composer.js';

const deed = (what, more) => tell(post('api/' + what, { room: state.room, as: state.me, ...more }));

export const join = (room = state.room) => tell(post('api/join', { room, as: state.me }));
export const leave = () => deed('leave');
export const rename = (name) => deed('rename', { name });
export const tap = (who) => deed('tap', { whom: who.id });

export const retry = (line) => tell(post('api/say', {
  room: state.room, as: line.from, nonce: line.nonce, text: line.text ?? '', mentions: (line.mentions ?? []).map((m) => m.id),
}));

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('copied'));
  } catch { /* a page without a secure origin has no clipboard */ }
}

export function lineMenu(line, at) {
  const own = line.from === state.me;
  const here = isMember(state.room);
  const done = !line.state;
  const items = [];
  if (line.state === 'failed') items.push({ icon: 'retry', text: t('retry'), run: () => retry(line) });
  if (here && done) items.push({ icon: 'reply', text: t('reply'), run: () => replyTo(line) });
  if (here && !own && !isPrivate(state.room)) items.push({ icon: 'at', text: t('at'), run: () => mention({ id: line.from, name: line.name }) });
  if (here && !own) items.push({ icon: 'hand', text: t('tap'), run: () => tap({ id: line.from }) });
  if (line.kind === 'text' && navigator.clipboard) items.push({ icon: 'copy', text: t('copy'), run: () => copy(line.text) });
  if (own && here && done) items.push({ icon: 'undo', text: t('recall'), danger: true, run: () => deed('recall', { line: line.id }) });
  if (items.length) openMenu(items, at);
}

export function personMenu(who, at) {
  const here = isMember(state.room);
  const items = [];
  if (here && who.id !== state.me && !isPrivate(state.room)) items.push({ icon: 'at', text: t('at'), run: () => mention(who) });
  if (here) items.push({ icon: 'hand', text: t('tap'), run: () => tap(who) });
  if (who.id !== state.me && who.id !== state.bot.id) items.push({ icon: 'switch', text: t('talk.as'), run: () => become(who.id) });
  if (items.length) openMenu(items, at);
}
