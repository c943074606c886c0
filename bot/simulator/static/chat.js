// The page: listens to the double, keeps a panel and a tab for each chat.

import { element } from "./message.js";
import { Panel } from "./panel.js";

const main = document.querySelector("main");
const tabs = document.querySelector(".tabs");
const offline = document.querySelector(".offline");
const panels = new Map();
const wanted = { fresh: false }; // whether the next new chat is ours to show

function show(id, focus = false) {
  for (const [each, panel] of panels) {
    const chosen = each === id;
    panel.root.classList.toggle("chosen", chosen);
    panel.tab.ariaSelected = String(chosen);
    panel.tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) panel.tab.focus();
    if (chosen) panel.toEnd();
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
  panel.tab.textContent = `${chat.title} ${place} · ${(chat.language || "zh").startsWith("zh") ? "中" : "EN"}`;
}

function begin({ chats }) {
  panels.clear();
  main.replaceChildren();
  tabs.replaceChildren();
  for (const chat of chats) add(chat).fill(chat.messages);
  offline.hidden = true;
  const last = Number(sessionStorage.getItem("chat"));
  if (panels.size) show(panels.has(last) ? last : [...panels.keys()][0]);
  else open(navigator.language.startsWith("zh") || !navigator.language.startsWith("en") ? "zh-hans" : "en");
}

function change(chat) {
  const known = panels.get(chat.id);
  if (known) { known.describe(chat); label(known); return; }
  add(chat);
  if (wanted.fresh || panels.size === 1) show(chat.id);
  wanted.fresh = false;
}

async function open(language) {
  wanted.fresh = true;
  const name = language.startsWith("zh") ? "小王" : "Xiao Wang";
  const body = JSON.stringify({ language, name });
  await fetch("page/chats", { method: "POST", headers: { "content-type": "application/json" }, body });
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
listen();
