"""How good a version is: self-test, regression gate, content audit, evaluation and its report."""
