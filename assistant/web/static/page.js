// What the page has that Gradio does not: conversations at the left, views and sources at the right, and
// what can be done with an answer. Files of their own, so that no script stands inline.
import { forgetSent, watchConnection } from "./connection.js";
import * as panel from "./panel.js";
import { buildRail, closeMenu, closeRail, railIsOpen, setCurrent } from "./rail.js";
import { ask, buildTalk, focusBox, openConversation, startAnew } from "./talk.js";
import { element, loadWords, sentenceOf, words } from "./words.js";

const PARTS = ["chat", "tabs", "rail", "panel", "notes", "conversation", "send"];

// Gradio draws the page some time after this file is read.
function drawn() {
  const isThere = () => PARTS.every((id) => document.getElementById(id));
  return new Promise((resolve) => {
    if (isThere()) return resolve();
    const watch = new MutationObserver(() => {
      if (!isThere()) return;
      watch.disconnect();
      resolve();
    });
    watch.observe(document.body, { subtree: true, childList: true });
  });
}

// What is shown there is no text of Gradio's, whose looks for text end here.
function takeOut() {
  for (const id of ["tabs", "rail", "panel", "notes"]) {
    const part = document.getElementById(id);
    document.getElementById(`${id}-holder`).replaceWith(part);
  }
}

// The first thing that the keyboard reaches.
function buildSkip() {
  const skip = element("a", { class: "skip", href: "#ask" }, words("chat.skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    panel.uncoverChat();
    focusBox();
  });
  document.body.prepend(skip);
}

const conversationHere = () => new URLSearchParams(location.search).get("c") ?? "";

function openFromRail(conversation) {
  panel.uncoverChat();
  openConversation(conversation);
  focusBox();
}

function startOver() {
  document.getElementById("new").click();
}

async function takeSeeds(act) {
  act.disabled = true;
  try {
    await fetch("/library/seeds", { method: "POST" });
    await panel.openTab("library", act);
    panel.focusPanel();
    await taken();
    document.getElementById("greet").click();
  } catch (error) {
    act.disabled = false;
    act.after(sentenceOf(error));
  }
}

// Until what is being taken in is taken in.
async function taken() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const progress = await (await fetch("/library/progress")).json();
    if (progress.state !== "working") return;
  }
}

// What the library has done changes what is held: the status line and the examples follow.
function followLibrary() {
  let seen = null;
  const look = () => {
    const done = document.querySelector('#panel .library-view :is(.note, .intake[data-state="done"])');
    if (done && done !== seen) document.getElementById("greet").click();
    seen = done;
  };
  new MutationObserver(look).observe(document.getElementById("panel"), { childList: true, subtree: true });
}

function clicked(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const anchor = event.target.closest?.("a[href]");
  const inChat = anchor?.matches("#chat a.cite, #chat a.source-link");
  const inPanel = anchor?.closest("#panel") && !anchor.matches(".out");
  if (anchor && plain && (inChat || inPanel) && panel.shownHere(anchor)) {
    event.preventDefault();
    if (inChat) panel.light(anchor);
    panel.openAddress(panel.shownHere(anchor), anchor);
    return;
  }
  const act = event.target.closest?.("button");
  if (!act) return;
  if (act.matches(".ask")) {
    panel.uncoverChat();
    ask(act.value || act.dataset.question);
  }
  if (act.matches(".seeds")) takeSeeds(act);
  if (act.matches(".open-library")) panel.openTab("library", act);
  if (act.id === "new") {
    closeRail();
    forgetSent();
    panel.emptyPanel();
    panel.uncoverChat();
    startAnew();
  }
}

function pressed(event) {
  if (event.key !== "Escape" || closeMenu(event.target)) return;
  if (railIsOpen()) closeRail();
  else if (panel.isOpen()) panel.close();
}

function submitted(event) {
  if (!event.target.closest("#panel") || !panel.shownHere(event.target.action)) return;
  event.preventDefault();
  panel.submitForm(event.target, event.submitter);
}

await Promise.all([loadWords(), drawn()]);
takeOut();
panel.buildPanel();
buildTalk();
buildRail(openFromRail, startOver);
buildSkip();
setCurrent(conversationHere());
watchConnection();
followLibrary();
document.addEventListener("click", clicked);
document.addEventListener("keydown", pressed);
document.addEventListener("submit", submitted);
addEventListener("popstate", () => openConversation(conversationHere()));
