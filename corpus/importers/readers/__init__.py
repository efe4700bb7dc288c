"""One reader a format: bytes of a source to blocks and questions."""
