"""The models: what is the risk? What serves knows nothing of chats, questions or wording.

serving    reads an artifact, scores an answer, explains the score: no library at all
training   from the report's tables to artifacts and the card; how collected answers take over
"""
