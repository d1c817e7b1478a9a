"""Timings of crmlib beside its peers, in one run: ``python -m benchmarks``."""
