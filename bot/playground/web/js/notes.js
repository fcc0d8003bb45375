// The lines that are no bubbles: joins, leaves, new names, recalls, nudges, moves of the clock.
import { t } from './texts.js';
import { state } from './store.js';
import { fullTime } from './time.js';

// First and last marks that keep a name's own direction inside a sentence.
const isolate = (name) => '\u2068' + name + '\u2069';

export function noteText(line) {
  const name = isolate(line.name ?? '');
  const other = line.mentions?.[0];
  switch (line.kind) {
    case 'joined':
      return other ? t('line.joined.by', { name, by: isolate(other.name) }) : t('line.joined', { name });
    case 'left':
      return t('line.left', { name });
    case 'renamed':
      return t('line.renamed', { name, text: isolate(line.text) });
    case 'recalled':
      return line.from === state.me ? t('line.recalled.you') : t('line.recalled', { name });
    case 'tapped':
      if (other?.id === line.from) return t('line.tapped.self', { name });
      return t('line.tapped', { name, whom: isolate(other?.name ?? '') });
    case 'clock':
      return t('line.clock', { text: fullTime(line.at) });
  }
  return '';
}
