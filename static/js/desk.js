/* Keeps a page of the desk where the site cannot be reached: asks for the site first, and only then sends a form, as the
   browser would. Without this file the browser's error page stands in its place. */

const bar = document.getElementById("unsent");
const again = bar.querySelector("[data-again]");
const LATER = 5_000;
let attempt;
let timer;

function tell(what) {
  bar.hidden = !what;
  bar.querySelector("[data-said]").textContent = what ? bar.dataset[what] : "";
  again.hidden = !what;
  again.textContent = bar.dataset.again;
}

/* What keeps the site from being reached; "" if it can be. */
async function hindrance() {
  try {
    const answer = await fetch(bar.dataset.alive, { cache: "no-store" });
    return answer.ok ? "" : "error";
  } catch {
    return "offline";
  }
}

async function send(form, submitter) {
  clearTimeout(timer);
  const what = await hindrance();
  tell(what);
  if (what) {
    attempt = () => send(form, submitter);
    timer = setTimeout(attempt, LATER);
    return;
  }
  form.dataset.reached = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.reached;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.reached) return;
  event.preventDefault();
  send(form, event.submitter);
});
again.addEventListener("click", () => attempt());
window.addEventListener("online", () => attempt?.());
