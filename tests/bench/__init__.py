"""Speed as ratios, measured in one run on this machine: ``make bench``.

shapes   models of the true sizes with random weights and answers of forced lengths
sides    what is compared, each in a process of its own
turns    the sides take turns over the same notes, since absolute times mean nothing on a shared machine
limits   how much of what the processor and its memory can do each stage uses
"""
