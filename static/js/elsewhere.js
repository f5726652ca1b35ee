/* Asks the server for an offer where this device is in another zone than the page: once a session for each pair of zones. */
const place = document.getElementById("zone-offer");
const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
const asked = `zone ${place?.dataset.zone} ${device}`;

async function offer() {
  const address = `${place.dataset.offer}?${new URLSearchParams({ device, next: location.pathname + location.search })}`;
  const answer = await fetch(address, { redirect: "manual" });
  if (answer.status === 204) sessionStorage.setItem(asked, "no");
  if (answer.status === 200) place.innerHTML = await answer.text();
}

if (place && device && device !== place.dataset.zone && !sessionStorage.getItem(asked)) offer().catch(() => {});
