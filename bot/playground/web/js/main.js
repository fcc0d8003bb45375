// The page begins here.
import { $ } from './dom.js';
import { loadTexts } from './texts.js';
import { loadState, on, emit, privateRoom } from './store.js';
import { listen } from './stream.js';
import { initMenu } from './menu.js';
import { initViewer } from './viewer.js';
import { initAsk } from './ask.js';
import { initRooms } from './rooms.js';
import { initChat } from './chat.js';
import { initComposer } from './composer.js';
import { initMembers } from './members.js';
import { initPersonas } from './personas.js';
import { initClock } from './clock.js';
import { initNav, follow, go, goList } from './nav.js';
import { toast } from './toast.js';

/** Load everything again: another run of the server, or too much was missed. */
async function reload() {
  try {
    await loadState();
    for (const topic of ['rooms', 'people', 'clock']) emit(topic);
    await follow();
  } catch (err) {
    toast(err.message);
  }
}

await loadTexts();
for (;;) {
  try {
    await loadState();
    break;
  } catch {
    $('banner').hidden = false;
    await new Promise((again) => setTimeout(again, 1500));
  }
}
$('banner').hidden = true;
for (const init of [initMenu, initViewer, initAsk, initRooms, initChat, initComposer, initMembers, initPersonas, initClock, initNav]) init();
on('me', ({ wasPrivate }) => { if (wasPrivate) go(privateRoom()); });
$('back').addEventListener('click', goList);
await follow();
listen(reload);
document.documentElement.dataset.ready = 'yes';
