"""Studio: content edited, checked and published over HTTP, only where FAQ_CORPUS_DIR is set."""
