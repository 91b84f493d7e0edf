// The words of the interface, in the reader's language, and what may be done on this page.
let held = {};

export const page = { language: "en", library: false, started: "" };

export async function loadWords() {
  const response = await fetch("/texts", { headers: { Accept: "application/json" } });
  const given = await response.json();
  held = given.texts;
  Object.assign(page, { language: given.language, library: given.library, started: given.started });
  document.documentElement.lang = given.language;
}

export function words(key, values = {}) {
  return (held[key] ?? key).replace(/\{(\w+)\}/g, (field, name) => values[name] ?? field);
}

// An element with its text, attributes and children; nothing here is ever read as HTML.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(look, text, onClick) {
  const made = element("button", { type: "button", class: look }, text);
  made.addEventListener("click", onClick);
  return made;
}

// A page of Accord's own, as a document whose scripts do not run.
export async function fetchPage(address, options = {}) {
  const response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) throw new Refused((await response.json()).error?.message ?? "");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { page, address: response.url };
}

// One sentence with which Accord said no.
export class Refused extends Error {}

export function sentenceOf(error) {
  if (error instanceof Refused) return error.message || words("trouble.unexpected_answer");
  return words("trouble.unreachable");
}
