"""The command line's commands: serving, checking, and operators' work with complaints and breaches."""
