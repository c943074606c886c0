// grammY as its documentation has it, to be measured beside ours: sessions in memory, its own webhook adapter.
// node grammy.js PORT API SURVEY: fifteen questions as lists of [text, options], as rivals.py asks them.
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { Bot, InlineKeyboard, session, webhookCallback } = require("grammy");

const [port, apiRoot, file] = process.argv.slice(2);
const TOKEN = `1000000000:${"b".repeat(35)}`;
const DONE = "答完了，谢谢您。";
const survey = JSON.parse(readFileSync(file, "utf-8"));

function screen(number) {
  if (number === survey.length) return [DONE, {}];
  const [text, options] = survey[number];
  const keyboard = new InlineKeyboard();
  options.forEach((option, place) => keyboard.text(option, `${number}:${place}`).row());
  return [text, { parse_mode: "HTML", reply_markup: keyboard }];
}

const botInfo = { id: 1000000000, is_bot: true, first_name: "b", username: "b_bot" };
const bot = new Bot(TOKEN, { client: { apiRoot }, botInfo });
bot.use(session({ initial: () => ({}) }));
bot.command("start", async (context) => {
  context.session = {};
  await context.reply(...screen(0));
});
bot.on("callback_query:data", async (context) => {
  await context.answerCallbackQuery();
  const number = Number(context.callbackQuery.data.split(":")[0]);
  context.session[number] = context.callbackQuery.data;
  await context.editMessageText(...screen(number + 1));
});

createServer(webhookCallback(bot, "http")).listen(Number(port), "127.0.0.1");
