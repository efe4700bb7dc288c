"""The real service with three sites over the content beside this file; each says its own name."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import yaml
from fastapi import FastAPI
from pydantic import SecretStr

from index import Retriever, Unit
from index.sharing import Sharing, moved
from service.app import create_app
from service.settings import Settings
from tests.browser.scripted_service import ScriptedRetriever


class ScriptedSharing:
    """Opens what `ScriptedRetriever` knows, with the name of the site before every answer."""

    def open(self, folder: Path, address: str) -> Retriever:
        def own(unit: Unit) -> Unit:
            return moved(replace(unit, html=f"<p>{folder.name} says:</p>{unit.html}"), address)

        return cast(Retriever, ScriptedRetriever(own))


def scripted_sites_app(folder: Path, origin: str) -> FastAPI:
    """Make the service; its database lies in `folder`, and `origin` may ask every site."""
    sites = {
        "bakery": {
            "index_dir": "bakery",
            "allowed_origins": [origin],
            "contact_url": "mailto:jobs@bakery.example",
            "texts": {
                "en": {"heading": "Ask the bakery", "greeting": "Good morning from the oven."},
                "de": {"heading": "Fragen an die Bäckerei"},
            },
            "theme": {"accent": "#0b6b4f", "radius": "3px"},
        },
        "kitchen": {
            "index_dir": "kitchen",
            "allowed_origins": [origin],
            "texts": {"en": {"heading": "Ask the kitchen"}},
            "theme": {"accent": "#7a2f7d"},
        },
        "plain": {"index_dir": "plain", "allowed_origins": [origin]},
    }
    file = folder / "sites.yaml"
    file.write_text(yaml.safe_dump(sites, allow_unicode=True), "utf-8")
    settings = Settings(
        sites=file,
        database_url=SecretStr(f"sqlite:///{folder}/interactions.db"),
        rate_limit="off",
    )
    return create_app(settings, sharing=cast(Sharing, ScriptedSharing()))
