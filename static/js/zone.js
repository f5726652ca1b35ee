/* Proposes the device's own time zone, where a form asks for one that nobody has chosen yet. */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.querySelectorAll("select[data-zone-here]").forEach((select) => {
  const known = [...select.options].some((option) => option.value === here);
  if (known && select.value === "UTC") select.value = here;
});
