// Everything from the keyboard. Single keys can be switched off (WCAG 2.1.4) and never work while someone is typing.
const KEYS_ON = "voxquote.keys/1";
const keysOn = one("#keys-on");

try {
  keysOn.checked = localStorage.getItem(KEYS_ON) !== "off";
} catch { /* a browser that keeps nothing: the keys are on */ }
keysOn.addEventListener("change", () => {
  try {
    localStorage.setItem(KEYS_ON, keysOn.checked ? "on" : "off");
  } catch { /* kept until the page is closed */ }
});

const withCard = (action) => () => {
  if (!current) stepQuote(1);
  if (current) action(current);
};
const choice = (name) => withCard((card) => decide(card, { choice: name }));

const keys = {
  j: () => stepQuote(1),
  k: () => stepQuote(-1),
  u: () => stepQuote(1, (card) => card.dataset.ears === "1" && !decisionOf(card.id)?.choice),
  p: withCard(() => playCurrent()),
  " ": () => (player.clip !== null ? toggle() : playCurrent()),
  w: withCard(() => playCurrent(true)),
  o: withCard(playOther),
  arrowleft: () => step(-1000),
  arrowright: () => step(1000),
  l: () => setLoop(!player.loop),
  s: () => slower(),
  1: choice("as_printed"),
  2: choice("differs"),
  3: choice("unclear"),
  n: withCard((card) => one(".note textarea", card).focus()),
  a: withCard(goToArticle),
  t: withCard(goToTranscript),
  "/": () => { if (one("#search")) { show("recordings"); one("#search").focus(); } },
  "?": () => one("#help").showModal(),
};

// The key by its letter; on a keyboard that writes Cyrillic, by its place.
function keyOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code ?? "");
  return (letter && !/^[a-z]$/i.test(event.key) ? letter[1] : event.key).toLowerCase();
}

function typingIn(target) {
  return target.matches?.('textarea, select, input:not([type="radio"], [type="checkbox"], [type="range"]), [contenteditable]');
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && target.id === "search") return endSearch();
  if (event.key === "Escape" && target.matches("textarea") && target.closest(".card")) return target.closest(".card").focus();
  if (document.querySelector("dialog[open]") || typingIn(target)) return;
  const line = target.closest?.('[data-row="heard"]');
  if (line && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    event.preventDefault();
    return walk(line, event.key === "ArrowLeft" ? -1 : 1);
  }
  if (line && event.key === "Enter") return playWord(one(".w.at", line));
  const slider = target.matches?.(".wave input") && { ArrowLeft: -500, ArrowRight: 500 }[event.key];
  if (slider && !event.shiftKey) {
    event.preventDefault();
    const box = target.closest(".passage");
    if (player.box !== box) playPassage(box);
    return step(slider);
  }
  const native = target.matches?.('input, summary, button, a, [role="slider"]');
  if (native && [" ", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const action = keysOn.checked || event.key === " " ? keys[keyOf(event)] : null;
  if (!action || (event.key === " " && player.clip === null && !current)) return;
  event.preventDefault();
  action();
});
