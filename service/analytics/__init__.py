"""What people ask: the database, its recorder and queries, unanswered questions, redaction."""
