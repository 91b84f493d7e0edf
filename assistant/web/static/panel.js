// The panel beside the chat: a tab for each sort of view. Every view is a page of Accord's own, whose
// article is shown here; links and forms in it stay in the panel.
import { button, element, fetchPage, page, sentenceOf, words } from "./words.js";

const PATHS = { deals: "/deals", timeline: "/timeline", map: "/map", company: "/companies", library: "/library" };
const NAMES = ["source", ...Object.keys(PATHS)];
const FILES = /\.(csv|xlsx|md|docx)$/;

const state = {
  tab: "", // the tab whose view is shown; empty while the panel is closed
  at: { ...PATHS, source: "" }, // where each tab stands
  about: {}, // what the last answer is about, by tab
  trail: [], // where "back" leads
  opener: null, // what has the focus again when the panel closes
  loading: null,
};

const byId = (id) => document.getElementById(id);

export function buildPanel() {
  const names = page.library ? NAMES : NAMES.filter((name) => name !== "library");
  const tabs = byId("tabs");
  tabs.setAttribute("role", "tablist");
  tabs.setAttribute("aria-label", words("tab.list"));
  tabs.replaceChildren(...names.map(tabOf));
  tabs.addEventListener("keydown", walkTabs);
  const panel = byId("panel");
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-label", words("panel.title"));
  panel.replaceChildren(element("div", { class: "bar" }), element("div", { class: "shown", tabindex: "-1" }));
  markTabs();
}

function tabOf(name) {
  const made = button("tab", words(`tab.${name}`), (event) => {
    const byKeyboard = event.detail === 0;
    if (state.tab === name) close();
    else openTab(name, made, byKeyboard);
  });
  made.id = `tab-${name}`;
  made.setAttribute("role", "tab");
  made.setAttribute("aria-controls", "panel");
  return made;
}

// Arrow keys walk along the tabs, Enter opens: a view may take a moment to load.
function walkTabs(event) {
  const tabs = [...byId("tabs").children];
  const here = tabs.indexOf(document.activeElement);
  const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 };
  if (here < 0 || !(event.key in steps)) return;
  event.preventDefault();
  const next = tabs[(steps[event.key] + tabs.length) % tabs.length];
  for (const tab of tabs) tab.tabIndex = tab === next ? 0 : -1;
  next.focus();
}

function markTabs() {
  const chosen = state.tab || "source";
  for (const tab of byId("tabs").children) {
    const name = tab.id.slice("tab-".length);
    tab.setAttribute("aria-selected", String(name === state.tab));
    tab.tabIndex = name === chosen ? 0 : -1;
    const count = state.about[name]?.count;
    const label = words(`tab.${name}`);
    tab.replaceChildren(label, ...(count ? [element("span", { class: "count" }, String(count))] : []));
    if (count) tab.setAttribute("aria-label", words("panel.of_answer", { name: label, count }));
    else tab.removeAttribute("aria-label");
  }
  if (!state.tab) return;
  byId("panel").setAttribute("aria-labelledby", `tab-${state.tab}`);
  byId(`tab-${state.tab}`).scrollIntoView({ block: "nearest", inline: "nearest" });
}

// What the last answer is about fills the tabs; the view that is open follows it.
export function fillPanel(deals, companies) {
  const filter = (name, ids) => ids.map((id) => `${name}=${encodeURIComponent(id)}`).join("&");
  const chosen = filter("deal", deals);
  const near = companies.length ? filter("company", companies) : chosen;
  state.about = {};
  if (deals.length) {
    state.about.deals = { address: `${PATHS.deals}?${chosen}`, count: deals.length };
    state.about.timeline = { address: `${PATHS.timeline}?${chosen}` };
  }
  if (near) state.about.map = { address: `${PATHS.map}?${near}` };
  if (companies.length) state.about.company = { address: `${PATHS.company}/${companies[0]}` };
  for (const name of ["deals", "timeline", "map", "company"]) {
    state.at[name] = state.about[name]?.address ?? PATHS[name];
  }
  markTabs();
  if (state.tab in PATHS && state.tab !== "library") load(state.at[state.tab], { focus: false });
}

export const emptyPanel = () => {
  fillPanel([], []);
  state.at.source = "";
  if (state.tab === "source") close();
};

export async function openTab(name, opener, focus = false) {
  remember();
  state.opener = opener;
  if (name === "source" && !state.at.source) {
    reveal("source");
    show(note(words("source.title"), words("source.none")), { focus });
    return;
  }
  state.tab = name;
  await load(state.at[name], { focus });
}

export function openAddress(address, opener) {
  remember();
  if (opener && !byId("panel").contains(opener)) state.opener = opener;
  return load(address, { focus: true });
}

export const isOpen = () => state.tab !== "";

// Where the window is narrow, nothing of the chat can be seen or have the focus meanwhile.
export function uncoverChat() {
  if (isOpen() && byId("talk").getClientRects().length === 0) close();
}

// What stands in it may be replaced meanwhile.
export function focusPanel() {
  byId("panel").querySelector(".shown").focus();
}

export function close() {
  state.loading?.abort();
  const opener = state.opener?.isConnected ? state.opener : byId(`tab-${state.tab}`);
  Object.assign(state, { tab: "", trail: [], opener: null });
  document.body.classList.remove("reading");
  byId("panel").querySelector(".shown")?.replaceChildren();
  light(null);
  markTabs();
  opener?.focus();
}

