// Elements and their text. Whatever comes from outside goes in as text, never as markup.

// Control, invisible and bidirectional characters, and separators of lines: a reader would not see them, or be misled by them.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text with what cannot be seen shown by its number. */
export const visible = (value) => String(value ?? '').replace(HIDDEN, (c) => `U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`);

/** An element with attributes and children; a child may be a string. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, visible(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined).map((child) => child instanceof Node ? child : visible(child)));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Sets text only where it differs, so that a selection outlives the news. */
export function text(element, value) {
  const shown = visible(value);
  if (element.textContent !== shown) element.textContent = shown;
}

export function attribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== visible(value)) element.setAttribute(name, visible(value));
}

/** Brings the children of a parent in line with items: each keeps its element, and with it what the reader did to it. */
export function keyed(parent, items, keyOf, create, update) {
  const known = parent.known ??= new Map();
  const wanted = new Set(items.map(keyOf));
  for (const [key, element] of known) {
    if (!wanted.has(key)) {
      element.remove();
      known.delete(key);
    }
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let element = known.get(key);
    if (!element) {
      element = create(item);
      known.set(key, element);
    }
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
    update(element, item);
  }
}
