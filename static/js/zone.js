/* Proposes the device's own time zone, where a form asks for one that nobody has chosen yet. */
/* Browsers keep names that have changed since. */
const renamed = {
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};
const told = Intl.DateTimeFormat().resolvedOptions().timeZone;
const here = renamed[told] ?? told;
document.querySelectorAll("select[data-zone-here]").forEach((select) => {
  if (!here?.includes("/") || select.value !== "UTC") return;
  const isOffered = [...select.options].some((option) => option.value === here);
  if (!isOffered) select.append(new Option(here.split("/").at(-1).replaceAll("_", " "), here));
  select.value = here;
});
