"""Benchmarks of quote matching: run, fit, learn. Development only; never imported by the program."""
