/* Keeps what people type through a lost connection, an error of ours or an ended session; every form works without it.

   What an ended session held up, and what is typed on the site into a form with a long text or one that is
   `data-drafted`, waits in this tab's sessionStorage under its account, for an hour at most: until it is sent, somebody
   signs out, or another account's page is opened here. */

/* What the page says of itself: on the site its body does, at the desk, whose frame is Django's, an element in it. */
const frame = document.querySelector("[data-forms]");
const { account = "", signIn = "" } = frame.dataset;
const signsIn = (address) => signIn.split(" ").includes(address.pathname);
const toSignIn = () => `${signIn.split(" ")[0]}?next=${encodeURIComponent(here())}`;
const bar = document.getElementById("unsent");
const again = bar.querySelector("[data-again]");
const HOUR = 3_600_000;
const SOON = 3_000;
const LATE = 60_000;
const TRIES_OF_AN_ERROR = 5;
const SAVE_AFTER = 600;
const STORE = "typed";
const ANSWERS = new Set([409, 422]); // of pages that hold what was typed
let leaving = false;

const states = new WeakMap();
function stateOf(form) {
  if (!states.has(form)) states.set(form, { tries: 0 });
  return states.get(form);
}

const isKept = (form) =>
  frame.dataset.forms === "kept" && form.method === "post" && form.enctype !== "multipart/form-data" && !form.closest("[hx-boost], [data-sign-out]");
const forms = () => [...document.forms].filter(isKept);
const addressOf = (form) => new URL(form.getAttribute("action") || "", location.href).href;
const savesItself = (form) => "autosave" in form.dataset;
/* Buttons of the desk that lead to a page which asks once more: nothing is typed into such a form. */
const leadsOn = (form) => "leadsOn" in form.dataset;
const isDrafted = (form) =>
  "drafted" in form.dataset || (frame === document.body && !savesItself(form) && form.querySelector("textarea") !== null);

/* --- what was typed --------------------------------------------------------------------------------------------- */

const UNTYPED = new Set(["hidden", "password", "submit", "button", "file", "fieldset"]);
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !UNTYPED.has(field.type));
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

function valueOf(field) {
  if (isTicked(field)) return field.checked;
  return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
}
const typed = (form) => JSON.stringify(fieldsOf(form).map(valueOf));

function isUnsaved(form) {
  const { shown, waiting } = stateOf(form);
  if (leadsOn(form)) return false;
  return Boolean(waiting) || (shown !== undefined && shown !== typed(form));
}

/* --- the line at the foot of the page --------------------------------------------------------------------------- */

function tell(what, { act = "" } = {}) {
  bar.hidden = !what;
  bar.querySelector("[data-said]").textContent = what ? bar.dataset[what] : "";
  again.hidden = !act;
  again.textContent = act ? bar.dataset[act] : "";
}

/* --- kept through a sign-in -------------------------------------------------------------------------------------- */

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) || "[]").filter((each) => Date.now() - each.at < HOUR);
  } catch {
    return [];
  }
}

function keepOnly(entries) {
  if (entries.length) sessionStorage.setItem(STORE, JSON.stringify(entries));
  else sessionStorage.removeItem(STORE);
}

const here = () => location.pathname + location.search;
const isOf = (form) => ({ page, address, about, fields }) =>
  page === here() && address === addressOf(form) && about === form.dataset.about
  && fields.every(([name]) => name in form.elements);

function keep(form) {
  const version = form.elements.namedItem("version")?.value;
  const fields = fieldsOf(form).map((field) => [field.name, isTicked(field) ? field.value : null, valueOf(field), namesOf(field)]);
  const entry = { account, page: here(), address: addressOf(form), about: form.dataset.about, version, fields, at: Date.now() };
  keepOnly([...kept().filter((each) => !isOf(form)(each)), entry]);
}

/* What was looked up and chosen, with its name: the page that comes back has not looked it up. */
const namesOf = (field) => [...(field.selectedOptions ?? [])].map((option) => [option.value, option.text]);

