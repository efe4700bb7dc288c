"""No file can be written: the disk is full, or the folder may not be written to."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree

from tests.support.paths import CONTENT

SAVE = """
import resource, signal, sys
from pathlib import Path
from service.studio.content_store import ContentStore
from service.studio.errors import ContentUnwritable
from service.studio.items import ItemKind

store = ContentStore(Path(sys.argv[1]))
item = store.item("faq-start")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
try:
    store.replace(ItemKind.ENTRY, item.id, [item.etag], {**item.fields, "id": "faq-begin"})
except ContentUnwritable as error:
    print(error)
"""


def test_nothing_is_saved_and_nothing_is_left_over(tmp_path: Path) -> None:
    folder = copytree(CONTENT, tmp_path / "content")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    command = [sys.executable, "-c", SAVE, str(folder)]
    completed = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "so I saved nothing. Make room on the disk" in completed.stdout, completed.stderr
    assert str(tmp_path) not in completed.stdout
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    after.pop(folder / ".lock")
    assert after == before
