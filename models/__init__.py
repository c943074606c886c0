"""The models: what is the risk? Knows nothing of chats, questions or wording.

survey      the report's tables and shares         population  the rebuilt reference populations
outcomes    what the report expects, cell by cell  fitting     logistic regression on expected outcomes
training    fits, and writes artifacts/*.json      specs       what each model is, and may say
answers     collected answers, checked by row      learning    how answers take over from the report
evaluation  how good a model is, and its ceiling   card        CARD.md and CARD.zh.md, made by the code
risk        what serving needs, from artifact, reference, scoring, chances, results, levers: no library at all
"""
