// Only where `ptcrm watch --serve` serves the pages: brings a page up to date in place when it was built anew.
"use strict";
(() => {
  const script = document.currentScript;
  let build = script.dataset.build;
  let fetching = false;
  let again = false;

  const here = () => decodeURIComponent(location.pathname).replace(/^\/$/, "/index.html").slice(1);

  // What can be found again in the page as it will be: by id, by href, by the words of its summary.
  const sign = (node) => {
    if (!node || node === document.body) return "";
    if (node.id) return "#" + CSS.escape(node.id);
    const href = node.getAttribute && node.getAttribute("href");
    return href ? `a[href="${CSS.escape(href)}"]` : "";
  };
  const title = (fold) => fold.id || (fold.querySelector("summary") || fold).textContent.trim();

  const say = (text) => {
    let banner = document.getElementById("ptcrm-problem");
    if (!text) {
      if (banner) banner.remove();
      return;
    }
    if (!banner) {
      banner = document.createElement("p");
      banner.id = "ptcrm-problem";
      banner.className = "banner";
      banner.setAttribute("role", "status");
      (document.querySelector("main") || document.body).prepend(banner);
    }
    banner.textContent = text;
  };
  const failed = (text) => say(`The last build failed, so this page is as it was before: ${text}`);

  const replace = (page) => {
    const main = document.querySelector("main");
    const next = page.querySelector("main");
    if (!main || !next) {
      location.reload();
      return;
    }
    say("");
    const [left, top] = [scrollX, scrollY];
    const focus = sign(document.activeElement), place = focus ? [...document.querySelectorAll(focus)].indexOf(document.activeElement) : -1;
    const fields = [...main.querySelectorAll("input[id], select[id]")].map((field) => [field.id, field.value, field.selectionStart]);
    const folds = new Map([...main.querySelectorAll("details")].map((fold) => [title(fold), fold.open]));

    document.title = page.title;
    main.replaceWith(document.adoptNode(next));
    for (const part of ["footer", 'script[type="application/json"]']) {
      const fresh = [...page.querySelectorAll(part)].filter((node) => !next.contains(node));
      [...document.querySelectorAll(part)].filter((node) => !next.contains(node)).forEach((node, place) => {
        if (fresh[place]) node.replaceWith(document.adoptNode(fresh[place]));
      });
    }
    for (const fold of next.querySelectorAll("details")) {
      if (folds.has(title(fold))) fold.open = folds.get(title(fold));
    }
    if (window.ptcrmStart) window.ptcrmStart();
    for (const [id, value, place] of fields) {
      const field = document.getElementById(id);
      if (!field || field.value === value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (place !== null && field.setSelectionRange) field.setSelectionRange(place, place);
    }
    const same = focus ? [...document.querySelectorAll(focus)] : []; // a link may be there twice, and once in a fold
    (same[place] || same.find((node) => node.checkVisibility()))?.focus({ preventScroll: true });
    scrollTo({ left, top, behavior: "instant" });
    document.dispatchEvent(new CustomEvent("ptcrm:reloaded"));
  };

  const refresh = async () => {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status === 404) say("This page is no longer there: the file it was made from is gone or has another name.");
    } catch {
      // the server is gone; the next hello brings the page up to date
    } finally {
      fetching = false;
    }
    if (again) {
      again = false;
      refresh();
    }
  };

  const events = new EventSource("/events");
  events.addEventListener("hello", (event) => {
    const now = JSON.parse(event.data);
    const missed = now.build !== build;
    build = now.build;
    (missed ? refresh() : Promise.resolve()).then(() => (now.problem ? failed(now.problem) : missed || say("")));
  });
  events.addEventListener("reload", (event) => {
    const now = JSON.parse(event.data);
    build = now.build;
    say("");
    if (now.pages.some((page) => /\.(css|js)$/.test(page))) location.reload();
    else if (now.pages.includes(here())) refresh();
  });
  events.addEventListener("problem", (event) => {
    const now = JSON.parse(event.data);
    build = now.build;
    failed(now.text);
  });
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
