// The words of the page, in the language that the server chose for it.

const lang = document.documentElement.dataset.lang;
let table = {};
let botName = '';

export async function loadTexts() {
  const all = await (await fetch('static/texts.json')).json();
  table = all[lang] ?? all.zh;
}

export function setBotName(name) {
  botName = name;
}

/** The text of a key, with {name} and the like filled in. */
export function t(key, values = {}) {
  const text = table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, word) => values[word] ?? (word === 'bot' ? botName : whole));
}

export const has = (key) => key in table;