function choose(field, names) {
  const there = [...field.options].map((option) => option.value);
  for (const [value, name] of names) if (!there.includes(value)) field.add(new Option(name, value));
  const chosen = names.map(([value]) => value);
  for (const option of field.options) option.selected = chosen.includes(option.value);
  field.dispatchEvent(new Event("change"));
}

const forget = (form) => keepOnly(kept().filter((each) => !isOf(form)(each)));

function put(form, entry) {
  const fields = fieldsOf(form);
  for (const [name, choice, value, names] of entry.fields) {
    const field = fields.find((each) => each.name === name && (choice === null || each.value === choice));
    if (!field) continue;
    if (choice !== null) field.checked = value;
    else if (field.options) choose(field, names);
    else field.value = value;
    if (value && value.length !== 0) field.closest("details")?.setAttribute("open", "");
  }
  const version = form.elements.namedItem("version");
  if (version && entry.version) version.value = entry.version;
  stateOf(form).shown = null;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Gives back what waited for this account; what is another's, or of somebody who has signed out, is thrown away. */
function giveBack() {
  const signingIn = frame.dataset.forms !== "kept";
  if (!account && signingIn) return;
  keepOnly(kept().filter((each) => account && each.account === account));
  for (const entry of kept()) {
    const form = forms().find((each) => isOf(each)(entry));
    if (!form) continue;
    put(form, entry);
    tell(isDrafted(form) ? "drafted" : "back");
  }
}

/* --- sending ----------------------------------------------------------------------------------------------------- */

function bodyOf(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  return new URLSearchParams(data);
}

/* Sends `body` and says what came of it. A redirect is told, not followed, so that the page it leads to is opened once. */
async function post(form, body, headers) {
  let answer;
  try {
    answer = await fetch(addressOf(form), { method: "POST", body, headers: { "X-Sent-By": "script", ...headers } });
  } catch {
    return { came: "offline" };
  }
  if (answer.status >= 500) return { came: "error" };
  const to = answer.headers.get("X-Go-To");
  if (to) return { came: signsIn(new URL(to, location.href)) ? "signedOut" : "done", to };
  if (answer.headers.get("X-Refused") === "csrf") return { came: "refused" };
  const isPage = answer.ok || ANSWERS.has(answer.status) || !fieldsOf(form).some((field) => !isTicked(field) && field.value);
  return { came: isPage ? "page" : "no", answer };
}

/* Another page has signed in since, or the cookie is gone: a new token, if it is still the same person. */
async function renew() {
  let answer;
  try {
    answer = await fetch(location.href);
  } catch {
    return "offline";
  }
  if (signsIn(new URL(answer.url))) return "signedOut";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if ((fresh.querySelector("[data-forms]")?.dataset.account ?? "") !== account) return "other";
  const token = fresh.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!token) return "error";
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  return "renewed";
}

async function sent(form, submitter, headers) {
  const outcome = await post(form, bodyOf(form, submitter), headers);
  if (outcome.came !== "refused") return outcome;
  const came = await renew();
  return came === "renewed" ? post(form, bodyOf(form, submitter), headers) : { came };
}

function goTo(target) {
  leaving = true;
  const to = new URL(target, location.href);
  // A page that answered a form is asked for anew by its address: to reload it would be to send the form again.
  if (to.pathname + to.search !== here() || !to.hash) return location.assign(to);
  history.replaceState(history.state, "", to);
  return location.reload();
}

async function show(answer) {
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("main");
  document.title = next.title;
  main.replaceChildren(...next.getElementById("main").childNodes);
  document.dispatchEvent(new CustomEvent("page:shown", { detail: main }));
  window.scrollTo(0, 0);
  (["[data-focus]", "[aria-invalid=true]", "main"].map((each) => main.querySelector(each)).find(Boolean) ?? main).focus();
  forms().filter((each) => main.contains(each) && each.querySelector(".is-invalid, .invalid-feedback, .errorlist")).forEach((each) => { stateOf(each).shown = null; });
}

function signInAgain(form, to) {
  keep(form);
  goTo(to || toSignIn());
}

