// Talking to the server.
import { t, has } from './texts.js';

/** What the server refused; its message is fit to be shown. */
export class Refused extends Error {
  constructor(code, message, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused('network', t('network'), 0);
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const key = 'error.' + body.error;
  throw new Refused(body.error ?? 'inside', has(key) ? t(key) : body.message || t('error.inside'), answer.status);
}

export const get = (path) => ask(path, { cache: 'no-store' });

export const post = (path, body) =>
  ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

export const postFile = (path, query, file) =>
  ask(path + '?' + new URLSearchParams(query), { method: 'POST', headers: { 'Content-Type': file.type }, body: file });
