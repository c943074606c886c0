"""The bot: how the talk goes. The modules directly in this folder are pure; `adapters/` touches the world.

__main__       the command line: demo, terminal, polling, check
questionnaire  what is asked, in which order, and why          flow       one step of the talk
conditions     the whole rule language: {fact: [values]}       reading    typed words -> an option
parameters     every figure, dated and sourced                 calculators  policy in code
guidance       facts, and which advice in which order          wording    templates that meet facts
messages       replies in words and buttons                    service    one turn, kept safely
"""
