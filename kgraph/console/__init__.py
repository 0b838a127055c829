"""The terminal side of the command line: arguments, messages, progress and printed results."""
