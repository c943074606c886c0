"""The service under faults: killed at every point, cut off, refused and paused, and still right.

Simulated, by seed                               Real
loop      time that jumps                        service  the bot in a process of its own
chaos     what goes wrong, and where             crowd    workers, and what they should have got
engine    SQLite inline, with faults             wire     connections that are cut
process   one life of the bot                    real     killed for good, suspended
telegram  updates pushed, messages taken
people    workers who react to what they see
journal   what was committed, what must follow
world     a whole run

`make faults` is the long run; `python -m tests.faults --seed N` plays one run again, `--help` tells the rest.
"""
