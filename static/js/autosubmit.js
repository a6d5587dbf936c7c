// <form data-autosubmit>: sent as soon as something in it is chosen; a search waits for Enter.
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-autosubmit]");
  // A date typed digit by digit passes through the years 0002 and 0020.
  const typing = target.type === "date" && target.value !== "" && target.value < "1900";
  if (form && !typing && target.type !== "search") form.requestSubmit();
});
