"""Which browsers the tests and the benchmark drive."""
