// One message as DOM nodes. Text only ever becomes text nodes, never markup.

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const LONG_WORD = /[a-z]{8}/i; // wants smaller letters where four keys share a row
const SLIP = 24; // pixels that a finger may slip and still mean the key
const SAFE = /^(https?:|tg:|mailto:|tel:)/i;

export function element(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

// Nest the entities (UTF-16 offsets, as strings here count) over the text.
export function rendered(text, entities, act) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const end = entity.offset + entity.length;
    let next = index + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    if (entity.offset > at) fragment.append(text.slice(at, entity.offset));
    const inner = entities.slice(index + 1, next).map((e) => ({ ...e, offset: e.offset - entity.offset }));
    const piece = text.slice(entity.offset, end);
    fragment.append(wrapped(entity, piece, rendered(piece, inner, act), act));
    at = end;
    index = next;
  }
  fragment.append(text.slice(at));
  return fragment;
}

function wrapped(entity, piece, content, act) {
  switch (entity.type) {
    case "text_link":
    case "url": return link(entity.url || piece, content);
    case "bot_command": return pressable("command", content, () => act.say(piece));
    case "spoiler": return spoiler(content);
    case "date_time": return time(entity.unix_time, content);
    case "expandable_blockquote": return quote(content);
    default: {
      const node = element(TAGS[entity.type] || "span");
      node.append(content);
      return node;
    }
  }
}

// Telegram would word it in the phone's own way; the page keeps our words, and tells the moment to a pointer.
function time(seconds, content) {
  const node = element("time");
  const moment = new Date(seconds * 1000);
  node.dateTime = moment.toISOString();
  node.title = moment.toLocaleString();
  node.append(content);
  return node;
}

function link(address, content) {
  if (!SAFE.test(address)) return content;
  const node = element("a");
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  node.append(content);
  return node;
}

function pressable(className, content, press) {
  const node = element("button", className);
  node.type = "button";
  node.append(content);
  node.addEventListener("click", () => press(node));
  return node;
}

function spoiler(content) {
  return pressable("spoiler", content, (node) => node.classList.add("open"));
}

function quote(content) {
  const node = element("blockquote", "expandable");
  const toggle = pressable("more", "⌄", () => {
    const open = node.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
  });
  toggle.setAttribute("aria-expanded", "false");
  const inner = element("div");
  inner.append(content);
  node.append(inner, toggle);
  return node;
}

// Build a message: bubble with picture, file, text and time; keyboard beneath.
export function messageNode(message, words, act) {
  if (message.new_chat_members) return element("p", "day", `${message.from.first_name} ${words.joined}`);
  const mine = !message.from.is_bot;
  const node = element("article", `message ${mine ? "mine" : "theirs"}`);
  node.dataset.id = message.message_id;
  node.append(bubble(message, words, act));
  setKeyboard(node, message, act);
  return node;
}

// Show an edited message in the same nodes, so that a key keeps the focus.
export function refresh(node, message, words, act) {
  node.querySelector(".bubble").replaceWith(bubble(message, words, act));
  setKeyboard(node, message, act);
}

function setKeyboard(node, message, act) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  const board = node.querySelector(".keyboard") ?? element("div", "keyboard");
  if (rows.length) node.append(...(board.isConnected && board.parentNode === node ? [] : [board]));
  else board.remove();
  fill(board, rows, message, act);
  node.classList.toggle("keyed", rows.length > 0);
  node.classList.toggle("wide", rows.some((row) => row.length > 2));
}

function bubble(message, words, act) {
  const node = element("div", "bubble");
  node.tabIndex = -1;
  if (message.chat.type !== "private") node.append(element("p", "sender", message.from.first_name));
  if (message.reply_to_message) node.append(element("p", "reply", message.reply_to_message.text || "…"));
  if (message.photo) node.append(picture(message, words));
  if (message.document) node.append(file(message.document));
  if (message.sticker) node.append(element("span", "sticker", message.sticker.emoji));
  const text = message.text ?? message.caption ?? "";
  if (text) {
    const paragraph = element("div", "text");
    paragraph.append(rendered(text, message.entities ?? message.caption_entities ?? [], act));
    node.append(paragraph);
  }
  if (message.photo && !text) node.classList.add("bare");
  if (message.sticker) node.classList.add("sticky");
  if (marksEdit(message)) node.classList.add("edited");
  node.append(stamp(message, words));
  return node;
}

