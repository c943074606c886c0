"""The service under faults: killed at every point, cut off, refused and paused, and still right.

Simulated, by seed                               Real
loop      time that jumps                        service  the bot in a process of its own
chaos     what goes wrong, and where             crowd    workers, and what they should have got
database    SQLite inline, with faults             wire     connections that are cut
process   one life of the bot                    real     killed for good, suspended
telegram  updates pushed, messages taken
people    workers who react to what they see
journal   what was committed, what must follow         power    a power cut: unsynced writes are gone
world     a whole run

`make faults` is the long run; `python -m tests.faults --seed N` plays one run again. The other long runs
(those with PostgreSQL want a server's address in TEST_POSTGRES_URL):

    python -m tests.faults --real sqlite --kills 300     killed 300 times while six workers answer
    python -m tests.faults --real postgres --kills 300   the same on PostgreSQL
    python -m tests.faults --four 1000 --kills 8         four processes, 1,000 chats, each suspended twice
    OUTAGE_SECONDS=60 python -m pytest tests/faults/test_outage.py   no database for a minute; a full disk
"""
