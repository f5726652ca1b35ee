/* Something at work: looks every other second how far it is, and shows the page anew once it is over.
   The bar and the words change in their place, so that whoever stands on a link stays there. */

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
    const [says, said] = [shown, next].map((each) => each.querySelector("[data-says]"));
    if (says && says.textContent !== said.textContent) says.textContent = said.textContent;
  } catch { /* offline: look again later */ }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
