// Serves telegram-test-api: `node telegram_test_api.js FOLDER_OF_NODE_MODULES PORT`.
const { createRequire } = require("node:module");
const TelegramServer = createRequire(process.argv[2] + "/")("telegram-test-api");

new TelegramServer({ host: "127.0.0.1", port: Number(process.argv[3]), storeTimeout: 3600 }).start();
