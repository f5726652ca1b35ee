/* What Django's pages of the desk need so that forms.js can send their forms: the list of actions is a form that leads on,
   and what was put into the page anew gets its selectors. Loaded before forms.js. */

document.getElementById("changelist-form")?.setAttribute("data-leads-on", "");

document.addEventListener("page:shown", ({ detail }) => {
  window.django?.jQuery?.(detail).find(".admin-autocomplete").djangoAdminSelect2?.();
  document.dispatchEvent(new Event("selectors:made"));
});
