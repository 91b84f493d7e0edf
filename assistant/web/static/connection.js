// Whether Accord is there: says in one sentence when it is not and when it is again, and loses nothing
// that was typed meanwhile. After a break Gradio loads the page anew; what was typed outlives that here.
import { note, send, unsent, write } from "./talk.js";
import { element, page, words } from "./words.js";

const EVERY_MS = 5000;
const AGAIN_MS = 1500;
const SHOWN_MS = 9000;
const TYPED = "accord.typed";
const SENT = "accord.sent"; // while its answer is not there
const STARTED = "accord.started";

const box = () => document.querySelector("#ask textarea, #ask input");

let away = false;
let waiting = false; // something was sent while nobody was there

function say(key, passing) {
  const line = element("p", { class: "connection", role: "status" }, words(key));
  note("connection", line);
  if (passing) setTimeout(() => line.remove(), SHOWN_MS);
}

async function look() {
  let started = "";
  try {
    const response = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    started = (await response.json()).started;
  } catch {
    if (!away) say("trouble.away", false);
    away = true;
    unsent();
    return;
  }
  if (started !== page.started) greetNew(started);
  else if (away) say("trouble.reached", true);
  away = false;
  if (waiting) send();
  waiting = false;
}

function greetNew(started) {
  // Gradio goes on waiting for what the old server was writing, and hears nothing of a new question:
  // the page begins anew, with the question in its box.
  if (document.querySelector("#chat .answer.pending")) {
    location.reload();
    return;
  }
  page.started = started;
  sessionStorage.setItem(STARTED, started);
  say("trouble.restarted", true);
}

// What is sent while nobody is there waits in the box.
function holdBack(event) {
  if (!away) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = true;
  look();
}

// Gradio's own notices stand in English in a corner; theirs is the place of ours.
function listen() {
  const heard = document.querySelector(".toast-body .toast-text")?.textContent.trim();
  if (!heard || heard === listen.last) return;
  listen.last = heard;
  unsent();
  look().then(() => {
    const gone = document.querySelector('[data-note="connection"]');
    if (!gone) note("connection", element("p", { class: "connection", role: "status" }, heard));
  });
}

export function forgetSent() {
  sessionStorage.removeItem(SENT);
}

function restore() {
  const kept = [SENT, TYPED].map((key) => sessionStorage.getItem(key)).filter(Boolean);
  const typed = [...new Set(kept)].join("\n");
  if (typed && !box().value) write(box(), typed);
  const before = sessionStorage.getItem(STARTED);
  if (before && before !== page.started) say("trouble.restarted", true);
  sessionStorage.setItem(STARTED, page.started);
}

export function watchConnection() {
  restore();
  document.addEventListener("input", (event) => {
    if (event.target === box()) sessionStorage.setItem(TYPED, event.target.value);
  });
  document.addEventListener("accord:sent", (event) => sessionStorage.setItem(SENT, event.detail));
  document.addEventListener("accord:answered", forgetSent);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === box()) holdBack(event);
  }, true);
  addEventListener("click", (event) => {
    if (event.target.closest?.("#send, .retry, .ask")) holdBack(event);
  }, true);
  new MutationObserver(listen).observe(document.body, { childList: true, subtree: true });
  const run = async () => {
    if (away || !document.hidden) await look();
    setTimeout(run, away ? AGAIN_MS : EVERY_MS);
  };
  setTimeout(run, EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}
