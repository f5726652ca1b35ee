/* Niceties only: every page works without this file. It binds by delegation, so that parts swapped in by htmx work too. */

/* An act that asks once more: <details> without script, a modal <dialog> with it. */
function upgradeConfirm(details) {
  const sheet = details.querySelector(".sheet");
  const summary = details.querySelector("[data-opener]");
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", sheet.getAttribute("aria-labelledby"));
  dialog.append(...sheet.childNodes);
  dialog.querySelectorAll("[data-close]").forEach((button) => { button.hidden = false; });
  const opener = document.createElement("button");
  opener.type = "button";
  opener.className = summary.className;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.append(...summary.childNodes);
  opener.addEventListener("click", () => dialog.showModal());
  const startsOpen = details.open;
  details.replaceWith(opener, dialog);
  if (startsOpen) dialog.showModal();
}

function upgrade(root) {
  root.querySelectorAll("details[data-confirm]").forEach(upgradeConfirm);
  root.querySelectorAll("[data-dismiss]").forEach((button) => { button.hidden = false; });
  root.querySelector("[data-focus]")?.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  document.querySelectorAll("details.facet[open]").forEach((facet) => { if (!facet.contains(target)) facet.open = false; });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.facet[open]").forEach((facet) => {
    facet.open = false;
    facet.querySelector("summary").focus();
  });
});

/* A passkey that was refused or put aside: say so beside its button, where allauth would only write to the console. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelectorAll("[data-passkey-failed]").forEach((line) => { line.hidden = false; });
});

/* The focus stays with the control that was used; where that is gone, it goes to the page. */
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
});
document.addEventListener("htmx:load", (event) => upgrade(event.detail.elt));
document.addEventListener("page:shown", (event) => {
  window.htmx?.process(event.detail);
  upgrade(event.detail);
});
upgrade(document);

/* A folded group of boxes says what is ticked in it, also before it is saved. */
document.addEventListener("change", ({ target }) => {
  const group = target instanceof Element ? target.closest(".choices-group") : null;
  const said = group?.querySelector("[data-chosen]");
  if (!said) return;
  const [chosen, all] = [group.querySelectorAll(":checked"), group.querySelectorAll("input")];
  const { many, named } = said.dataset;
  said.textContent = chosen.length > Number(named)
    ? many.replace("{chosen}", chosen.length).replace("{all}", all.length)
    : [...chosen].map((box) => box.parentElement.textContent.trim()).join(" · ");
});
