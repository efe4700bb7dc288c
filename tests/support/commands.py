"""`careers-faq` in this process, with an encoder that a test chooses."""

import os
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from index.encoding.embedder import ExportedEmbedder
from index.encoding.encoder import OnnxEncoder
from index.quality.publication import Model
from service.commands.cli import app
from service.commands.options import Tools
from tests.support.encoding import HandEncoder


def run(
    *arguments: object, tools: Tools | None = None, settings: Mapping[str, str] | None = None
) -> Result:
    """Run a subcommand to its end, which is an exit code and never a traceback."""
    given = [str(argument) for argument in arguments]
    inherited = [name for name in os.environ if name[:4] == "FAQ_"]  # noqa: TID251 - not these
    environment = {**dict.fromkeys(inherited), **(settings or {})}
    result = CliRunner().invoke(app, given, obj=tools, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def words(text: str) -> str:
    """Return a printed message without the frame and the line breaks around it."""
    return " ".join(text.replace("│", " ").split())


def by_hand(runtime: Path) -> Tools:
    """Tools that encode by hand; `runtime` stands for the folder of an exported encoder."""
    model = Model(HandEncoder(), runtime, HandEncoder())
    return Tools(find_model=lambda name, cache: model, encoder=model.encoder)


def exported(runtime: Path) -> Tools:
    """Tools that encode everything with an exported encoder, so that torch is not needed."""
    model = Model(ExportedEmbedder(runtime, "the exported encoder"), runtime, OnnxEncoder(runtime))
    return Tools(find_model=lambda name, cache: model, encoder=model.encoder)
