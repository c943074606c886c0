"""Everything that speaks SQL: turns as transactions, the outbox, leases, deletion, counters."""
