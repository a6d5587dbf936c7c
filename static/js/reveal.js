// What the address points at is brought into sight: a place within a closed <details> opens it, also
// when the page was opened at that place.
const reveal = (hash) => {
  const place = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  const details = place && place.closest("details");
  if (!details) return;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  if (place.matches("input, select, textarea")) place.focus();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) setTimeout(() => reveal(link.hash));
});
reveal(location.hash);

// On a phone the tab one is on comes into sight; the page itself stays where it is.
for (const tab of document.querySelectorAll(":is(.tabs, .seg) [aria-current]")) {
  const row = tab.parentElement;
  const beyond = tab.getBoundingClientRect().right - row.getBoundingClientRect().right;
  if (beyond > 0) row.scrollLeft += beyond;
}
