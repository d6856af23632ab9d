"""The synthetic territory at month 0: actors drawn from the frame, placed in communes, tied by trust.

No project lives here.
"""
