// The collector's clock, as its last event told it; ages go on by this machine's own while none comes.

import { attribute, text } from './dom.js';
import { age, unknown } from './format.js';

let told = null;
let heard = 0;

export function heardAt(iso) {
  told = Date.parse(iso);
  heard = performance.now();
}

/** The collector's time now, in milliseconds; null before the first event. */
export const now = () => told === null ? null : told + (performance.now() - heard);

/** Seconds since the last event. */
export const silence = () => told === null ? null : (performance.now() - heard) / 1000;

/** Makes an element show the age of a moment from now on; null shows a dash. */
export function since(element, iso) {
  attribute(element, 'data-at', iso ?? null);
  attribute(element, 'title', iso ?? 'not known');
  showAge(element);
}

export function showAges() {
  document.querySelectorAll('[data-at]').forEach(showAge);
}

function showAge(element) {
  const at = element.dataset.at, time = now();
  text(element, !at || time === null ? unknown : age((time - Date.parse(at)) / 1000));
  if (element.dataset.due) attribute(element, 'data-late', at && time !== null && (time - Date.parse(at)) / 1000 > Number(element.dataset.due) ? '' : null);
}
