// What every part of the page uses: its data, its texts, making elements, speaking to a screen reader.
// Text from outside only ever enters through textContent.
const root = document.documentElement;
const main = document.getElementById("main");
const data = JSON.parse(document.getElementById("data").textContent);
const texts = data.texts;
const live = document.getElementById("live");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 60rem)");

const one = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

function element(tag, settings = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function isolated(text) {
  return element("bdi", { dir: "auto", textContent: text });
}

function say(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 30);
}

function clock(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const pair = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pair(minutes)}:${pair(seconds % 60)}` : `${minutes}:${pair(seconds % 60)}`;
}

// Folded for searching: letter case and the dots of ё do not matter; every letter keeps its place.
function folded(text) {
  return Array.from(text, (letter) => {
    const low = letter.toLowerCase();
    return low.length === letter.length ? low : letter;
  }).join("").replaceAll("ё", "е");
}

// Twice: parts that were never in sight take their real height only when they come near.
function scrollTo(target, block) {
  target.scrollIntoView({ block, behavior: "instant" });
  requestAnimationFrame(() => target.scrollIntoView({ block, behavior: "instant" }));
}

// On a phone one of three views is shown; on a wide screen all of them are.
function show(view) {
  main.dataset.view = view;
  for (const link of all(".masthead [data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function save(name, mime, text) {
  const address = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

for (const link of all(".masthead nav a[data-view]")) link.addEventListener("click", () => show(link.dataset.view));
root.classList.add("alive");
show(one("#quotes.workplace") ? "quotes" : "recordings");
