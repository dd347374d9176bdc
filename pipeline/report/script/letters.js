// Decisions on their way out: JSON, a table for a spreadsheet, a note that asks for a correction.
const letter = document.getElementById("letter");
const letterText = document.getElementById("letter-text");

// Direction marks and control characters would let a name disturb the letter around it.
const flat = (text) => String(text ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();

function decisionList() {
  return [...quotes].map(([dom, quote]) => {
    const decision = decisionOf(dom);
    return {
      article_id: quote.article.id, article_title: quote.article.title, article_sha256: quote.article.sha256,
      quote_id: quote.id, printed: quote.text, speaker: quote.speaker, verdict: quote.verdict, flags: quote.flags, passages: quote.passages,
      choice: decision?.choice ?? null, note: decision?.note ?? "", decided_at: decision?.decided_at ?? null,
    };
  });
}

function decisionsJson() {
  const head = { schema: "voxquote.decisions/1", program: `voxquote ${data.version}`, report_created_at: data.created_at };
  return `${JSON.stringify({ ...head, decisions: decisionList() }, null, 2)}\n`;
}

// A cell that begins like a formula gets an apostrophe, so that a spreadsheet shows it and does not run it.
function cell(value) {
  const text = String(value ?? "").replaceAll("\u0000", "");
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function decisionsCsv() {
  const lines = [...quotes].map(([dom, quote]) => {
    const passage = quote.passages[0];
    const decision = decisionOf(dom);
    return [
      quote.article.title, quote.id, quote.text, quote.speaker, quote.verdict_text, texts[decision?.choice ?? "undecided"], decision?.note,
      passage?.file, passage && clock(passage.start_ms), passage && clock(passage.end_ms), passage?.heard, passage?.translation, decision?.decided_at,
    ].map(cell).join(",");
  });
  return `\ufeff${[texts.csv_columns.map(cell).join(","), ...lines].join("\r\n")}\r\n`;
}

function complaint(quote) {
  const printed = flat(quote.text).replace(/[,;:]$/, ""); // a comma before the closing mark is the article's
  const lines = [fill(texts.letter_printed, { text: printed })];
  if (quote.speaker) lines.push(fill(texts.letter_speaker, { speaker: flat(quote.speaker) }));
  for (const passage of quote.passages) {
    lines.push(fill(texts.letter_where, { file: flat(passage.file), start: clock(passage.start_ms), end: clock(passage.end_ms) }));
    if (passage.sent) lines.push(fill(texts.letter_sent, { when: flat(passage.sent) }));
    lines.push(fill(texts.letter_heard, { text: flat(passage.heard) }));
    if (passage.translation) lines.push(fill(texts.letter_translation, { text: flat(passage.translation) }));
  }
  if (!quote.passages.length) lines.push(texts.letter_nowhere);
  const note = decisionOf(quote.dom)?.note;
  if (note) lines.push(fill(texts.letter_note, { note: flat(note) }));
  return lines.join("\n");
}

function letterOf() {
  const parts = [];
  for (const article of data.articles) {
    const wrong = article.quotes.filter((quote) => decisionOf(quote.dom)?.choice === "differs");
    if (!wrong.length) continue;
    parts.push(fill(texts.letter_subject, { title: flat(article.title) || flat(article.file) }), texts.letter_intro);
    parts.push(...wrong.map((quote, index) => `${index + 1}. ${complaint(quotes.get(quote.dom))}`));
  }
  if (!parts.length) return texts.letter_empty;
  return [...parts, texts.letter_end, fill(texts.letter_source, { version: data.version })].join("\n\n");
}

async function copyLetter() {
  letterText.select();
  try {
    await navigator.clipboard.writeText(letterText.value);
    say(texts.copied);
  } catch {
    say(texts.copy_by_hand);
  }
}

const actions = {
  "save-json": () => save("voxquote-decisions.json", "application/json", decisionsJson()),
  "save-csv": () => save("voxquote-decisions.csv", "text/csv;charset=utf-8", decisionsCsv()),
  "save-letter": () => save("correction-note.txt", "text/plain;charset=utf-8", `${letterText.value}\n`),
  "copy-letter": copyLetter,
  letter: () => {
    letterText.value = letterOf();
    letter.showModal();
    letterText.setSelectionRange(0, 0);
    letterText.scrollTop = 0;
  },
  help: () => one("#help").showModal(),
  close: (button) => button.closest("dialog").close(),
  toggle: () => toggle() || playCurrent(),
  previous: () => stepAndPlay(-1),
  next: () => stepAndPlay(1),
  onward,
  loop: () => setLoop(!player.loop),
  slower,
};

function stepAndPlay(direction) {
  const playing = !audio.paused;
  const card = stepQuote(direction);
  const box = card && one(".passage:not(.minor)", card);
  if (box?.dataset.clip) playPassage(box);
  else if (playing) audio.pause();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button && !button.closest(".card")) actions[button.dataset.action]?.(button);
});
