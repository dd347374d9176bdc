// What the reader decided, kept in this browser: heard as printed, differs or unclear, and a note.
const KEPT = "voxquote.decision/1:";
const memory = new Map();
let keeps = true;

// A decision belongs to the printed words: another version of the article with the same quote keeps it, a changed quote does not.
const nameOf = (quote) => `${KEPT}${quote.article.sha256 || quote.article.id}:${quote.id}:${quote.text}`;

function decisionOf(dom) {
  return memory.get(dom) ?? null;
}

function keep(dom, decision) {
  const name = nameOf(quotes.get(dom));
  if (decision) memory.set(dom, decision);
  else memory.delete(dom);
  try {
    if (decision) localStorage.setItem(name, JSON.stringify(decision));
    else localStorage.removeItem(name);
  } catch {
    keeps = false;
  }
  if (!keeps) {
    const warning = one("#not-kept");
    warning.hidden = false;
    warning.textContent = texts.not_kept;
  }
}

function recall(dom) {
  try {
    return understood(JSON.parse(localStorage.getItem(nameOf(quotes.get(dom)))));
  } catch {
    return null;
  }
}

// Only what this page writes itself: anything else in the store or in a loaded file is ignored.
function understood(found) {
  if (!found || typeof found !== "object") return null;
  const choice = ["as_printed", "differs", "unclear"].includes(found.choice) ? found.choice : null;
  const note = typeof found.note === "string" ? found.note.slice(0, 20000) : "";
  const decided = typeof found.decided_at === "string" ? found.decided_at.slice(0, 40) : "";
  return choice || note ? { choice, note, decided_at: decided } : null;
}

function decide(card, change) {
  const before = decisionOf(card.id) ?? { choice: null, note: "" };
  const after = { ...before, ...change, decided_at: new Date().toISOString() };
  keep(card.id, after.choice || after.note ? after : null);
  paint(card);
  count();
  if ("choice" in change) say(change.choice ? fill(texts.decided, { decision: texts[change.choice] }) : texts.cleared);
}

function paint(card) {
  const decision = decisionOf(card.id);
  for (const radio of all('.decision input[type="radio"]', card)) radio.checked = radio.value === decision?.choice;
  for (const action of ["clear", "onward"]) one(`[data-action="${action}"]`, card).hidden = !decision?.choice;
  const note = one(".note textarea", card);
  if (note !== document.activeElement) note.value = decision?.note ?? "";
  note.parentElement.dataset.note = decision?.note ?? ""; // for paper
  const mark = one(".decided-mark", card);
  mark.hidden = !decision?.choice;
  mark.textContent = decision?.choice ? texts[decision.choice] : "";
}

function count() {
  const decided = cards.filter((card) => decisionOf(card.id)?.choice).length;
  if (!cards.length) return;
  one("#decided-count").textContent = decided;
  one("#open-count").textContent = cards.length - decided;
  const start = one("#start");
  if (!start) return;
  const left = waiting().length;
  start.hidden = !left;
  start.textContent = decided ? texts.start_next : texts.start_first;
  one("#start-left").textContent = left ? fill(texts.start_left, { n: left }) : `${texts.start_done}.`;
}

function loadDecisions(text) {
  let found = [];
  try {
    const file = JSON.parse(text);
    if (file.schema === "voxquote.decisions/1" && Array.isArray(file.decisions)) found = file.decisions;
  } catch { /* said below: nothing was found */ }
  let loaded = 0;
  for (const [dom, quote] of quotes) {
    const match = found.find((each) => each?.quote_id === quote.id && each.printed === quote.text && each.article_id === quote.article.id);
    const decision = understood(match);
    if (!decision) continue;
    keep(dom, decision);
    paint(document.getElementById(dom));
    loaded += 1;
  }
  count();
  say(loaded ? fill(texts.loaded, { n: loaded }) : texts.not_loaded);
  return loaded;
}

for (const card of cards) {
  const kept = recall(card.id);
  if (kept) memory.set(card.id, kept);
  paint(card);
  card.addEventListener("change", (event) => {
    if (event.target.type === "radio") decide(card, { choice: event.target.value });
  });
  one(".note textarea", card).addEventListener("input", (event) => decide(card, { note: event.target.value }));
  one('[data-action="clear"]', card).addEventListener("click", () => decide(card, { choice: null }));
}
count();
one("#load")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (file) loadDecisions(await file.text());
  event.target.value = "";
});
