// The chat: asking, asking again, copying, judging, and telling a screen reader of an answer once.
import { fillPanel } from "./panel.js";
import { refreshRail, setCurrent } from "./rail.js";
import { button, element, words } from "./words.js";

const byId = (id) => document.getElementById(id);
const box = () => document.querySelector("#ask textarea, #ask input");
const field = (id) => byId(id).querySelector("textarea, input");
const PENDING = "#chat .answer.pending";
const ABOVE_PX = 16;

let awaited = false; // an answer is being written in this page
let seen = ""; // the place of the last answer that was told of
let sent = null; // what is on its way: its text, which stays in the box, and the answer that was last
let draft = ""; // what stood in the box when another question was asked by a button
let editing = null; // the text that editing put into the box
let stood = 0; // where following an answer left the log

// The fields are Gradio's: they hear of a new text through an input event.
export function write(into, text) {
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(into), "value").set;
  setter.call(into, text);
  into.dispatchEvent(new Event("input", { bubbles: true }));
}

export const press = (id) => setTimeout(() => byId(id).click(), 0);

export const focusBox = () => box().focus();

// `again` names the exchange that this one takes the place of.
export function ask(question, again = "") {
  focusBox();
  if (document.querySelector(PENDING)) return;
  endEditing();
  draft = box().value;
  write(field("again"), again);
  write(box(), question);
  send();
}

// What was sent goes by a field of its own: in the box the next question may be begun already. Gradio
// hears of the field before the button, which is pressed after this.
export function send() {
  if (sending()) press("send");
}

export function openConversation(conversation) {
  leave();
  write(field("conversation"), conversation);
  press("open");
  show(conversation);
}

export function startAnew() {
  leave();
  show("");
  focusBox();
}

// What was begun in a conversation ends with it; what was typed stays in the box.
function leave() {
  endEditing();
  unsent();
}

// The box keeps a question until it stands in the chat: one that does not arrive is not lost.
function sending() {
  const text = box().value;
  if (!text.trim() || document.querySelector(PENDING)) return false;
  if (sent && text.startsWith(sent.text)) return false; // Gradio takes no second one meanwhile
  sent = { text, last: lastAnswer() };
  write(field("asked"), text);
  document.dispatchEvent(new CustomEvent("accord:sent", { detail: text }));
  return true;
}

export function unsent() {
  sent = null;
  draft = "";
}

// What has been typed since it was sent stays.
function arrived() {
  const now = box().value;
  if (now.startsWith(sent.text)) write(box(), now.slice(sent.text.length) || draft);
  unsent();
  editing = null;
  note("editing", null);
  awaited = true;
  follow(true);
}

export function show(conversation, replace = false) {
  const address = conversation ? `/chat/?c=${encodeURIComponent(conversation)}` : "/chat/";
  if (location.pathname + location.search !== address) {
    history[replace ? "replaceState" : "pushState"]({}, "", address);
  }
  setCurrent(conversation);
}

const last = (found) => [...document.querySelectorAll(found)].pop();
const lastAnswer = () => last("#chat .answer");
const lastQuestion = () => last("#chat .question")?.textContent ?? "";
const numberOf = (answer) => placeOf(answer)?.get("exchange") ?? "unkept";

// The last question goes back into the box; sending it takes the place of the old one.
function edit(answer) {
  editing = lastQuestion();
  write(field("again"), numberOf(answer));
  write(box(), editing);
  const line = element("p", { class: "editing" }, words("chat.editing"));
  line.append(" ", button("act", words("chat.cancel"), stopEditing));
  note("editing", line);
  box().focus();
  box().setSelectionRange(box().value.length, box().value.length);
}

function endEditing() {
  write(field("again"), "");
  note("editing", null);
  if (box().value === editing) write(box(), "");
  editing = null;
}

function stopEditing() {
  endEditing();
  write(box(), "");
  focusBox();
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

function placeOf(answer) {
  const place = answer.querySelector("a.place");
  return place && new URL(place.href).searchParams;
}

function judge(act, answer) {
  answer.querySelector(".feedback")?.remove();
  if (act.value === "right") {
    sendVerdict(answer, "right", "");
    return;
  }
  const name = act.value === "wrong" ? "feedback.word" : "feedback.missing";
  const area = element("textarea", { rows: "2", maxlength: "2000" });
  const form = element("form", { class: "feedback" }, element("label", {}, words(name), area));
  const send = element("button", { type: "submit", class: "act primary" }, words("feedback.send"));
  const closing = () => {
    form.remove();
    act.focus();
  };
  form.append(send, button("act", words("chat.cancel"), closing));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closing();
  });
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
    if (response.ok) pressVerdict(answer, verdict);
    else sentence = (await response.json()).error?.message ?? words("trouble.unexpected_answer");
  } catch {
    sentence = words("trouble.unreachable");
  }
  const had = answer.querySelector(".feedback")?.contains(document.activeElement);
  answer.querySelector(".feedback")?.remove();
  const thanks = element("p", { class: "feedback thanks", role: "status", tabindex: "-1" }, sentence);
  answer.querySelector(".actions").after(thanks);
  if (had) answer.querySelector(`.verdict[value="${verdict}"]`).focus();
}

function pressVerdict(answer, verdict) {
  for (const act of answer.querySelectorAll(".verdict")) {
    act.setAttribute("aria-pressed", String(act.value === verdict));
  }
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
  const answer = lastAnswer();
  if (!answer) {
    seen = "";
    return;
  }
  if (sent && answer !== sent.last) arrived();
  if (answer.matches(".pending")) {
    awaited = true;
    seen = "";
    follow();
    return;
  }
  const written = awaited;
  if (written) finish(answer);
  const place = answer.querySelector("a.place");
  if (!place || place.href === seen) return;
  seen = place.href;
  settle(answer, placeOf(answer));
  if (!written) follow(true);
}

function finish(answer) {
  awaited = false;
  follow();
  tell(proseOf(answer));
  // Stop goes out of sight with the answer's end.
  if (document.activeElement?.closest("#stop")) focusBox();
  document.dispatchEvent(new Event("accord:answered"));
}

// The log goes along with an answer until its question has reached the top, so that a long one is read
// from its beginning; it stays where somebody scrolled it. `anew`: wherever it stands.
function follow(anew = false) {
  const [log, question] = [document.querySelector('#chat [role="log"]'), last("#chat .question")];
  if (!log || !question || (!anew && Math.abs(log.scrollTop - stood) > 2)) return;
  log.scrollTop += question.getBoundingClientRect().top - log.getBoundingClientRect().top - ABOVE_PX;
  stood = log.scrollTop;
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

function instead(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  send();
}

export function buildTalk() {
  document.body.append(element("div", { id: "announcer", role: "status", "aria-live": "polite", class: "unseen" }));
  byId("chat").before(element("h2", { id: "name" }));
  const changes = { subtree: true, childList: true, attributeFilter: ["aria-label", "aria-live"] };
  new MutationObserver(look).observe(byId("chat"), changes);
  look();
  document.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (sends && event.target === box()) instead(event);
  }, true);
  byId("send").addEventListener("click", (event) => event.isTrusted && instead(event), true);
  byId("chat").addEventListener("click", (event) => {
    const act = event.target.closest("button.act");
    const answer = event.target.closest(".answer");
    if (!act || !answer) return;
    if (act.matches(".copy")) copy(act, answer);
    if (act.matches(".retry")) ask(lastQuestion(), numberOf(answer));
    if (act.matches(".edit")) edit(answer);
    if (act.matches(".verdict")) judge(act, answer);
  });
}
