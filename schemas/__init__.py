"""Everything that may cross a process boundary: messages, subjects, log fields, settings, events.

What is not declared here does not leave a process.
"""
