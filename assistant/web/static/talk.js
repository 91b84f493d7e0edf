// The chat: asking, asking again, copying, judging, and telling a screen reader of an answer once.
import { fillPanel } from "./panel.js";
import { refreshRail, setCurrent } from "./rail.js";
import { button, element, words } from "./words.js";

const byId = (id) => document.getElementById(id);
const box = () => document.querySelector("#ask textarea, #ask input");
const field = (id) => byId(id).querySelector("textarea, input");
const PENDING = "#chat .answer.pending";

let awaited = false; // an answer is being written in this page
let seen = ""; // the place of the last answer that was told of

// The fields are Gradio's: they hear of a new text through an input event.
export function write(into, text) {
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(into), "value").set;
  setter.call(into, text);
  into.dispatchEvent(new Event("input", { bubbles: true }));
}

export const press = (id) => setTimeout(() => byId(id).click(), 0);

export function ask(question) {
  if (document.querySelector(PENDING)) return;
  write(box(), question);
  press("send");
  box().focus();
}

export function openConversation(conversation) {
  write(field("conversation"), conversation);
  press("open");
  show(conversation);
}

export function show(conversation, replace = false) {
  const address = conversation ? `/chat/?c=${encodeURIComponent(conversation)}` : "/chat/";
  if (location.pathname + location.search !== address) {
    history[replace ? "replaceState" : "pushState"]({}, "", address);
  }
  setCurrent(conversation);
}

const lastQuestion = () => [...document.querySelectorAll("#chat .question")].pop()?.textContent ?? "";

function askAgain() {
  write(field("again"), "yes");
  ask(lastQuestion());
}

// The last question goes back into the box; sending it takes the place of the old one.
function edit() {
  write(field("again"), "yes");
  write(box(), lastQuestion());
  const line = element("p", { class: "editing" }, words("chat.editing"));
  line.append(" ", button("act", words("chat.cancel"), stopEditing));
  note("editing", line);
  box().focus();
  box().setSelectionRange(box().value.length, box().value.length);
}

function stopEditing() {
  write(field("again"), "");
  write(box(), "");
  note("editing", null);
  box().focus();
}

// Lines above the question box, one of a sort.
export function note(sort, line) {
  const notes = byId("notes");
  notes.querySelector(`[data-note="${sort}"]`)?.remove();
  if (!line) return;
  line.dataset.note = sort;
  notes.append(line);
}

async function copy(act, answer) {
  const text = answer.querySelector(".copy-text").textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyTheOldWay(text); // outside https, browsers have no clipboard to write to
  }
  act.textContent = words("chat.copied");
  tell(words("chat.copied"));
  setTimeout(() => (act.textContent = words("chat.copy")), 2500);
}

function copyTheOldWay(text) {
  const held = element("textarea", { class: "unseen" });
  held.value = text;
  document.body.append(held);
  held.select();
  document.execCommand("copy");
  held.remove();
}

// Feedback

const placeOf = (answer) => new URL(answer.querySelector("a.place").href).searchParams;

function judge(act, answer) {
  const acts = answer.querySelectorAll(".verdict");
  for (const one of acts) one.setAttribute("aria-pressed", String(one === act));
  answer.querySelector(".feedback")?.remove();
  if (act.value === "right") {
    sendVerdict(answer, "right", "");
    return;
  }
  const name = act.value === "wrong" ? "feedback.word" : "feedback.missing";
  const area = element("textarea", { rows: "2", maxlength: "2000" });
  const form = element("form", { class: "feedback" }, element("label", {}, words(name), area));
  const send = element("button", { type: "submit", class: "act primary" }, words("feedback.send"));
  form.append(send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    sendVerdict(answer, act.value, area.value);
  });
  answer.querySelector(".actions").after(form);
  area.focus();
}

async function sendVerdict(answer, verdict, said) {
  const place = placeOf(answer);
  const fields = { conversation: place.get("c"), exchange: place.get("exchange"), verdict, words: said };
  let sentence = words("feedback.thanks");
  try {
    const response = await fetch("/feedback", { method: "POST", body: new URLSearchParams(fields) });
    if (!response.ok) sentence = (await response.json()).error?.message ?? words("trouble.unexpected_answer");
  } catch {
    sentence = words("trouble.unreachable");
  }
  const had = answer.querySelector(".feedback")?.contains(document.activeElement);
  answer.querySelector(".feedback")?.remove();
  const thanks = element("p", { class: "feedback thanks", role: "status", tabindex: "-1" }, sentence);
  answer.querySelector(".actions").after(thanks);
  if (had) answer.querySelector(`.verdict[value="${verdict}"]`).focus();
}

// What has just been finished

function tell(sentence) {
  const spoken = byId("announcer");
  spoken.replaceChildren(element("p", {}, sentence));
}

function proseOf(answer) {
  const parts = [...answer.querySelectorAll(".kind, .said, .notice, :scope > p:not([class])")];
  return parts.map((part) => part.textContent).join(" ");
}

function look() {
  unname();
  const answers = document.querySelectorAll("#chat .answer");
  const last = answers[answers.length - 1];
  if (!last) {
    seen = "";
    return;
  }
  if (last.matches(".pending")) {
    awaited = true;
    seen = "";
    note("editing", null);
    return;
  }
  if (awaited) {
    awaited = false;
    tell(proseOf(last));
    document.dispatchEvent(new Event("accord:answered"));
  }
  const place = last.querySelector("a.place");
  if (!place || place.href === seen) return;
  seen = place.href;
  settle(last, placeOf(last));
}

// The tabs, the address and the rail follow the last answer.
function settle(answer, place) {
  const [deals, companies] = [place.getAll("deal"), place.getAll("company")];
  answer.dataset.deals = deals.join(" ");
  answer.dataset.companies = companies.join(" ");
  fillPanel(deals, companies);
  if (place.get("c")) {
    show(place.get("c"), true);
    refreshRail();
  }
}

// Gradio names each message by its whole markup, which a screen reader would spell out, and has every
// frame of an answer read anew.
function unname() {
  for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) {
    message.removeAttribute("aria-label");
  }
  const log = document.querySelector('#chat [role="log"]');
  if (!log) return;
  if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
  const name = words("chat.log");
  if (log.getAttribute("aria-label") !== name) log.setAttribute("aria-label", name);
  if (log.tabIndex !== 0) log.tabIndex = 0; // scrolled by keyboard
}

export function buildTalk() {
  document.body.append(element("div", { id: "announcer", role: "status", "aria-live": "polite", class: "unseen" }));
  byId("chat").before(element("h2", { id: "name" }));
  const changes = { subtree: true, childList: true, attributeFilter: ["aria-label", "aria-live"] };
  new MutationObserver(look).observe(byId("chat"), changes);
  look();
  byId("chat").addEventListener("click", (event) => {
    const act = event.target.closest("button.act");
    const answer = event.target.closest(".answer");
    if (!act || !answer) return;
    if (act.matches(".copy")) copy(act, answer);
    if (act.matches(".retry")) askAgain();
    if (act.matches(".edit")) edit();
    if (act.matches(".verdict")) judge(act, answer);
  });
}
