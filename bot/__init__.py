"""The bot: how the talk goes. The modules directly in this folder are pure; `adapters/` touches the world.

questionnaire  what is asked, and why           conditions   the whole rule language: {fact: [values]}
conversation   what is kept, what comes in      replies      what is answered, not yet worded
flow           one step of the talk, with       survey, rights, advice, recall: a worker's ways through it
reading        typed words -> an option         private      what nobody may keep, and words of despair
parameters     every figure, dated and sourced  knowledge    all that we say, as one bundle
calculators    policy in code                   guidance     facts, and which advice in which order
ask            free questions -> a card         reminders    when they are due
wording        templates that meet facts        messages     replies in words and buttons
handout        what to take along, on paper     handbook     all knowledge as one page to review
service        turns, pure, as one batch        counting     sums of everybody, of nobody
lint           is the knowledge as it should be?
adapters       the world: settings, files, database, Telegram     simulator  a Telegram of our own
__main__       the command line                                   office     for operators and researchers
"""
