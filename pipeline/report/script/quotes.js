// The cards: which one is current, stepping, filters, links between words, playing a passage.
const cards = all(".card");
const quotes = new Map(data.articles.flatMap((article) => article.quotes.map((quote) => [quote.dom, { ...quote, article }])));
let current = null;
let settledAt = 0; // until then the page scrolls by itself

const visible = () => all(".card").filter((card) => !card.hidden);
const numberOf = (card) => Number(card.dataset.number);
const pointersTo = (dom) => all(`.pointer[data-quote="${dom}"]`);

function choose(card, { focus = false, scroll = false } = {}) {
  if (current !== card) {
    current?.classList.remove("current");
    for (const pointer of all(".pointer.current")) pointer.classList.remove("current");
    current = card;
    card.classList.add("current");
    for (const pointer of pointersTo(card.id)) pointer.classList.add("current");
    if (!narrow.matches) showPointer(card);
  }
  if (focus) {
    show("quotes");
    card.focus({ preventScroll: true });
  }
  if (scroll) settledAt = performance.now() + 1000;
  if (scroll) scrollTo(card, card.offsetHeight > innerHeight * 0.75 ? "start" : "nearest");
}

// Scroll the article beside the cards, not the page, to the quote.
function showPointer(card) {
  const pointer = pointersTo(card.id)[0];
  const text = pointer?.closest(".printed-article");
  if (!text || text.scrollHeight <= text.clientHeight) return;
  const offset = pointer.getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTo({ top: text.scrollTop + offset - text.clientHeight / 3, behavior: calm.matches ? "auto" : "smooth" });
}

// While a reader scrolls through the cards, the article follows, and stepping goes on from what is in sight.
const follower = new IntersectionObserver((entries) => {
  const entered = entries.find((entry) => entry.isIntersecting);
  if (!entered || narrow.matches || performance.now() < settledAt) return;
  const box = current?.getBoundingClientRect();
  if (box && box.bottom > 80 && box.top < innerHeight - 80) return;
  choose(entered.target);
}, { rootMargin: "-25% 0px -65% 0px" });
for (const card of cards) follower.observe(card);

function stepQuote(direction, wanted = () => true) {
  const list = visible().filter((card) => card === current || wanted(card));
  if (!list.length) return;
  const place = list.indexOf(current);
  const next = place < 0 ? list[0] : list[Math.min(list.length - 1, Math.max(0, place + direction))];
  choose(next, { focus: true, scroll: true });
  return next;
}

function playPassage(box, wide = false) {
  const { clip, start, end, from, to } = box.dataset;
  if (!clip) return say(texts.no_audio);
  const card = box.closest(".card");
  choose(card);
  const lead = wide ? Infinity : LEAD_MS;
  const first = Math.max(Number(from), Number(start) - lead);
  const last = Math.min(Number(to), Number(end) + lead);
  play(Number(clip), first, last, box, fill(texts.now_quote, { n: numberOf(card) }));
}

function playCurrent(wide = false) {
  const box = current && (one(".passage:not(.minor)", current) ?? all(".passage", current).find((each) => each.dataset.clip));
  if (!box) return false;
  if (!wide && player.box && current.contains(player.box)) return toggle();
  playPassage(box, wide);
  return true;
}

// The next of all places where a quote may have been said: its passages, other occurrences, runners-up.
function playOther(card) {
  const boxes = all(".passage", card).filter((box) => box.dataset.clip);
  if (!boxes.length) return say(texts.no_audio);
  const box = boxes[(boxes.indexOf(player.box) + 1) % boxes.length];
  const folder = box.closest("details");
  if (folder) folder.open = true;
  playPassage(box);
  scrollTo(box, "nearest");
}

// The first thing to do, and the next after each decision: the most urgent quote that still waits for one.
const waiting = () => cards.filter((card) => card.dataset.ears === "1" && !decisionOf(card.id)?.choice);

function onward() {
  const next = waiting().sort((a, b) => Number(a.dataset.urgency) - Number(b.dataset.urgency))[0];
  if (!next) return say(texts.start_done);
  if (next.hidden) filterBy("all");
  choose(next, { focus: true, scroll: true });
  const box = all(".passage", next).find((each) => each.dataset.clip);
  if (box) playPassage(box);
}

function filterBy(name) {
  for (const button of all("[data-filter]")) button.setAttribute("aria-pressed", String(button.dataset.filter === name));
  for (const card of cards) {
    card.hidden = !(name === "all" || card.dataset.verdict === name
      || (name === "ears" && card.dataset.ears === "1") || (name === "open" && !decisionOf(card.id)));
  }
  const shown = visible().length;
  const nothing = one("#nothing-shown");
  nothing.hidden = shown > 0;
  nothing.textContent = shown ? "" : texts.no_quotes;
  say(fill(texts.showing, { n: shown, of: cards.length }));
}

function orderBy(name) {
  const key = name === "urgent" ? (card) => Number(card.dataset.urgency) : () => 0;
  for (const list of all(".cards")) {
    list.append(...all(".card", list).sort((a, b) => key(a) - key(b) || numberOf(a) - numberOf(b)));
  }
}

