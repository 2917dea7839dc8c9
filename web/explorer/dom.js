// Small helpers for the document.

/**
 * The element of the page with that id, of the class that is given.
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof (kind ?? HTMLElement))) throw new Error(`the page has no ${kind?.name ?? "element"} ${id}`);
  return /** @type {T} */ (/** @type {Element} */ (element));
}

/** Makes an element: h("td", { class: "key" }, "text", child, ...). */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value === true) element.setAttribute(attribute, "");
    else if (value !== false && value !== undefined) element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

const integers = new Intl.NumberFormat();

/** 12345 as 12,345, or as the user's language has it. */
export function count(n) {
  return integers.format(n);
}

/** "1 record", "2,000 records". */
export function counted(n, noun) {
  return `${count(n)} ${noun}${Number(n) === 1 ? "" : "s"}`;
}