/* Tries again by itself: soon, then less often; an error of ours only a few times, for it may be one that stays. */
function tryLater(form, came, attempt) {
  const state = stateOf(form);
  state.tries += 1;
  state.waiting = attempt;
  tell(came, { act: "again" });
  clearTimeout(state.timer);
  if (came === "error" && state.tries > TRIES_OF_AN_ERROR) return;
  state.timer = setTimeout(attempt, Math.min(SOON * 2 ** (state.tries - 1), LATE));
}

function settled(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  Object.assign(state, { tries: 0, waiting: null });
  if (!forms().some((each) => stateOf(each).waiting)) tell("");
}

/* The page that the answer was is asked for once more, by the browser itself, which then stands on it. */
function sendOn(form, submitter) {
  form.dataset.sendsOn = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.sendsOn;
}

async function send(form, submitter) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  clearTimeout(stateOf(form).timer);
  const outcome = await sent(form, submitter).finally(() => delete form.dataset.sent);
  if (outcome.came === "offline" || outcome.came === "error") {
    tryLater(form, outcome.came, () => send(form, submitter));
    return;
  }
  settled(form);
  if (outcome.came === "done") {
    forget(form);
    goTo(outcome.to);
  } else if (outcome.came === "signedOut") signInAgain(form, outcome.to);
  else if (outcome.came === "page" && leadsOn(form)) sendOn(form, submitter);
  else if (outcome.came === "page") await show(outcome.answer);
  else tell(outcome.came);
}

/* --- pages that save themselves ---------------------------------------------------------------------------------- */

function say(form, said, isSaved) {
  const line = form.querySelector("[data-saved]");
  line.querySelector("[data-said]").textContent = said;
  line.querySelector("[data-tick]").hidden = !isSaved;
}

/* Says beside each field why it is not saved yet. */
function mark(form, errors) {
  form.querySelectorAll(".invalid-feedback").forEach((note) => note.remove());
  form.querySelectorAll(".is-invalid, [aria-invalid]").forEach((field) => {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
  });
  for (const [name, sentence] of Object.entries(errors)) {
    const found = form.elements.namedItem(name);
    const field = found instanceof RadioNodeList ? found[0] : found;
    if (!field) continue;
    const note = document.createElement("div");
    Object.assign(note, { className: "invalid-feedback", id: `unsaved-${name}`, textContent: sentence });
    field.closest(".field").append(note);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && document.getElementById(id));
    field.setAttribute("aria-describedby", [...described.filter((id) => id !== note.id), note.id].join(" "));
  }
}

/* Whether everything is saved now. What went out unanswered is sent once more as it was, and then what came after it. */
async function save(form) {
  const state = stateOf(form);
  while (state.saving) await state.saving;
  if (!isUnsaved(form) || form.dataset.sent) return true;
  state.saving = saveOnce(form);
  const isSaved = await state.saving.finally(() => { state.saving = null; });
  return isSaved && (isUnsaved(form) ? save(form) : true);
}

async function saveOnce(form) {
  const state = stateOf(form);
  const unanswered = state.unanswered ?? { body: bodyOf(form), words: typed(form) };
  let outcome = await post(form, unanswered.body, { "X-Saves": "itself" });
  if (outcome.came === "refused") outcome = await sent(form, null, { "X-Saves": "itself" });
  if (outcome.came === "offline" || outcome.came === "error") {
    state.unanswered = unanswered;
    tryLater(form, outcome.came, () => save(form));
    return false;
  }
  state.unanswered = null;
  settled(form);
  if (outcome.came !== "page") {
    keep(form);
    tell(outcome.came, outcome.came === "signedOut" ? { act: "signIn" } : {});
    return false;
  }
  const { saved, said, errors, version } = await outcome.answer.json();
  if (saved) {
    state.shown = unanswered.words;
    form.elements.namedItem("version").value = version;
    forget(form);
  }
  mark(form, errors);
  say(form, saved && isUnsaved(form) ? "" : said, saved && !isUnsaved(form));
  return saved;
}

function saveSoon(form) {
  clearTimeout(stateOf(form).soon);
  stateOf(form).soon = setTimeout(() => save(form), SAVE_AFTER);
}

/* --- how many characters are left -------------------------------------------------------------------------------- */

