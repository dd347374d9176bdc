// The recordings: each is written out when it is opened; searching looks through the data, not through the page.
const shelf = document.getElementById("shelf");
const found = document.getElementById("found");
const MOST_FOUND = 200;

function sentenceText(recording, index) {
  const [first, last] = recording.sentences[index];
  return recording.words.slice(first, last).join(" ");
}

function sentenceTimes(recording, index) {
  const [first, last] = recording.sentences[index];
  return [recording.starts_ms[first] ?? 0, recording.ends_ms[last - 1] ?? 0];
}

function stampButton(recording, from, to) {
  const number = clipAt(recording.id, from);
  const button = element("button", { type: "button", className: "stamp", textContent: clock(from), disabled: number < 0 });
  if (number >= 0) {
    button.setAttribute("aria-label", fill(texts.play_from, { time: clock(from) }));
    button.addEventListener("click", () => play(number, from - 150, to + 150, button.closest(".line"), recording.name));
  }
  return button;
}

function heardWords(recording, index) {
  const [first, last] = recording.sentences[index];
  const line = element("span", { lang: recording.language, dir: "auto" });
  for (let place = first; place < last; place += 1) {
    const percent = recording.percents[place];
    const doubt = percent >= 75 ? "" : percent >= 45 ? " unsure" : " doubtful";
    const word = element("span", { className: `w${doubt}`, textContent: recording.words[place], title: fill(texts.sure, { percent }) });
    if (clipAt(recording.id, recording.starts_ms[place]) >= 0) word.dataset.s = recording.starts_ms[place];
    line.append(word, " ");
  }
  return line;
}

function lineOf(recording, index) {
  const line = element("div", { className: "line" });
  const meaning = recording.translations[index];
  line.append(stampButton(recording, ...sentenceTimes(recording, index)), heardWords(recording, index));
  if (meaning) line.append(element("span", { className: "meaning", dir: "auto", textContent: meaning }));
  line.addEventListener("click", (event) => {
    const from = Number(event.target.closest(".w")?.dataset.s ?? NaN);
    const number = clipAt(recording.id, from);
    if (number >= 0 && getSelection().isCollapsed) play(number, from, sentenceTimes(recording, index)[1] + 150, line, recording.name);
  });
  return line;
}

function writeOut(tape, recording) {
  if (tape.lines) return;
  tape.lines = recording.sentences.map((_, index) => lineOf(recording, index));
  const box = element("div", { className: "lines" });
  for (const [kind, start, end, detail] of recording.flags) {
    const text = `${clock(start)}–${clock(end)}  ${data.audio_flags[kind] ?? kind}`;
    box.append(element("p", { className: "weak" }, text, detail ? ": " : "", isolated(detail)));
  }
  if (!tape.lines.length) box.append(element("p", { className: "hint", textContent: texts.no_words }));
  box.append(...tape.lines);
  tape.append(box);
}

function tapeOf(recording) {
  const tape = element("details", { className: "tape" });
  const head = element("summary", {}, element("b", {}, isolated(recording.name)), element("span", { className: "quiet", textContent: clock(recording.duration_ms) }));
  for (const text of [recording.sender, recording.sent]) if (text) head.append(element("span", { className: "quiet" }, isolated(text)));
  if (recording.flags.length) head.append(element("span", { className: "weak", textContent: `! ${recording.flags.length}`, title: texts.flags }));
  tape.append(head);
  tape.addEventListener("toggle", () => { if (tape.open) writeOut(tape, recording); });
  return tape;
}

const tapes = shelf ? data.recordings.map(tapeOf) : [];
shelf?.append(...tapes);

function openAt(number, index) {
  const tape = tapes[number];
  show("recordings");
  tape.open = true;
  writeOut(tape, data.recordings[number]);
  for (const line of all(".line.target")) line.classList.remove("target");
  const line = tape.lines[index] ?? tape;
  line.classList.add("target");
  scrollTo(line, "center");
  (one(".stamp:enabled", line) ?? one("summary", tape)).focus({ preventScroll: true });
}

function goToTranscript(card) {
  const box = one(".passage:not(.minor)", card);
  if (!box || box.dataset.recording === "") return;
  const number = Number(box.dataset.recording);
  const recording = data.recordings[number];
  const index = recording.sentences.findIndex((_, place) => sentenceTimes(recording, place)[1] > Number(box.dataset.start));
  endSearch();
  openAt(number, index);
}

// Every sentence folded once, when the first search begins.
let index = null;
function searchable() {
  index ??= data.recordings.flatMap((recording, number) => recording.sentences.map((_, place) => ({
    number, place, text: folded(sentenceText(recording, place)), meaning: folded(recording.translations[place] ?? ""),
  })));
  return index;
}

// The text with each found word in a <mark>; folding keeps every letter in its place.
function marked(text, words, settings) {
  const line = element("span", { dir: "auto", ...settings });
  const low = folded(text);
  let place = 0;
  while (place < text.length) {
    const next = words.map((word) => [low.indexOf(word, place), word.length]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    if (!next) break;
    line.append(text.slice(place, next[0]), element("mark", { textContent: text.slice(next[0], next[0] + next[1]) }));
    place = next[0] + next[1];
  }
  line.append(text.slice(place));
  return line;
}

function foundLine({ number, place }, words) {
  const recording = data.recordings[number];
  const line = element("div", { className: "line" });
  const go = element("button", { type: "button", className: "quiet-button" }, isolated(recording.name));
  go.addEventListener("click", () => { endSearch(); openAt(number, place); });
  line.append(stampButton(recording, ...sentenceTimes(recording, place)));
  line.append(element("div", {}, marked(sentenceText(recording, place), words, { lang: recording.language }), element("br"), go));
  line.append(marked(recording.translations[place] ?? "", words, { className: "meaning" }));
  return line;
}

function endSearch() {
  if (!shelf) return;
  one("#search").value = "";
  found.hidden = true;
  shelf.hidden = false;
  found.replaceChildren();
}

function search(typed) {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  if (!words.length) return endSearch();
  const fits = (text) => words.every((word) => text.includes(word));
  const hits = searchable().filter((each) => fits(each.text) || fits(each.meaning));
  const report = hits.length
    ? fill(texts.found, { n: hits.length, of: new Set(hits.map((each) => each.number)).size })
    : fill(texts.found_none, { words: typed });
  const more = hits.length > MOST_FOUND ? ` ${fill(texts.found_more, { n: MOST_FOUND })}` : "";
  found.replaceChildren(element("p", { className: "hint", dir: "auto", textContent: report + more }));
  found.append(...hits.slice(0, MOST_FOUND).map((each) => foundLine(each, words)));
  found.hidden = false;
  shelf.hidden = true;
  say(report + more);
}

let typing = 0;
one("#search")?.addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => search(event.target.value), 120);
});
one("#search-form")?.addEventListener("submit", (event) => event.preventDefault());
