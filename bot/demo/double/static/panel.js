// One chat: its header, its messages, what came back from taps.

import { Composer } from "./composer.js";
import { element, messageNode, refresh } from "./message.js";
import { wordsFor } from "./words.js";

const TYPING = 5000; // milliseconds that Telegram shows an action
const TOAST = 3500;
const SPINNER = 15000;

export class Panel {
  constructor(chat) {
    const copy = document.querySelector("template#chat").content.cloneNode(true);
    this.root = copy.querySelector(".chat");
    this.log = copy.querySelector(".log");
    this.about = copy.querySelector(".about");
    this.messages = new Map();
    this.composer = new Composer(this.root, this);
    this.describe(chat);
    this.root.querySelector(".language").addEventListener("change", (event) => this.post("language", { language: event.target.value }));
    this.root.querySelector(".block").addEventListener("click", () => this.post("block", { blocked: true }));
    this.root.querySelector(".start").addEventListener("click", () => this.start());
  }

  describe(chat) {
    this.chat = chat;
    const words = (this.words = wordsFor(chat.language));
    const title = chat.kind === "private" ? chat.name : chat.title;
    this.root.id = `chat-${chat.id}`;
    this.root.lang = (chat.language || "zh").startsWith("zh") ? "zh-Hans" : "en";
    this.root.ariaLabel = `${title} · ${chat.title}`;
    this.find("h2").textContent = title;
    this.find(".avatar").textContent = [...title][0];
    this.find(".language").value = chat.language || "zh-hans";
    this.find(".language").ariaLabel = words.language;
    this.find(".block").hidden = chat.blocked;
    this.find(".block").title = this.find(".block").ariaLabel = words.blockHint;
    this.log.ariaLabel = title;
    this.find(".about h3").textContent = words.about;
    this.find(".about p").textContent = chat.description;
    this.find(".alert button").textContent = words.ok;
    this.composer.describe(words, chat);
    this.status();
    this.settle();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  status(action = "") {
    const { words, chat } = this;
    const doing = action && (action === "typing" ? words.typing : words.uploading);
    this.find(".status").textContent = doing || (chat.blocked ? words.blocked : chat.kind === "private" ? words.bot : `@${chat.username}`);
    this.find(".status").classList.toggle("doing", Boolean(doing));
  }

  // Show what fits the chat's stage: about and Start before the first word, restart when stopped.
  settle() {
    const fresh = this.messages.size === 0;
    this.about.hidden = !(fresh && this.chat.description);
    this.find(".composer").hidden = fresh || this.chat.blocked;
    const start = this.find(".start");
    const focused = document.activeElement === start;
    start.hidden = !(fresh || this.chat.blocked);
    start.textContent = this.chat.blocked ? this.words.restart : this.words.start;
    if (start.hidden && focused) this.composer.field.focus();
  }

  start() {
    if (this.chat.blocked && this.messages.size) return this.post("block", { blocked: false });
    return this.post("start", { payload: new URLSearchParams(location.search).get("start") ?? "" });
  }

  fill(messages) {
    for (const message of messages) this.place(message);
    this.log.scrollTop = this.log.scrollHeight;
  }

  place(message) {
    const day = new Date(message.date * 1000).toLocaleDateString(this.root.lang, { month: "long", day: "numeric" });
    if (day !== this.day) this.log.append(element("p", "day", day));
    this.day = day;
    const node = messageNode(message, this.words, this);
    this.messages.set(message.message_id, { message, node });
    this.log.append(node);
    this.settle();
  }

  onMessage(message) {
    const low = this.isLow() || !message.from.is_bot;
    if (message.from.is_bot) this.status();
    this.place(message);
    if (low) this.toEnd();
  }

  // An edit keeps its place, and the focus of who just tapped there.
  onEdited(message) {
    const known = this.messages.get(message.message_id);
    if (!known) return;
    const low = this.isLow();
    const { node, message: before } = known;
    const tapped = node.contains(document.activeElement);
    refresh(node, message, this.words, this);
    this.messages.set(message.message_id, { message, node });
    // The same question with other ticks keeps the key; a new question starts at its words.
    const kept = before.text === message.text && node.contains(document.activeElement);
    if (tapped && !kept) node.querySelector(".bubble").focus({ preventScroll: true });
    if (low) this.toEnd();
  }

  onDeleted({ message_id: id }) {
    this.messages.get(id)?.node.remove();
    this.messages.delete(id);
    this.settle();
  }

  onAction({ action }) {
    clearTimeout(this.acting);
    this.status(action);
    this.acting = setTimeout(() => this.status(), TYPING);
  }

  onAnswered(answer) {
    const node = this.messages.get(answer.message_id)?.node;
    for (const key of node?.querySelectorAll(".waiting") ?? []) key.classList.remove("waiting");
    if (!answer.text) return;
    if (!answer.alert) { this.toast(answer.text); return; }
    this.find(".alert p").textContent = answer.text;
    if (!this.find(".alert").open) this.find(".alert").showModal();
  }

  toast(text) {
    const toast = this.find(".toast");
    clearTimeout(this.toasting);
    toast.textContent = text;
    toast.classList.add("shown");
    this.toasting = setTimeout(() => { toast.classList.remove("shown"); toast.textContent = ""; }, TOAST);
  }

  isLow() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    for (const image of this.log.querySelectorAll("img")) {
      if (!image.complete) image.addEventListener("load", () => { this.log.scrollTop = this.log.scrollHeight; }, { once: true });
    }
  }

  // The key with this data below the newest message that has keys.
  newestKey(data) {
    const keyed = [...this.log.querySelectorAll(".keyed")].at(-1);
    return [...(keyed?.querySelectorAll(".key") ?? [])].find((key) => key.dataset.data === data);
  }

  ownTexts() {
    return [...this.messages.values()].map((each) => each.message).filter((m) => !m.from.is_bot && m.text);
  }

  say(text) {
    return this.post("text", { text });
  }

  tap(key, messageId, data) {
    key.classList.add("waiting");
    setTimeout(() => key.classList.remove("waiting"), SPINNER);
    return this.post("tap", { message_id: messageId, data });
  }

  photo(file) {
    return this.send("photo", file, file.type);
  }

  post(deed, content) {
    return this.send(deed, JSON.stringify(content), "application/json");
  }

  async send(deed, body, type) {
    try {
      const answer = await fetch(`page/chats/${this.chat.id}/${deed}`, { method: "POST", headers: { "content-type": type }, body });
      if (!answer.ok) this.toast((await answer.json()).error);
    } catch {
      this.toast(this.words.failed);
    }
  }
}
