// A picture at its full size.
import { $ } from './dom.js';

export function showPicture(url, alt) {
  $('viewer-picture').src = url;
  $('viewer-picture').alt = alt;
  $('viewer').showModal();
}

export function initViewer() {
  $('viewer').addEventListener('click', () => $('viewer').close());
}
