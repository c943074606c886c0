"""Messages: replies in words and buttons, the only place where words meet facts.

presenter  every reply, worded          asking   consent and questions
sheet    one worker on one day        showing  result, review, cards
buttons  messages and their parts     lists    shelves of advice, page by page
reckoning  sums in the chat
script   Traditional signs            asides   their data, the score explained, reminders, help
"""

from bot.render.message import Attachment, Button, File, Keyboard, Message
from bot.render.presenter import Presenter
from bot.render.view import Beside, Operator

__all__ = ["Attachment", "Beside", "Button", "File", "Keyboard", "Message", "Operator", "Presenter"]
