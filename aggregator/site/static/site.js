// What makes pages more comfortable; every one of them works without. Nothing is kept, and nothing is asked of other sites.
"use strict";

const PREVIEW_DELAY = 300; // milliseconds without a key before a search is asked for

// A picture that can't be had leaves no hole.
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) {
    const frame = event.target.closest(".card-picture, figure");
    if (frame) {
      frame.hidden = true;
      frame.closest(".card")?.classList.remove("has-picture");
    } else {
      event.target.hidden = true;
    }
  }
}, true);

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // No clipboard where the page came over plain HTTP: what is selected can be copied by hand.
    field.focus();
    field.select();
    return false;
  }
}

function prepareCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    if (!field) continue;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const before = button.textContent;
      button.textContent = (await copy(field)) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = before; }, 2000);
    });
    field.addEventListener("focus", () => field.select());
  }
}

// Without case and accents, as the search compares.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function prepareFilter(field) {
  const list = document.getElementById(field.dataset.filter);
  const status = document.getElementById("filtered");
  const input = field.querySelector("input");
  const rows = [...list.children].map((row) => [row, plain(row.querySelector("a").textContent)]);
  const filter = () => {
    const wanted = plain(input.value.trim());
    let shown = 0;
    for (const [row, name] of rows) {
      row.hidden = !name.includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    status.textContent = wanted ? `${shown} of ${rows.length}` : "";
  };
  field.hidden = false;
  input.addEventListener("input", filter);
  filter();
}

function preparePreview(form) {
  const shown = form.dataset.preview;
  let timer = 0;
  let asked = new AbortController();
  const preview = async () => {
    asked.abort();
    asked = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(shown);
      const count = page.getElementById(form.dataset.previewCount);
      if (!found || !count) return;
      document.getElementById(shown).replaceWith(found);
      // Its element stays: what comes into the page with its text in it is not read out.
      document.getElementById(form.dataset.previewCount).textContent = count.textContent;
      document.title = page.title;
      history.replaceState(null, "", address);
      prepareCopying(found);
    } catch (error) {
      if (error.name !== "AbortError") form.removeEventListener("input", later);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PREVIEW_DELAY);
  };
  form.addEventListener("input", later);
}

prepareCopying(document);
document.querySelectorAll("[data-filter]").forEach(prepareFilter);
document.querySelectorAll("[data-preview]").forEach(preparePreview);
