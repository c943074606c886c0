"""What researchers see of those who agreed: participants, columns, exports, counts, a model that learns."""
