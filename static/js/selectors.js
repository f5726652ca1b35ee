/* The admin's selectors that one types into give their inner text box no name: it takes that of the field's label.
   Queued with the admin's own jQuery, so that it runs after the selectors were made. */
const nameSelectors = () => {
  for (const box of document.querySelectorAll(".select2-selection__rendered")) {
    const field = box.id.replace(/^select2-/, "").replace(/-container$/, "");
    const label = document.querySelector(`label[for="${CSS.escape(field)}"]`);
    if (label) box.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
};
django.jQuery(nameSelectors);
document.addEventListener("selectors:made", nameSelectors);
