import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT


def test_service_with_one_site_loads_nothing_of_several(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from fastapi.testclient import TestClient\n"
        "from pydantic import SecretStr\n"
        "from service.app import create_app\n"
        "from service.settings import Settings\n"
        f"url = SecretStr('sqlite:///{tmp_path}/x.db')\n"
        "with TestClient(create_app(Settings(database_url=url))) as client:\n"
        "    client.post('/v1/ask', json={'question': 'Why?'})\n"
        "    client.get('/metrics')\n"
        "print([name for name in sys.modules if name.startswith('service.extras')])\n"
    )

    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert completed.stdout.strip() == "[]"
