"""How a version is judged before it goes live: self-test, regression gate, content audit."""
