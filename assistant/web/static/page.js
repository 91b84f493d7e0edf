// The parts of the page that Gradio does not have: opening a source beside the chat, asking an
// example question, and the keyboard around both. Loaded once, as a file: no script stands inline.
(() => {
  "use strict";

  const MARKS = "a.cite, a.source-link";
  let opener = null; // the mark whose source is open
  let loading = null;

  const panel = () => document.getElementById("source-panel");

  function trouble(sentence) {
    const article = document.createElement("article");
    article.className = "source trouble";
    article.innerHTML = '<header><h2></h2></header><div class="source-text" tabindex="0"><p></p></div>';
    article.querySelector("h2").textContent = "This source cannot be shown";
    article.querySelector("p").textContent = sentence;
    return article;
  }

  async function fetchSource(address, signal) {
    const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("article.source") ?? trouble("Accord did not answer as expected.");
  }

  function closeButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close-source";
    button.textContent = "Close";
    button.addEventListener("click", close);
    return button;
  }

  function show(article) {
    const top = opener?.getBoundingClientRect().top;
    panel().replaceChildren(document.importNode(article, true), closeButton());
    document.body.classList.add("reading");
    holdStill(opener, top);
    panel().querySelector("mark")?.scrollIntoView({ block: "center" });
    panel().querySelector(".source-text").focus({ preventScroll: true });
  }

  // The chat grows narrower beside a source; the mark stays where the eye is.
  function holdStill(anchor, top) {
    const log = anchor?.closest('[role="log"]');
    if (log) log.scrollTop += anchor.getBoundingClientRect().top - top;
  }

  function light(anchor) {
    for (const mark of document.querySelectorAll("a.open")) mark.classList.remove("open");
    anchor?.classList.add("open");
  }

  async function open(anchor) {
    loading?.abort();
    loading = new AbortController();
    const { signal } = loading;
    opener = anchor;
    light(anchor);
    try {
      const article = await fetchSource(anchor.href, signal);
      if (!signal.aborted) show(article);
    } catch (error) {
      if (!signal.aborted) show(trouble("Accord cannot be reached. Is it still running?"));
    }
  }

  function close() {
    loading?.abort();
    document.body.classList.remove("reading");
    panel()?.replaceChildren();
    light(null);
    if (opener?.isConnected) opener.focus();
    opener = null;
  }

  // The box is Gradio's: it hears of the new text through an input event.
  function ask(question) {
    const box = document.querySelector("#ask textarea, #ask input");
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set;
    setter.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.getElementById("send").click(), 0);
    box.focus();
  }

  // Gradio names each message by its whole markup, which a screen reader would spell out.
  function unname() {
    for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) {
      message.removeAttribute("aria-label");
    }
  }
  const changes = { subtree: true, childList: true, attributeFilter: ["aria-label"] };
  new MutationObserver(unname).observe(document.body, changes);

  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const anchor = event.target.closest?.(MARKS);
    if (anchor && plain) {
      event.preventDefault();
      open(anchor);
    }
    const example = event.target.closest?.("button.example-question");
    if (example) ask(example.textContent);
    if (event.target.closest?.("#new")) close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("reading")) close();
  });
})();
