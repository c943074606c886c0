// The foot of a chat: text field, commands menu, attachments, start button.

import { element } from "./message.js";

const STICKERS = ["👍", "❤️", "😂", "🙏", "😢"];

export class Composer {
  constructor(root, panel) {
    this.panel = panel;
    this.form = root.querySelector(".composer");
    this.field = root.querySelector("textarea");
    this.commands = root.querySelector(".commands");
    this.attach = root.querySelector(".attach");
    this.file = root.querySelector("input[type=file]");
    this.menu = root.querySelector(".menu");
    this.clip = root.querySelector(".clip");
    this.editing = null; // the message being edited
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("input", () => { this.grow(); this.suggest(); });
    this.menu.addEventListener("click", () => (this.commands.hidden ? this.showCommands("") : this.close()));
    this.clip.addEventListener("click", () => { const open = this.attach.hidden; this.close(); this.attach.hidden = !open; });
    this.file.addEventListener("change", () => {
      const [picture] = this.file.files;
      if (picture) this.panel.photo(picture);
      this.file.value = "";
    });
    for (const list of [this.commands, this.attach]) {
      list.addEventListener("keydown", (event) => this.walk(event, list));
    }
  }

  describe(words, chat) {
    this.words = words;
    this.chat = chat;
    const scripted = chat.commands.length > 0 && chat.menu !== "web_app";
    this.menu.hidden = !scripted;
    this.menu.querySelector("span").textContent = words.menu;
    this.menu.ariaLabel = words.menuHint;
    this.clip.ariaLabel = words.attach;
    this.field.placeholder = words.write;
    this.field.ariaLabel = words.write;
    this.form.querySelector(".send").ariaLabel = words.send;
    this.commands.ariaLabel = words.menuHint;
    const photo = element("button", "", words.photo);
    photo.type = "button";
    photo.addEventListener("click", () => { this.close(); this.file.click(); });
    this.attach.replaceChildren(photo, ...STICKERS.map((emoji) => this.stickerButton(emoji)));
  }

  stickerButton(emoji) {
    const node = element("button", "emoji", emoji);
    node.type = "button";
    node.ariaLabel = `${this.words.sticker} ${emoji}`;
    node.addEventListener("click", () => { this.close(); this.panel.post("sticker", { emoji }); this.field.focus(); });
    return node;
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    if (this.editing) this.panel.post("edit", { message_id: this.editing.message_id, text });
    else this.panel.say(text);
    this.stopEditing();
  }

  press(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      this.editLast();
    } else if (event.key === "ArrowDown" && !this.commands.hidden) {
      event.preventDefault();
      this.commands.querySelector("button").focus();
    } else if (event.key === "Escape") {
      this.stopEditing();
    }
  }

  walk(event, list) {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      buttons[(at + step + buttons.length) % buttons.length].focus();
    } else if (event.key === "Escape") {
      this.close();
      this.field.focus();
    }
  }

  editLast() {
    const own = this.panel.ownTexts();
    if (!own.length) return;
    this.editing = own.at(-1);
    this.field.value = this.editing.text;
    this.form.classList.add("editing");
    this.panel.toast(this.words.editing);
    this.grow();
  }

  stopEditing() {
    this.editing = null;
    this.field.value = "";
    this.form.classList.remove("editing");
    this.grow();
    this.close();
  }

  grow() {
    this.field.rows = Math.min(6, this.field.value.split("\n").length);
  }

  suggest() {
    const typed = this.field.value;
    if (/^\/\w*$/.test(typed)) this.showCommands(typed.slice(1));
    else this.close();
  }

  showCommands(prefix) {
    this.close();
    const fitting = this.chat.commands.filter((command) => command.command.startsWith(prefix));
    this.commands.replaceChildren(...fitting.map((command) => {
      const node = element("button");
      node.type = "button";
      node.setAttribute("role", "option");
      node.append(element("b", "", `/${command.command}`), element("span", "", command.description));
      node.addEventListener("click", () => { this.stopEditing(); this.panel.say(`/${command.command}`); this.field.focus(); });
      return node;
    }));
    this.commands.hidden = fitting.length === 0;
    if (!prefix && document.activeElement === this.menu) this.commands.querySelector("button")?.focus();
  }

  close() {
    this.commands.hidden = true;
    this.attach.hidden = true;
  }
}
