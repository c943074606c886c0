// The page: listens to the double, keeps a panel and a tab for each chat.

import { element } from "./message.js";
import { Panel } from "./panel.js";
import { PAUSE, play } from "./play.js";

const main = document.querySelector("main");
const tabs = document.querySelector(".tabs");
const offline = document.querySelector(".offline");
const panels = new Map();
const ours = new Map(); // the chats opened here and not yet shown: what is played there, if anything
const asked = new URLSearchParams(location.search);

function show(id, focus = false) {
  for (const [each, panel] of panels) {
    const chosen = each === id;
    panel.root.classList.toggle("chosen", chosen);
    panel.tab.ariaSelected = String(chosen);
    panel.tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) panel.tab.focus();
    if (chosen) panel.toEnd();
    if (chosen) panel.tab.scrollIntoView({ inline: "nearest", block: "nearest" });
  }
  sessionStorage.setItem("chat", id);
}

function add(chat) {
  const panel = new Panel(chat);
  panel.tab = element("button", "tab");
  panel.tab.type = "button";
  panel.tab.setAttribute("role", "tab");
  panel.tab.setAttribute("aria-controls", panel.root.id);
  panel.tab.addEventListener("click", () => {
    show(chat.id);
    panel.root.scrollIntoView({ inline: "nearest", block: "nearest" });
  });
  panels.set(chat.id, panel);
  main.append(panel.root);
  tabs.append(panel.tab);
  label(panel);
  return panel;
}

function label(panel) {
  const { chat } = panel;
  const place = [...panels.keys()].indexOf(chat.id) + 1;
  const language = (chat.language || "zh").startsWith("zh") ? "中" : "EN";
  panel.tab.replaceChildren(element("span", "name", chat.title), ` ${place} · ${language}`);
}

function begin({ chats }) {
  panels.clear();
  main.replaceChildren();
  tabs.replaceChildren();
  for (const chat of chats) add(chat).fill(chat.messages);
  offline.hidden = true;
  if (asked.has("play") && !panels.size) {
    perform(asked.get("play"), asked.get("language") ?? "zh-hans");
    return;
  }
  const last = Number(sessionStorage.getItem("chat"));
  if (panels.size) show(panels.has(last) ? last : [...panels.keys()][0]);
  else open(navigator.language.startsWith("zh") || !navigator.language.startsWith("en") ? "zh-hans" : "en");
}

function change(chat) {
  const known = panels.get(chat.id);
  if (known) { known.describe(chat); label(known); return; }
  add(chat);
  if (panels.size === 1) show(chat.id);
  welcome(chat.id);
}

// Show a chat that was opened here, once both the double's answer and its news have come.
function welcome(id) {
  if (!panels.has(id) || !ours.has(id)) return;
  show(id);
  const taps = ours.get(id);
  ours.delete(id);
  if (taps) play(panels.get(id), taps, Number(asked.get("pause") ?? PAUSE));
}

async function open(language, taps = null) {
  const name = language.startsWith("zh") ? "小王" : "Xiao Wang";
  const body = JSON.stringify({ language, name });
  const answer = await fetch("page/chats", { method: "POST", headers: { "content-type": "application/json" }, body });
  const { id } = await answer.json();
  ours.set(id, taps);
  welcome(id);
}

// Demos: who is played, and in which language.

let plays = null;

async function scripts() {
  plays ??= fetch("plays.json").then((answer) => answer.json());
  return plays;
}

async function perform(id, language) {
  const script = (await scripts()).find((each) => each.id === id);
  await open(language, script?.taps ?? null);
}

async function offerPlays() {
  const choice = document.querySelector(".play");
  for (const [language, name, words] of [["zh-hans", "中文", "zh"], ["en", "English", "en"]]) {
    const group = element("optgroup");
    group.label = name;
    for (const script of await scripts()) group.append(new Option(script[words], `${script.id} ${language}`));
    choice.append(group);
  }
  choice.addEventListener("change", () => {
    const [id, language] = choice.value.split(" ");
    choice.value = "";
    choice.blur();
    perform(id, language);
  });
}

// Light or dark: the device's own wish, until somebody chooses here.

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  document.querySelector(".theme").ariaPressed = String(isDark());
}

function isDark() {
  return (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

function listen() {
  const source = new EventSource("page/events");
  const on = (kind, deed) => source.addEventListener(kind, (event) => deed(JSON.parse(event.data)));
  const toPanel = (deed) => ({ chat, content }) => { const panel = panels.get(chat); if (panel) panel[deed](content); };
  on("snapshot", begin);
  on("chat", change);
  on("message", toPanel("onMessage"));
  on("edited", toPanel("onEdited"));
  on("deleted", toPanel("onDeleted"));
  on("action", toPanel("onAction"));
  on("answered", toPanel("onAnswered"));
  source.addEventListener("error", () => { offline.hidden = false; });
}

tabs.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const ids = [...panels.keys()];
  const at = ids.findIndex((id) => panels.get(id).tab === document.activeElement);
  show(ids[(at + step + ids.length) % ids.length], true);
});
for (const button of document.querySelectorAll(".new")) {
  button.addEventListener("click", () => open(button.dataset.language));
}
document.querySelector(".theme").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", theme);
  setTheme(theme);
});
setTheme(localStorage.getItem("theme"));
offerPlays();
listen();
