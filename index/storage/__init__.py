"""Files on disk that survive a crash: atomic writes, locks, tensors, JSON lines."""
