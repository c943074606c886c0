"""The models: what is the risk? Knows nothing of chats, questions or wording.

survey      the report's tables and shares, from evidence/     population  the rebuilt reference populations
training    fits, and writes artifacts/*.json                  fitting     logistic regression on expected outcomes
answers     collected answers, checked row by row              learning    how answers take over from the report
evaluation  how good a model is, beside its ceiling            card        CARD.md and CARD.zh.md, made by the code
risk        scores from an artifact: all that serving needs    artifact, reference  what risk reads; standard library
"""
