// A demo that plays by itself: taps a script, button after button, so slowly that one can follow.

const LOOK = 100; // milliseconds between looks whether the button is there
const PATIENCE = 20000;

export const PAUSE = 900; // milliseconds between a look at the button and its tap

const rest = (time) => new Promise((done) => { setTimeout(done, time); });

async function waitFor(find, stopped) {
  for (let waited = 0; waited < PATIENCE && !stopped(); waited += LOOK) {
    const found = find();
    if (found) return found;
    await rest(LOOK);
  }
  return null;
}

// Tap each button of `taps` (callback data) as soon as the newest keyboard has it. Escape stops it.
export async function play(panel, taps, pause = PAUSE) {
  const listening = new AbortController();
  const stopped = () => listening.signal.aborted || !panel.root.isConnected;
  addEventListener("keydown", (event) => { if (event.key === "Escape") listening.abort(); }, { signal: listening.signal });
  panel.root.dataset.playing = "";
  panel.toast(panel.words.playing);
  await rest(pause);
  if (!stopped()) await panel.start();
  for (const data of taps) {
    const key = await waitFor(() => !panel.log.querySelector(".waiting") && panel.newestKey(data), stopped);
    if (!key) break;
    key.scrollIntoView({ block: "nearest" });
    key.classList.add("chosen");
    await rest(pause);
    key.classList.remove("chosen");
    if (stopped()) break;
    if (key.dataset.data === data) key.click();
  }
  panel.toast(stopped() ? panel.words.stopped : panel.words.played);
  delete panel.root.dataset.playing;
  listening.abort();
}