function stamp(message, words) {
  const node = element("p", "stamp");
  const time = element("time");
  const date = new Date(message.date * 1000);
  time.dateTime = date.toISOString();
  time.textContent = `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
  if (marksEdit(message)) node.append(element("span", "", words.edited));
  node.append(time);
  if (!message.from.is_bot) {
    const ticks = element("span", "ticks", "✓✓");
    ticks.ariaHidden = "true";
    node.append(ticks);
  }
  return node;
}

// Telegram marks no edit of a message with buttons: they change all the time.
function marksEdit(message) {
  return message.edit_date && !message.reply_markup;
}

function picture(message, words) {
  const size = message.photo.at(-1);
  const anchor = element("a", "picture");
  anchor.href = `page/files/${size.file_id}`;
  anchor.target = "_blank";
  const image = element("img");
  image.src = anchor.href;
  image.width = size.width;
  image.height = size.height;
  image.alt = message.caption || words.picture;
  anchor.append(image);
  return anchor;
}

function file(described) {
  const anchor = element("a", "file");
  anchor.href = `page/files/${described.file_id}`;
  anchor.download = described.file_name;
  const kind = described.file_name.split(".").pop().slice(0, 4);
  anchor.append(element("span", "kind", kind), element("span", "title", described.file_name));
  anchor.append(element("span", "size", sizeOf(described.file_size)));
  return anchor;
}

function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(bytes / 1024, 0.1).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function fill(board, rows, message, act) {
  const tight = rows.some((row) => row.length > 3 && row.some((button) => LONG_WORD.test(button.text)));
  board.classList.toggle("tight", tight);
  while (board.children.length > rows.length) board.lastChild.remove();
  rows.forEach((row, at) => {
    const line = board.children[at] ?? board.appendChild(element("div", "row"));
    line.dataset.columns = row.length;
    while (line.children.length > row.length) line.lastChild.remove();
    row.forEach((button, place) => {
      const held = line.children[place];
      if (!held) line.append(keyNode(button, message, act));
      else if (button.url || button.copy_text || held.tagName === "A" || held.dataset.copies) held.replaceWith(keyNode(button, message, act));
      else dress(held, button);
    });
  });
}

// A key may change or go while a finger is on it; what the finger went down on is what is meant.
let press = null;
let spent = false; // whether the click that may still come was the press already acted on

addEventListener("pointerup", (event) => {
  if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) < SLIP) {
    spent = true;
    press.tap();
  }
  press = null;
});
addEventListener("pointercancel", () => { press = null; }); // it became a scroll

function keyNode(button, message, act) {
  const node = element(button.url ? "a" : "button");
  dress(node, button);
  if (button.url) {
    if (SAFE.test(button.url)) node.href = button.url;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
    node.classList.add("link");
    return node;
  }
  node.type = "button";
  if (button.copy_text) {
    node.dataset.copies = button.copy_text.text;
    node.addEventListener("click", () => navigator.clipboard?.writeText(button.copy_text.text));
    return node;
  }
  const tap = (data) => act.tap(node, message.message_id, data);
  node.addEventListener("pointerdown", (event) => {
    const { data } = node.dataset;
    if (event.button === 0) press = { x: event.clientX, y: event.clientY, tap: () => tap(data) };
    spent = false;
  });
  node.addEventListener("click", (event) => {
    if (!spent || event.detail === 0) tap(node.dataset.data); // 0: from the keyboard
    spent = false;
  });
  return node;
}

function dress(node, button) {
  const data = button.callback_data ?? "";
  if (node.dataset.data !== data) node.className = "";
  node.classList.add("key", ...(button.style ? [button.style] : []));
  node.textContent = button.text;
  node.dataset.data = data;
}
