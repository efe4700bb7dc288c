"""The plain recipe, for comparison: FastAPI, sentence-transformers on torch, a flat FAISS index.

It is what most tutorials build, done well: the texts are encoded beforehand, the model is loaded
once, torch uses as many threads as there are cores, and the blocking route runs on a thread of the
pool, beside the event loop. Run by `scripts/benchmark.py`:

    python -m benchmarks.plain_recipe build texts.jsonl path/to/model vectors.faiss
    python -m benchmarks.plain_recipe serve texts.jsonl path/to/model vectors.faiss 8001
"""

import json
import sys
from pathlib import Path

import faiss  # noqa: TID251 - the recipe is measured as people write it
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer  # noqa: TID251 - see above

PASSAGES = 5


class Question(BaseModel):
    """What is asked."""

    question: str


class Passage(BaseModel):
    """A text that is near the question."""

    id: str
    text: str
    score: float


def load_model(model: Path) -> SentenceTransformer:
    """Load the model on the processor; nothing is downloaded."""
    return SentenceTransformer(str(model), device="cpu", local_files_only=True)


def read_units(texts: Path) -> list[dict[str, str]]:
    """Read the texts with the ids of their units."""
    return [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()]


def build(texts: Path, model: Path, vectors: Path) -> None:
    """Encode and index the texts."""
    said = [unit["text"] for unit in read_units(texts)]
    rows = np.asarray(load_model(model).encode(said, normalize_embeddings=True), dtype=np.float32)
    nearest = faiss.IndexFlatIP(rows.shape[1])
    nearest.add(rows)
    faiss.write_index(nearest, str(vectors))


def create_app(texts: Path, model: Path, vectors: Path) -> FastAPI:
    """Load everything, and return the service."""
    units, encoder, nearest = read_units(texts), load_model(model), faiss.read_index(str(vectors))
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/ask")
    def ask(asked: Question) -> list[Passage]:
        vector = encoder.encode(
            [asked.question], normalize_embeddings=True, show_progress_bar=False
        )
        scores, positions = nearest.search(np.asarray(vector, dtype=np.float32), PASSAGES)
        return [
            Passage(id=units[position]["id"], text=units[position]["shown"], score=score)
            for position, score in zip(positions[0].tolist(), scores[0].tolist(), strict=True)
        ]

    return app


if __name__ == "__main__":
    texts, model, vectors = map(Path, sys.argv[2:5])
    if sys.argv[1] == "build":
        build(texts, model, vectors)
    else:
        app = create_app(texts, model, vectors)
        uvicorn.run(app, port=int(sys.argv[5]), log_level="warning", access_log=False)
