"""Where the repository's files lie, for tests in whatever folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "corpus"
"""The content that the project ships."""
CONTENT = ROOT / "tests" / "content"
"""The tiny corpus, on two jobs in a kitchen."""
SUPPORT = ROOT / "tests" / "support"
SHARED = ROOT.parent / "shared"
"""Evaluation data beside the checkout, where there is any."""
