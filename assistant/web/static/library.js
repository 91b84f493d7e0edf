// The library without reloading: how far a taking-in is, and files that are dropped. The page works
// without it. The view may stand in the panel beside the chat and be replaced there at any time, so
// everything is looked up when it is needed.
(() => {
  "use strict";

  const EVERY_MS = 1000;
  let asking = false;
  let sent = false;

  const working = () => document.querySelector('.view .intake[data-state="working"]');

  function show(section, stand) {
    const bar = section.querySelector("progress");
    if (stand.total > 0) {
      bar.max = stand.total;
      bar.value = stand.done;
    } else {
      bar.removeAttribute("value");
    }
    const doing = section.querySelector(".doing");
    if (doing.textContent !== stand.what) doing.textContent = stand.what;
  }

  async function renew(view) {
    const response = await fetch("/library", { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const article = page.querySelector("article.view");
    if (!response.ok || !article || !view.isConnected) return;
    const fresh = document.importNode(article, true);
    const here = document.activeElement;
    const held = view.contains(here) || (here === document.body && !document.getElementById("chat"));
    view.replaceWith(fresh);
    tell(fresh, held);
  }

  // What was taken in is told once, by the focus or by the page's announcer, and not by its own role too.
  function tell(view, held) {
    const heading = view.querySelector(".intake h3");
    const outcome = view.querySelector(".intake [role]");
    if (!heading || !outcome) return;
    outcome.removeAttribute("role");
    if (held) {
      outcome.id = "intake-outcome";
      heading.setAttribute("aria-describedby", outcome.id);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } else {
      const announcer = document.getElementById("announcer");
      announcer?.replaceChildren(`${heading.textContent}: ${outcome.textContent}`);
    }
  }

  async function look() {
    const section = working();
    if (!section || asking || document.hidden) return;
    asking = true;
    try {
      const response = await fetch("/library/progress", { headers: { Accept: "application/json" } });
      const stand = response.ok ? await response.json() : null;
      if (stand?.state === "working") show(section, stand);
      else if (stand) await renew(section.closest("article.view"));
    } catch {
      // Accord cannot be reached just now; it is asked again.
    } finally {
      asking = false;
    }
  }

  const zoneOf = (event) => event.target.closest?.("form.drop-zone");
  const bringsFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone || !bringsFiles(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone || !bringsFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    const input = zone.querySelector('input[type="file"]');
    input.files = event.dataTransfer.files;
    if (input.files.length > 0) zone.requestSubmit();
  });

  // What was sent may all be taken in before the first look at how far it is.
  document.addEventListener("submit", ({ target }) => {
    sent = target.matches(".library-view .taking form");
  });
  document.addEventListener("accord:view", ({ detail: view }) => {
    if (sent && view.querySelector('.intake[data-state="done"]')) tell(view, true);
    sent = false;
  });

  // A merge changes how many companies and deals there are: the status line of the chat's page follows.
  document.addEventListener("accord:view", ({ detail: view }) => {
    const decided = view.matches(".merges-view") && view.querySelector(".note");
    if (decided) document.getElementById("greet")?.click();
  });

  setInterval(look, EVERY_MS);
})();
