// <input data-select>: a click selects all of it, ready to be copied.
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("input[data-select]")) event.target.select();
});
