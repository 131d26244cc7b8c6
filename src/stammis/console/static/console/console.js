/* What the pages do beyond HTML: keys, the panel beside the page, copying. Pages that only show work without it. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  let opener = null;

  // Rows: up and down move, Enter opens; a click anywhere in a row follows its link.
  const rows = () => all("tr[data-link]").filter((row) => row.offsetParent);
  const current = () => one("tr.at");
  function moveTo(row) {
    current()?.classList.remove("at");
    if (!row) return;
    row.classList.add("at");
    row.scrollIntoView({ block: "nearest" });
    one("a, button", row)?.focus({ preventScroll: true });
  }
  function step(by) {
    const list = rows();
    const at = list.indexOf(current() ?? document.activeElement.closest("tr[data-link]"));
    moveTo(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)]);
  }

  // The panel: opened beside the row, closed with Escape, focus goes there and back.
  const panel = () => one("#panel");
  function close() {
    const beside = panel();
    if (!beside?.childElementCount) return false;
    beside.replaceChildren();
    const back = opener && document.contains(opener) ? opener : one("#main");
    back?.focus({ preventScroll: true });
    opener = null;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && close()) return event.preventDefault();
    const search = event.target.closest?.("[data-list-search]");
    if (search && event.key === "ArrowDown") return event.preventDefault(), step(1);
    if (typing(event.target)) return;
    if (event.key === "/") {
      const field = one("[data-list-search]") ?? one("#search");
      if (field) event.preventDefault(), field.focus(), field.select();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && rows().length && !event.target.closest("[popover], #panel, summary")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-close]")) return event.preventDefault(), void close();
    const copy = target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(copy.dataset.copy).then(() => {
        copy.classList.add("good");
        const words = copy.lastChild;
        words.textContent = copy.dataset.done ?? "✓";
      });
      return;
    }
    const row = target.closest("tr[data-link]");
    if (row && !target.closest("a, button, input, label, summary") && !String(getSelection())) one("a, button", row)?.click();
    for (const tip of all("details.tip[open]")) if (!tip.contains(target)) tip.open = false;
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-link]");
    if (row && row !== current()) current()?.classList.remove("at"), row.classList.add("at");
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "panel" && !panel().contains(event.target)) opener = event.target;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "panel" && panel().childElementCount) {
      const focus = one("[autofocus], h2", panel()) ?? panel();
      if (focus.matches("h2")) focus.tabIndex = -1;
      focus.focus();
    }
  });
  // A refused form (4xx) is a page like any other: show what it says.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) event.detail.shouldSwap = true, event.detail.isError = false;
  });

  // A table that is wider than its frame can be scrolled by key.
  const watch = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const frames = () => all(".table-frame, pre.codeblock").forEach((frame) => watch.observe(frame));
  document.addEventListener("htmx:afterSettle", frames);
  frames();

  // On a narrow page the list of parts is folded; without a script it is open.
  if (matchMedia("(max-width: 767px)").matches) for (const fold of all("[data-fold-narrow]")) fold.open = false;

  // What was written and not saved is not lost by a slip: the browser asks before it leaves the page.
  let written = false;
  document.addEventListener("input", (event) => { if (event.target.closest("[data-guard]")) written = true; });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.closest("[data-guard]")) written = true; });
  document.addEventListener("submit", (event) => { if (event.target.closest("[data-guard]")) written = false; });
  addEventListener("beforeunload", (event) => { if (written) event.preventDefault(); });

  // The reader's own zone, for those who want to see times in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const button of all("[data-zone]")) {
    button.value = zone;
    button.append(` (${zone.split("/").pop().replaceAll("_", " ")})`);
  }
})();