// Words that belong together: quote to reference, heard to translation; one step further reaches the third row.
function partners(box, row, index) {
  box.links ??= JSON.parse(box.dataset.links);
  const { heard, translation, pairs } = box.links;
  const found = { quote: new Set(), heard: new Set(), translation: new Set() };
  found[row].add(index);
  const tie = (links, left, right) => {
    const before = { left: new Set(found[left]), right: new Set(found[right]) };
    for (const [a, b] of links ?? []) {
      if (before.left.has(a)) found[right].add(b);
      if (before.right.has(b)) found[left].add(a);
    }
  };
  for (let round = 0; round < 2; round += 1) {
    tie(heard, "quote", "heard");
    tie(translation, "quote", "translation");
    if (!(round && row === "heard")) tie(pairs, "heard", "translation");
  }
  return found;
}

function light(word) {
  for (const lit of all(".w.lit")) lit.classList.remove("lit");
  const line = word?.closest(".words");
  const card = word?.closest(".card");
  const box = line?.closest(".passage") ?? (card && one(".passage:not(.minor)", card));
  if (!box || !box.dataset.links) return null;
  const rows = {
    quote: one('[data-row="quote"]', card), heard: one('[data-row="heard"]', box), translation: one('[data-row="translation"]', box),
  };
  const found = partners(box, line.dataset.row, all(".w", line).indexOf(word));
  const reached = {};
  for (const [row, indexes] of Object.entries(found)) {
    const words = rows[row] ? all(".w", rows[row]) : [];
    reached[row] = [...indexes].sort((a, b) => a - b).map((index) => words[index]).filter(Boolean);
    for (const each of reached[row]) each.classList.add("lit");
  }
  return reached;
}

function describe(word) {
  const reached = light(word);
  const parts = [word.textContent];
  if (word.dataset.s) parts.push(clock(Number(word.dataset.s)), fill(texts.sure, { percent: word.dataset.p }));
  const means = reached?.translation.map((each) => each.textContent).join(" ");
  if (means) parts.push(fill(texts.means, { words: means }));
  return parts.join(", ");
}

// Arrow keys inside the heard words.
function walk(line, direction) {
  const words = all(".w", line);
  const at = words.indexOf(one(".w.at", line));
  words[at]?.classList.remove("at");
  const next = words[at < 0 ? 0 : Math.min(words.length - 1, Math.max(0, at + direction))];
  next?.classList.add("at");
  if (next) say(describe(next));
}

function playWord(word) {
  const box = word?.closest(".passage");
  if (!box || !word.dataset.s || !box.dataset.clip) return;
  playPassage(box);
  seek(Number(word.dataset.s));
}

document.addEventListener("pointerover", (event) => {
  const word = event.target.closest?.(".card .w");
  if (word && word.dataset.s) word.title = describe(word);
  else light(word);
});
for (const card of cards) {
  card.addEventListener("focusin", () => choose(card));
  card.addEventListener("click", (event) => {
    choose(card);
    const button = event.target.closest("[data-action]");
    const box = event.target.closest(".passage");
    const word = event.target.closest(".w[data-s]");
    if (button?.dataset.action === "play") {
      if (player.box === box && player.clip !== null) toggle();
      else playPassage(box);
    } else if (button?.dataset.action === "wider") playPassage(box, true);
    else if (button?.dataset.action === "onward") onward();
    else if (button?.dataset.action === "in-article") { event.preventDefault(); goToArticle(card); }
    else if (button?.dataset.action === "in-transcript") { event.preventDefault(); goToTranscript(card); }
    else if (word && getSelection().isCollapsed) playWord(word);
  });
  for (const slider of all(".wave input", card)) {
    slider.addEventListener("input", () => {
      const box = slider.closest(".passage");
      const wanted = Number(slider.value);
      if (player.box !== box) playPassage(box);
      if (wanted < player.from || wanted > player.to) Object.assign(player, { from: Number(box.dataset.from), to: Number(box.dataset.to) });
      seek(wanted);
      slider.setAttribute("aria-valuetext", fill(texts.position, { time: clock(wanted), n: numberOf(card) }));
    });
  }
}

function goToArticle(card) {
  const pointer = pointersTo(card.id)[0];
  if (!pointer) return;
  show("article");
  choose(card);
  scrollTo(pointer, "center");
  pointer.focus({ preventScroll: true });
}

// A click on a quote in the article: its card, and its sound.
for (const pointer of all(".pointer")) {
  pointer.addEventListener("click", (event) => {
    event.preventDefault();
    const card = document.getElementById(pointer.dataset.quote);
    if (card.hidden) filterBy("all");
    choose(card, { focus: true, scroll: true });
    const box = one(".passage:not(.minor)", card);
    if (box?.dataset.clip) playPassage(box);
  });
}
for (const button of all("[data-filter]")) button.addEventListener("click", () => filterBy(button.dataset.filter));
if (narrow.matches) for (const legend of all("details.legend")) legend.open = false;
one("#order")?.addEventListener("change", (event) => orderBy(event.target.value));
