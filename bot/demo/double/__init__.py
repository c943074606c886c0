"""A double of the Telegram Bot API over HTTP, with a chat page: the bot needs no Telegram to talk.

server     the double as one object: start it, give it workers     worker     a worker with a phone, for tests
state      chats, messages, queries: what Telegram would hold      phone      what people do: say, tap, send
updates    what waits for the bot, and how it is confirmed         faults     what is planned to go wrong
methods    the Bot API's messages    media  pictures and files    profile    commands, names, descriptions
intake     getUpdates and webhooks   delivery  pushes to a webhook
entities   HTML into text and entities      keyboards  what buttons may be      calls  parameters off the wire
api        the Bot API's routes      page      the chat page's routes           static  the chat page

It refuses what Telegram refuses, in Telegram's words. Where Telegram's rule isn't published it takes the
stricter reading, and the module says so.
"""
