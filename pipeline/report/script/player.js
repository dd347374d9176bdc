// One audio element for the whole page. Times are milliseconds of the recording; a clip begins at its start_ms.
const LEAD_MS = 600; // played before and after a passage
const RATES = [1, 0.75, 0.5];
const audio = document.getElementById("audio");
const bar = document.getElementById("player");
const player = { clip: null, box: null, what: "", from: 0, to: 0, loop: false, rate: 0, address: null, wanted: 0 };

function addressOf(number) {
  const clip = data.clips[number];
  if (clip.url !== null) return clip.url;
  const holder = document.getElementById(`clip-${number}`);
  if (!holder) return null;
  const bytes = Uint8Array.from(atob(holder.textContent.trim()), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: clip.mime }));
}

// The clip that holds a moment of a recording, or -1.
function clipAt(recording, ms) {
  return data.clips.findIndex((clip) => clip.recording === recording && clip.start_ms <= ms && ms < clip.end_ms);
}

function load(number) {
  if (player.clip === number) return true;
  const address = addressOf(number);
  if (address === null) return false;
  if (player.address && player.address.startsWith("blob:")) URL.revokeObjectURL(player.address);
  player.clip = number;
  player.address = address;
  audio.src = address;
  return true;
}

function seek(ms) {
  const start = data.clips[player.clip].start_ms;
  player.wanted = ms;
  const set = () => { audio.currentTime = Math.max(0, (player.wanted - start) / 1000); };
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) set();
  else audio.addEventListener("loadedmetadata", set, { once: true });
}

const positionMs = () => (player.clip === null ? 0 : data.clips[player.clip].start_ms + audio.currentTime * 1000);

// Play from..to of a recording; box is the element that shows it, what its name in the bar.
function play(number, from, to, box, what) {
  if (!(number >= 0) || !load(number)) {
    say(texts.no_audio);
    return;
  }
  const clip = data.clips[number];
  markBox(box);
  Object.assign(player, { what, from: Math.max(clip.start_ms, from), to: Math.min(clip.end_ms, to) });
  bar.hidden = false;
  one("#now-what").textContent = what;
  audio.playbackRate = RATES[player.rate];
  seek(player.from);
  press(!audio.paused); // where sound goes on, "play" will not come again
  start();
  say(fill(texts.playing, { what, time: clock(player.from) }));
}

function start() {
  audio.play().catch((error) => {
    if (error.name === "AbortError") return;
    fail(data.clips[player.clip].url !== null ? texts.linked_missing : texts.cannot_play);
  });
}

function fail(text) {
  one("#now-what").textContent = text;
  bar.hidden = false;
  say(text);
}

function toggle() {
  if (player.clip === null) return false;
  if (audio.paused) {
    if (positionMs() >= player.to - 20) seek(player.from);
    start();
  } else audio.pause();
  return true;
}

function markBox(box) {
  if (player.box === box) return;
  press(false);
  player.box?.classList.remove("heard-now");
  for (const word of all(".w.now", player.box ?? bar)) word.classList.remove("now");
  player.box = box;
  box?.classList.add("heard-now");
}

function step(ms) {
  if (player.clip === null) return;
  seek(positionMs() + ms);
  draw();
}

function setLoop(on) {
  player.loop = on;
  one('[data-action="loop"]', bar).setAttribute("aria-pressed", String(on));
  say(on ? texts.loop_on : texts.loop_off);
}

function slower() {
  player.rate = (player.rate + 1) % RATES.length;
  audio.playbackRate = RATES[player.rate];
  one("#rate").textContent = `${RATES[player.rate]}×`;
  say(fill(texts.speed, { rate: RATES[player.rate] }));
}

// The head of the waveform and the word that sounds now.
function draw() {
  const now = positionMs();
  one("#now-time").textContent = `${clock(now)} / ${clock(player.to)}`;
  const box = player.box;
  if (!box) return;
  const slider = one(".wave input", box);
  if (slider) {
    slider.value = now;
    const from = Number(box.dataset.from);
    const across = (600 * (now - from)) / (Number(box.dataset.to) - from);
    one(".head", box).setAttribute("d", `M${Math.min(600, Math.max(0, across)).toFixed(1)} 0v56`);
  }
  let sounding = null;
  for (const word of all(".w[data-s]", box)) {
    word.classList.remove("now");
    if (Number(word.dataset.s) <= now) sounding = word;
  }
  if (!audio.paused) sounding?.classList.add("now");
}

function tick() {
  if (audio.paused) return;
  draw();
  if (positionMs() >= player.to) {
    if (player.loop) seek(player.from);
    else audio.pause();
  }
  requestAnimationFrame(tick);
}

function press(playing) {
  player.box?.classList.toggle("playing", playing);
  one(".main-button").classList.toggle("playing", playing);
  one(".main-button").setAttribute("aria-pressed", String(playing));
  if (player.box) one(".play-button", player.box)?.setAttribute("aria-pressed", String(playing));
}

audio.addEventListener("play", () => {
  press(true);
  requestAnimationFrame(tick);
});
audio.addEventListener("pause", () => {
  press(false);
  draw();
});
audio.addEventListener("ended", () => {
  if (player.loop) { seek(player.from); start(); }
});
audio.addEventListener("seeked", draw);
audio.addEventListener("error", () => {
  if (player.clip !== null) fail(data.clips[player.clip].url !== null ? texts.linked_missing : texts.cannot_play);
});
