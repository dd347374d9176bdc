"""What ``docs/reliability.md`` claims, measured: each script here prints the figures of one table as JSON.

python -m tests.reliability.kills            killed at random moments and at every write
python -m tests.reliability.write_failures   no space, read-only, I/O error at every write
python -m tests.reliability.scale            memory and time over 10,000 notes
python -m tests.reliability.bad_files        bad files of 12 kinds among good ones
"""
