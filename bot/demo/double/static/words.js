// The words of the page itself, in the language that a chat's user has.

const WORDS = {
  zh: {
    bot: "机器人", typing: "正在输入…", blocked: "已停用",
    uploading: "正在发送文件…",
    menu: "菜单", menuHint: "命令菜单", attach: "添加", photo: "照片", sticker: "贴纸",
    write: "输入消息", send: "发送", start: "开始", restart: "重新启用机器人",
    block: "停用", blockHint: "停用机器人", about: "这个机器人能做什么？",
    joined: "把机器人加进了群",
    edited: "已编辑", picture: "图片", language: "用户语言", ok: "好", you: "您", save: "保存",
    editing: "正在修改上一条消息（Esc 取消）", failed: "没有发出去，请再试一次",
    playing: "演示开始（Esc 停止）", stopped: "演示停了", played: "演示完了，您可以接着点",
  },
  en: {
    bot: "bot", typing: "typing…", blocked: "stopped",
    uploading: "sending a file…",
    menu: "Menu", menuHint: "Command menu", attach: "Attach", photo: "Photo", sticker: "Sticker",
    write: "Message", send: "Send", start: "Start", restart: "Restart the bot",
    block: "Stop", blockHint: "Stop the bot", about: "What can this bot do?",
    joined: "added the bot",
    edited: "edited", picture: "Picture", language: "User's language", ok: "OK", you: "You", save: "Save",
    editing: "Editing your last message (Esc to cancel)", failed: "Not sent, please try again",
    playing: "The demo begins (Esc stops it)", stopped: "The demo was stopped", played: "End of the demo: go on as you like",
  },
};

export function wordsFor(language) {
  return (language || "zh").startsWith("zh") ? WORDS.zh : WORDS.en;
}
