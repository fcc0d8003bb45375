// One pop-up menu for bubbles, avatars and the head of a chat.
import { $, h, icon } from './dom.js';

let opener;

/** Open a menu of {icon, text, run, danger} below an element, or at a point. */
export function openMenu(items, at, from) {
  const menu = $('menu');
  opener = from ?? at;
  menu.replaceChildren(...items.map((item) =>
    h('button', {
      type: 'button', role: 'menuitem', class: item.danger ? 'danger' : '', disabled: item.disabled,
      onclick: () => { closeMenu(); item.run(); },
    }, item.icon && icon(item.icon), item.text)));
  menu.hidden = false;
  place(menu, at);
  menu.querySelector('button:not([disabled])')?.focus();
}

function place(menu, at) {
  const box = at.getBoundingClientRect?.() ?? { left: at.x, right: at.x, top: at.y, bottom: at.y };
  const { offsetWidth: width, offsetHeight: height } = menu;
  const room = document.documentElement;
  let left = box.left + width > room.clientWidth - 8 ? box.right - width : box.left;
  let top = box.bottom + 4 + height > room.clientHeight - 8 ? box.top - height - 4 : box.bottom + 4;
  left = Math.max(8, Math.min(left, room.clientWidth - width - 8));
  top = Math.max(8, Math.min(top, room.clientHeight - height - 8));
  menu.style.left = left + 'px';
  menu.style.top = top + 'px';
}

export function closeMenu(back = false) {
  const menu = $('menu');
  if (menu.hidden) return;
  menu.hidden = true;
  if (back) opener?.focus?.();
}

export function initMenu() {
  const menu = $('menu');
  document.addEventListener('pointerdown', (e) => menu.contains(e.target) || closeMenu());
  window.addEventListener('resize', () => closeMenu());
  for (const moved of ['wheel', 'touchmove']) $('scroller').addEventListener(moved, () => closeMenu(), { passive: true });
  menu.addEventListener('keydown', (e) => {
    const items = [...menu.querySelectorAll('button:not([disabled])')];
    const i = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) items[(i + step + items.length) % items.length]?.focus();
    else if (e.key === 'Escape' || e.key === 'Tab') closeMenu(true);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
}