function count(area) {
  const left = Number(area.dataset.limit) - [...area.value].length;
  let line = document.getElementById(`${area.id}_left`);
  if (!line) {
    line = document.createElement("p");
    Object.assign(line, { id: `${area.id}_left`, className: "form-text left" });
    area.after(line);
  }
  line.hidden = !area.value && Boolean(area.closest(".brief"));
  line.setAttribute("role", left < 100 ? "status" : "none");
  line.classList.toggle("too-many", left < 0);
  line.textContent = `${left < 0 ? bar.dataset.over : bar.dataset.left} ${Math.abs(left).toLocaleString(document.documentElement.lang)}`;
}
const countAll = (root) => root.querySelectorAll("textarea[data-limit]").forEach(count);

/* --- events, by delegation --------------------------------------------------------------------------------------- */

document.addEventListener("focusin", ({ target }) => {
  const form = target.form;
  if (form && isKept(form) && stateOf(form).shown === undefined) stateOf(form).shown = typed(form);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[data-limit]")) count(target);
  const form = target.form ?? target;
  if (form instanceof HTMLFormElement && isKept(form) && savesItself(form) && isUnsaved(form)) say(form, "", false);
});
document.addEventListener("input", ({ target }) => {
  const { form } = target;
  if (!form || !isKept(form) || !isDrafted(form)) return;
  clearTimeout(stateOf(form).soon);
  stateOf(form).soon = setTimeout(() => keep(form), SAVE_AFTER);
});
document.addEventListener("change", ({ target }) => {
  if (target.form && isKept(target.form) && savesItself(target.form)) saveSoon(target.form);
});
/* A field that was fetched anew is saved with the rest. */
document.addEventListener("htmx:load", ({ detail }) => {
  const form = detail.elt.closest?.("form");
  if (form && isKept(form) && savesItself(form) && isUnsaved(form)) saveSoon(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-sign-out]")) keepOnly([]);
  if (event.defaultPrevented || form.method !== "post" || form.closest("[hx-boost]")) return;
  if (isKept(form) && !form.dataset.sendsOn) {
    event.preventDefault();
    clearTimeout(stateOf(form).soon);
    send(form, event.submitter);
  } else if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});
document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target) return;
  const form = forms().find((each) => savesItself(each) && isUnsaved(each) && !stateOf(each).waiting);
  if (!form || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (await save(form)) goTo(link.href);
});
/* What is kept as it is typed is no reason to ask before a link is followed; a link that cancels throws it away. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!link || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  const unsaved = forms().filter(isUnsaved);
  if (!unsaved.length || !unsaved.every(isDrafted) || link.getAttribute("href").startsWith("#")) return;
  unsaved.forEach((form) => clearTimeout(stateOf(form).soon));
  unsaved.forEach("drop" in link.dataset ? forget : keep);
  leaving = true;
});
again.addEventListener("click", () => {
  const waiting = forms().filter((form) => stateOf(form).waiting);
  if (waiting.length) waiting.forEach((form) => stateOf(form).waiting());
  else goTo(toSignIn());
});
window.addEventListener("online", () => forms().forEach((form) => stateOf(form).waiting?.()));
window.addEventListener("beforeunload", (event) => {
  if (!leaving && forms().some(isUnsaved)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !leaving) forms().filter((form) => isDrafted(form) && isUnsaved(form)).forEach(keep);
  if (document.hidden) forms().filter((form) => savesItself(form) && isUnsaved(form)).forEach(save);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

/* A part of a page that htmx could not bring: the form is sent from here, which keeps the page and tries again. */
function withoutHtmx({ detail: { elt, requestConfig, pathInfo } }) {
  if (elt instanceof HTMLFormElement && requestConfig.verb === "post") send(elt, requestConfig.triggeringEvent?.submitter);
  else if (navigator.onLine) location.assign(pathInfo.finalRequestPath);
  else tell("offline");
}
document.addEventListener("htmx:responseError", withoutHtmx);
document.addEventListener("htmx:sendError", withoutHtmx);
document.addEventListener("page:shown", ({ detail }) => countAll(detail));
document.addEventListener("htmx:load", ({ detail }) => countAll(detail.elt));

countAll(document);
giveBack();
