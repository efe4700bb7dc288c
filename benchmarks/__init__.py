"""What `scripts/benchmark.py` is made of: servers, questions, load and the report."""
