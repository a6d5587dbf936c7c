// <a data-also="address">: the head of a column. With Shift it sorts by this column besides the
// others; the address of that is in the attribute.
document.addEventListener(
  "click",
  (event) => {
    const also = event.shiftKey && event.target.closest?.("a[data-also]")?.dataset.also;
    if (!also) return;
    event.preventDefault();
    event.stopPropagation();
    window.htmx.ajax("GET", location.pathname + also, { target: "#portfolio", swap: "outerHTML" });
  },
  true,
);
