"""The bot. A folder's name says what it does; tests/test_architecture.py says who may import whom.

Pure, without clock or I/O:
content     questions, conditions, figures, templates: what is said, on what ground
dialogue    one step of the talk; reading typed words, free questions, reminders
guidance    facts from answers, which advice in which order, calculators
render      replies in words and buttons, pictures and printouts in words
turns       a batch of what came in -> conversations as they are now, and what goes out
check       is the knowledge as it should be?

The world:
loading     files -> frozen values              channels    ways in: Telegram, the terminal
storage     everything that speaks SQL          delivery    ways out, in order and at a bearable rate
privacy     keys, tombstones, private files     ops         logs and metrics
app         settings, a serving process

Beside serving:
backoffice  operators' commands                 research    the report, exports, retraining
demo        a Telegram double, a town of imagined workers
"""
