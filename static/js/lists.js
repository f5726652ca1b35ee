/* The admin's lists become cards on a telephone: each cell is told the heading of its column. Without this the values stand alone. */
const heads = [...document.querySelectorAll("#result_list thead th")].map((head) => head.querySelector(".text")?.textContent.trim() ?? "");
document.querySelectorAll("#result_list tbody tr").forEach((row) => {
  [...row.children].forEach((cell, place) => { cell.dataset.label = heads[place] ?? ""; });
});
