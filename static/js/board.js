// The stage board. A card moves by drag, by keyboard or by its form, each time through the same
// POST. It goes to its new lane at once and comes back, with the reason, if the server refuses.
const lanes = () => [...document.querySelectorAll("[data-lane]")];
const cardOf = (node) => node.closest?.("[data-card]");
const linkOf = (card) => card.querySelector("h3 a");
const laneOf = (stage) => document.querySelector(`[data-lane="${stage}"]`);

const ask = (card, to) =>
  htmx.ajax("GET", `${card.dataset.url}?to=${to}`, { target: "#stage-dialog", swap: "innerHTML" });

const move = (card, to) => {
  const was = card.dataset.stage;
  if (!to || to === was || card.dataset.moving) return;
  if (to === "interrupted") return ask(card, to); // it needs its causes
  const place = document.createComment("");
  const focused = card.contains(document.activeElement) && document.activeElement;
  card.before(place);
  card.dataset.moving = "";
  laneOf(to)?.querySelector("ul").prepend(card);
  focused && focused.focus();
  const done = ({ detail }) => {
    card.removeEventListener("htmx:afterRequest", done);
    delete card.dataset.moving;
    const refused = !detail.successful || detail.xhr.status >= 400; // htmx takes 409 and 422 for answers
    if (refused && place.isConnected) {
      place.replaceWith(card);
      focused && focused.focus();
    }
    place.remove();
  };
  card.addEventListener("htmx:afterRequest", done);
  htmx.ajax("POST", card.dataset.url, { source: card, target: card, swap: "none", values: { was, to, place: "board" } });
};

// Keyboard: arrows walk over the cards, with Shift they move one.
const beside = (card, step) => {
  const order = lanes().map((lane) => lane.dataset.lane).filter((stage) => stage !== "interrupted");
  return order[order.indexOf(card.dataset.stage) + step];
};

const walk = (link, key) => {
  const list = link.closest("ul");
  const cards = [...list.querySelectorAll("h3 a")];
  const at = cards.indexOf(link);
  if (key === "ArrowUp" || key === "ArrowDown") return cards[at + (key === "ArrowUp" ? -1 : 1)];
  const all = lanes();
  const step = key === "ArrowLeft" ? -1 : 1;
  for (let n = all.indexOf(link.closest("[data-lane]")) + step; all[n]; n += step) {
    const there = all[n].querySelectorAll("h3 a");
    if (there.length) return there[Math.min(at, there.length - 1)];
  }
};

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-lane] h3 a");
  if (!link || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const card = cardOf(link);
  const { key } = event;
  if (key.startsWith("Arrow") && !event.shiftKey) {
    const next = walk(link, key);
    if (next) {
      event.preventDefault();
      next.focus();
    }
    return;
  }
  if (!card) return;
  const broken = card.dataset.stage === "interrupted";
  const moves = {
    ArrowLeft: () => (broken ? undefined : move(card, beside(card, -1))),
    ArrowRight: () => (broken ? undefined : move(card, beside(card, 1))),
    ArrowDown: () => (broken ? undefined : ask(card, "interrupted")),
    ArrowUp: () => (broken ? move(card, card.dataset.back) : undefined),
  };
  if (event.shiftKey && moves[key]) {
    event.preventDefault();
    moves[key]();
  } else if (key.toLowerCase() === "m" && document.body.dataset.shortcuts !== "off") {
    event.preventDefault();
    card.querySelector(".mover").click();
  }
});

// Drag. Lanes one step away and the tray light up; a drop elsewhere is for the server to refuse.
let dragged = null;

const near = (card, stage) =>
  card.dataset.stage === "interrupted"
    ? stage === card.dataset.back
    : stage === "interrupted" || stage === beside(card, -1) || stage === beside(card, 1);

const ready = () => {
  document.querySelectorAll("[data-card]:not([draggable])").forEach((card) => {
    card.draggable = true;
  });
};
ready();
document.addEventListener("htmx:afterSettle", ready);

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", linkOf(dragged).textContent);
  dragged.dataset.dragged = "";
  lanes().forEach((lane) => lane.toggleAttribute("data-drop", near(dragged, lane.dataset.lane)));
});
document.addEventListener("dragover", (event) => {
  if (dragged && event.target.closest?.("[data-lane]")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const lane = event.target.closest?.("[data-lane]");
  if (!dragged || !lane) return;
  event.preventDefault();
  move(dragged, lane.dataset.lane);
});
document.addEventListener("dragend", () => {
  dragged?.removeAttribute("data-dragged");
  dragged = null;
  lanes().forEach((lane) => lane.removeAttribute("data-drop"));
});

// The board comes anew after each move; on a narrow screen it stays where it was scrolled to.
let left = 0;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "board") left = detail.target.querySelector(".board")?.scrollLeft ?? 0;
});
document.addEventListener("htmx:afterSwap", () => {
  const board = document.querySelector("#board > .board");
  if (board && left) board.scrollLeft = left;
});

// The filters apply as soon as one is chosen.
document.querySelector("[data-board-filters]")?.addEventListener("change", (event) => {
  event.target.form.requestSubmit();
});