// The address of a view or a source that the panel can show; null for any other, and for files.
export function shownHere(link) {
  // The `href` of a link in a drawing is no text.
  const url = new URL(typeof link === "string" ? link : link.getAttribute("href"), location.href);
  if (url.origin !== location.origin || FILES.test(url.pathname)) return null;
  return tabFor(url.pathname) ? url.pathname + url.search + url.hash : null;
}

function tabFor(path) {
  if (path === "/source") return "source";
  return Object.keys(PATHS).find((name) => path === PATHS[name] || path.startsWith(`${PATHS[name]}/`));
}

function remember() {
  if (!state.tab || !state.at[state.tab]) return;
  const shown = byId("panel").querySelector(".shown");
  state.trail.push({ address: state.at[state.tab], top: scroller(shown)?.scrollTop ?? 0 });
}

function back() {
  const last = state.trail.pop();
  if (last) load(last.address, { focus: true, top: last.top });
}

async function load(address, { focus, top = 0, options = {} }) {
  state.loading?.abort();
  state.loading = new AbortController();
  const { signal } = state.loading;
  const name = tabFor(new URL(address, location.href).pathname);
  document.body.classList.add("loading-panel");
  let article;
  try {
    const given = await fetchPage(address, { ...options, signal });
    const url = new URL(given.address);
    article = given.page.querySelector("article.source, article.view");
    article ??= note(words("trouble.title"), words("trouble.unexpected_answer"));
    state.at[name] = url.pathname + url.search;
  } catch (error) {
    if (signal.aborted) return;
    article = note(words(name === "source" ? "source.missing" : "trouble.title"), sentenceOf(error));
    state.at[name] = address;
  }
  document.body.classList.remove("loading-panel");
  if (signal.aborted) return;
  const anchor = name === "source" ? state.opener : null;
  const before = anchor?.getBoundingClientRect().top;
  reveal(name);
  show(article, { focus, top });
  holdStill(anchor, before);
}

function reveal(name) {
  state.tab = name;
  document.body.classList.add("reading");
  markTabs();
}

function show(article, { focus = false, top = 0 } = {}) {
  const shown = byId("panel").querySelector(".shown");
  const imported = document.importNode(article, true);
  foldFilters(imported);
  shown.replaceChildren(imported);
  fillBar();
  const mark = shown.querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
  else if (scroller(shown)) scroller(shown).scrollTop = top;
  // What a map was asked about stands near its middle; a narrow panel begins there.
  const sheet = shown.querySelector(".sheet");
  if (sheet) sheet.scrollLeft = (sheet.scrollWidth - sheet.clientWidth) / 2;
  if (focus) {
    const heading = shown.querySelector(".source-text") ?? shown.querySelector("h2");
    if (heading && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    heading?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("accord:view", { detail: imported }));
}

// Beside the chat there is little room: a large form of filters opens when it is wanted.
function foldFilters(article) {
  const search = article.querySelector("search:has(select)");
  if (!search) return;
  const folded = element("details", { class: "filtering" }, element("summary", {}, words("filter.title")));
  folded.open = article.querySelector(".notice") !== null;
  search.replaceWith(folded);
  folded.append(search);
}

const scroller = (shown) => shown.querySelector(".source-text") ?? shown;

function fillBar() {
  const parts = [];
  if (state.trail.length) parts.push(button("act back", words("panel.back"), back));
  const about = state.about[state.tab]?.address;
  const here = state.at[state.tab];
  if (about && here === about) parts.push(viewLink(PATHS[state.tab], words("panel.all")));
  else if (about) parts.push(viewLink(about, words("panel.answer")));
  if (here) {
    const link = element("a", { class: "act out", href: here, target: "_blank", rel: "noopener" });
    link.append(words("panel.page"));
    parts.push(link);
  }
  parts.push(button("act close", words("source.close"), close));
  byId("panel").querySelector(".bar").replaceChildren(...parts);
}

const viewLink = (href, text) => element("a", { class: "act view-link", href }, text);

function note(heading, sentence) {
  const body = element("div", { class: "source-text", tabindex: "0" }, element("p", {}, sentence));
  const header = element("header", {}, element("h2", {}, heading));
  return element("article", { class: "source trouble" }, header, body);
}

// The chat grows narrower beside a source; the mark stays where the eye is.
function holdStill(anchor, top) {
  const log = anchor?.closest?.('[role="log"]');
  if (log && top !== undefined) log.scrollTop += anchor.getBoundingClientRect().top - top;
}

export function light(anchor) {
  for (const mark of document.querySelectorAll("a.open")) mark.classList.remove("open");
  anchor?.classList.add("open");
}

// A form of a view: what it answers with is shown in the panel.
export function submitForm(form, submitter) {
  const data = new FormData(form, submitter);
  const sent = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? state.at[state.tab];
  if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
    const query = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    remember();
    return load(`${new URL(sent, location.href).pathname}?${query}`, { focus: true });
  }
  const whole = form.enctype.startsWith("multipart");
  const options = { method: "POST", body: whole ? data : new URLSearchParams(data) };
  return load(sent, { focus: true, options });
}
