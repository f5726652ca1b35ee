/* A language that was typed gets a box of its own, ticked, so that another one can be typed. Without this file, sending the form adds it. */
document.addEventListener("change", ({ target }) => {
  const list = target.list;
  const boxes = target.form?.querySelector("[data-languages]");
  if (!list || !boxes) return;
  const typed = target.value.trim().toLocaleLowerCase();
  const option = [...list.options].find((each) => each.value.toLocaleLowerCase() === typed);
  if (!option) return;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
  Object.assign(box, { name: boxes.dataset.languages, value: option.dataset.code });
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  label.append(box, Object.assign(document.createElement("span"), { textContent: option.value }));
  boxes.append(label);
  option.remove();
  target.value = "";
});
