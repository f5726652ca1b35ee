/* An import at work: looks every other second how far it is, and shows the page anew once it is over. */

const EVERY = 2_000;

async function look() {
  const shown = document.querySelector("[data-watch]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-watch]");
    if (!answer.ok || !next) return location.reload();
    const [bar, fresh] = [shown, next].map((each) => each.querySelector("progress"));
    if (fresh.hasAttribute("value")) Object.assign(bar, { max: fresh.max, value: fresh.value });
  } catch { /* offline: look again later */ }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
