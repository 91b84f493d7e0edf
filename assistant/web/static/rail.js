// The conversations at the left; where the window is narrow, a drawer behind a button.
import { button, element, fetchPage, sentenceOf, words } from "./words.js";

const byId = (id) => document.getElementById(id);
let current = "";
let opening = () => {};
let starting = () => {};

export function buildRail(onOpen, onNew) {
  opening = onOpen;
  starting = onNew;
  const rail = byId("rail");
  rail.setAttribute("role", "navigation");
  rail.setAttribute("aria-label", words("conversation.title"));
  const top = element("div", { class: "rail-top" }, element("h2", {}, words("conversation.title")));
  top.append(button("act close-rail", words("source.close"), closeRail));
  const search = element("input", {
    type: "search",
    class: "rail-search",
    "aria-label": words("conversation.search"),
    placeholder: words("conversation.search"),
    maxlength: "200",
  });
  search.addEventListener("input", later(() => refreshRail()));
  rail.replaceChildren(top, search, element("div", { class: "rail-list" }));
  const menu = button("act menu", words("conversation.title"), toggleRail);
  menu.id = "menu";
  menu.setAttribute("aria-controls", "rail");
  menu.setAttribute("aria-expanded", "false");
  byId("tabs").before(menu);
  rail.addEventListener("click", clicked);
  rail.addEventListener("submit", submitted);
  rail.addEventListener("focusout", left);
  return refreshRail();
}

function later(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, 200);
  };
}

export async function refreshRail() {
  const asked = document.querySelector("#rail .rail-search").value.trim();
  const query = asked ? `?${new URLSearchParams({ words: asked })}` : "";
  await fill(`/conversations${query}`);
}

// Whether there is a new list; where not, a sentence says why above the old one.
async function fill(address, options = {}) {
  const list = document.querySelector("#rail .rail-list");
  let section = null;
  let sentence = words("trouble.unexpected_answer");
  try {
    const given = await fetchPage(address, options);
    section = given.page.querySelector("section.conversations");
    sentence = given.page.querySelector("article.trouble-view p")?.textContent ?? sentence;
  } catch (error) {
    sentence = sentenceOf(error);
  }
  list.querySelector(".notice")?.remove();
  if (section) {
    section.querySelector("search")?.remove(); // the rail has a field of its own, which stays
    list.replaceChildren(document.importNode(section, true));
  } else {
    list.prepend(element("p", { class: "notice", role: "alert" }, sentence));
  }
  markCurrent();
  return section !== null;
}

export function setCurrent(conversation) {
  current = conversation;
  markCurrent();
}

// The open conversation is marked in the list, and its name stands above the chat.
function markCurrent() {
  let name = "";
  for (const link of document.querySelectorAll("#rail a.conversation-link")) {
    const here = current !== "" && link.dataset.conversation === current;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (here) name = link.textContent.trim();
  }
  if (name || !current) {
    document.title = name ? `${name} - Accord` : "Accord";
    // Until it is renamed, it is called as its first question, which stands there already.
    const first = document.querySelector("#chat .question")?.textContent.trim();
    byId("name").textContent = name === first ? "" : name;
  }
}

function clicked(event) {
  const link = event.target.closest("a.conversation-link");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain) return;
  event.preventDefault();
  closeRail();
  opening(link.dataset.conversation);
}

// Renaming, deleting, searching: the list that comes back takes the place of this one.
async function submitted(event) {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const data = new URLSearchParams(new FormData(form, event.submitter));
  if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
    await fill(`${form.getAttribute("action")}?${data}`);
    return;
  }
  const gone = current !== "" && form.getAttribute("action").endsWith(`/${current}/delete`);
  if (!(await fill(form.getAttribute("action"), { method: "POST", body: data }))) return;
  if (gone) starting();
  const first = document.querySelector("#rail a.conversation-link") ?? document.querySelector("#rail .rail-search");
  first.focus();
}

const railIsShown = () => byId("rail").getClientRects().length > 0;
export const railIsOpen = () => document.body.classList.contains("railing");

function toggleRail() {
  if (railIsOpen()) {
    closeRail();
    return;
  }
  document.body.classList.add("railing");
  byId("menu").setAttribute("aria-expanded", "true");
  document.querySelector("#rail .rail-search").focus();
}

export function closeRail({ focus = true } = {}) {
  if (!railIsOpen()) return;
  document.body.classList.remove("railing");
  byId("menu").setAttribute("aria-expanded", "false");
  if (focus) byId("menu").focus();
}

// The drawer covers what the focus goes on to.
function left(event) {
  const to = event.relatedTarget;
  if (to && to !== byId("menu") && !byId("rail").contains(to)) closeRail({ focus: false });
}

// What is open at a conversation, the innermost first; whether there was anything.
export function closeMenu(from) {
  const lost = from === document.body && railIsShown();
  const open = from.closest?.("#rail details[open]") ?? (lost && document.querySelector("#rail .more[open]"));
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
}
