// Writing a message: the field, what it answers, whom it mentions, pictures and quick commands.
import { $, h, bdi, avatar } from './dom.js';
import { t } from './texts.js';
import { state, on, mine } from './store.js';
import { post, postFile } from './api.js';
import { toast, tell } from './toast.js';
import { narrow } from './nav.js';
import { completing, completeKey, complete, closeComplete } from './complete.js';
import { openPersonas } from './personas.js';

const THIN = '\u2005'; // what stands behind a mention

let quoted = null; // the line that is answered
let chosen = new Map(); // people mentioned, by id
let nonce = newNonce(); // names this message until it is known to have arrived
const drafts = new Map(); // what was being written, by room
let room = '';

function newNonce() {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join('');
}

export function initComposer() {
  const text = $('text');
  on('room', entered);
  on('me people', face);
  on('clock', enable);
  $('composer').addEventListener('submit', (e) => { e.preventDefault(); send(); });
  text.addEventListener('input', () => { nonce = newNonce(); changed(); });
  text.addEventListener('keydown', keys);
  text.addEventListener('click', complete);
  text.addEventListener('blur', () => setTimeout(() => document.activeElement !== text && closeComplete(), 150));
  $('at').addEventListener('click', () => { text.focus(); insert('@'); });
  $('as').addEventListener('click', openPersonas);
  $('reply-cancel').addEventListener('click', () => { answer(null); text.focus(); });
  $('picture').addEventListener('change', (e) => { sendPicture(e.target.files[0]); e.target.value = ''; });
  const hint = () => { text.placeholder = t(narrow.matches ? 'composer.short' : 'composer.hint'); };
  narrow.addEventListener('change', hint);
  hint();
  face();
  chips();
}

function keys(e) {
  if (e.isComposing || e.keyCode === 229) return; // an input method is at work
  if (completing() && completeKey(e)) return;
  if (e.key === 'Enter' && !e.shiftKey) {
    e.preventDefault();
    send();
  } else if (e.key === 'Escape' && quoted) answer(null);
}

function entered() {
  if (room !== state.room) {
    if (room) drafts.set(room, $('text').value);
    room = state.room;
    $('text').value = drafts.get(room) ?? '';
    answer(null);
    closeComplete();
    if (!narrow.matches && room && $('text').offsetParent && !document.querySelector('dialog[open]')) $('text').focus();
  }
  face();
  changed();
}

function face() {
  const me = mine();
  if (!me) return;
  $('as').replaceChildren(avatar(me));
  $('as').title = t('composer.as', { name: me.name });
  $('as').setAttribute('aria-label', t('composer.as', { name: me.name }));
}

function changed() {
  const text = $('text');
  text.style.height = 'auto';
  text.style.height = Math.min(text.scrollHeight, 160) + 'px';
  enable();
  usage(text.value);
  complete();
}

function enable() {
  $('send').disabled = !$('text').value.trim() || state.clock.moving;
  $('composer').classList.toggle('waiting', state.clock.moving);
}

/** What a command that is being written still needs. */
function usage(text) {
  const [, name] = /^[/／]?(\S+)\s/.exec(text) ?? [];
  const command = name && state.commands.find((c) => c.name === name && c.usage);
  $('usage').hidden = !command;
  if (command) $('usage').replaceChildren(h('b', {}, `${command.name} ${command.usage}`), command.help ? ' · ' + command.help : '');
}

/** Put words where the caret is, in the place of as many characters before it. */
export function insert(words, instead = 0) {
  const text = $('text');
  text.setRangeText(words, text.selectionStart - instead, text.selectionEnd, 'end');
  nonce = newNonce();
  changed();
}

/** Mention somebody. */
export function mention(who, instead = 0) {
  chosen.set(who.id, who);
  $('text').focus();
  insert('@' + who.name + THIN, instead);
}

/** Answer a line. */
export function replyTo(line) {
  answer(line);
  $('text').focus();
}

function answer(line) {
  quoted = line;
  $('replying').hidden = !line;
  if (line) {
    $('replying-text').replaceChildren(bdi(t('reply.to', { name: line.name })), ' ',
      h('span', { dir: 'auto' }, line.kind === 'image' ? t('preview.picture') : line.text.slice(0, 80)));
  }
}

function chips() {
  $('chips').replaceChildren(...state.commands.map((c) =>
    h('button', { type: 'button', title: [c.usage && `${c.name} ${c.usage}`, c.help].filter(Boolean).join(' · '), onclick: () => quick(c) }, c.name)));
  $('chips').hidden = !state.commands.length;
}

function quick(command) {
  if (!command.usage) return deliver({ text: command.name, mentions: [], nonce: newNonce() });
  $('text').value = command.name + ' ';
  $('text').focus();
  nonce = newNonce();
  changed();
}

async function send() {
  const field = $('text');
  const text = field.value;
  if (!text.trim()) return;
  if (state.clock.moving) return toast(t('clock.busy'));
  const mentions = [...chosen.values()].filter((p) => text.includes('@' + p.name)).map((p) => p.id);
  const message = { text, mentions, quote: quoted?.id ?? '', nonce };
  const reply = quoted;
  const people = chosen;
  field.value = '';
  nonce = newNonce();
  chosen = new Map();
  answer(null);
  closeComplete();
  changed();
  if (await deliver(message) || field.value) return;
  field.value = text; // it was not taken: nothing that was written is lost
  chosen = people;
  nonce = message.nonce;
  if (reply) answer(reply);
  changed();
}

/** Deliver a message; true when it is in the conversation, be it marked as failed. */
async function deliver(message) {
  if (state.clock.moving) return toast(t('clock.busy'));
  try {
    await post('api/say', { room: state.room, as: state.me, ...message });
    return true;
  } catch (err) {
    toast(err.message);
    return err.code === 'undelivered';
  }
}

async function sendPicture(file) {
  if (!file) return;
  if (file.size > 2 << 20) return toast(t('error.picture_size'));
  $('composer').classList.add('uploading');
  await tell(postFile('api/picture', { room: state.room, as: state.me, nonce: newNonce() }, file));
  $('composer').classList.remove('uploading');
}
