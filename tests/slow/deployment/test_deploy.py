"""The files under deploy/ and the commands of docs/operations.md, tried out."""

import json
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from inspect import signature
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from benchmarks.servers import free_port
from service.commands import serve
from tests.support.paths import ROOT
from tests.support.running import port_of, started, wait_until_open

DEPLOY = ROOT / "deploy"
BLOCK_OF_MAIN = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_buffer_size 1m;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/careers-faq.conf;
}}
"""


def tool(name: str) -> str:
    """Where a program of Debian is; skips without it, which CI refuses."""
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:/opt/homebrew/bin")
    if path is None:
        pytest.skip(f"deploy: {name} is not installed")
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, and its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    command = [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    return folder / "fullchain.pem"


def nginx_settings(folder: Path, certificate: Path, plain: int, secure: int, service: int) -> Path:
    """The shipped file with this machine's ports and certificate, inside a main file."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r".*listen \[::\].*\n", "", text)
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{service}"),
        ("/etc/letsencrypt/live/careers.example.org", str(certificate.parent)),
        ("/var/log/nginx", str(folder)),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "careers-faq.conf").write_text(text, "utf-8")
    main = folder / "nginx.conf"
    main.write_text(BLOCK_OF_MAIN.format(folder=folder), "utf-8")
    return main


@contextmanager
def nginx(folder: Path, certificate: Path, service: int) -> Iterator[str]:
    """The real nginx before the service; gives its https address."""
    program = tool("nginx")
    secure = free_port()
    main = nginx_settings(folder, certificate, free_port(), secure, service)
    with subprocess.Popen([program, "-c", main, "-p", folder], stderr=subprocess.PIPE) as process:
        try:
            wait_until_open(process, secure)
            yield f"https://127.0.0.1:{secure}"
        finally:
            process.terminate()


def fetch(
    url: str, certificate: Path, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    trust = HTTPSHandler(context=ssl.create_default_context(cafile=certificate))
    request = Request(url, body, headers or {})  # noqa: S310 - the test's own https
    try:
        with build_opener(trust, ProxyHandler({})).open(request, timeout=20) as response:
            return response.status, lowered(response.headers), response.read()
    except HTTPError as error:
        with error:
            return error.code, lowered(error.headers), error.read()


def lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.mark.socket
def test_nginx_takes_the_file_without_a_warning(certificate: Path, tmp_path: Path) -> None:
    program = tool("nginx")
    main = nginx_settings(tmp_path, certificate, free_port(), free_port(), 8000)

    completed = subprocess.run(
        [program, "-t", "-c", main, "-p", tmp_path], capture_output=True, check=False, text=True
    )

    assert (completed.returncode, "[warn]" in completed.stderr) == (0, False), completed.stderr


@pytest.mark.socket
def test_question_through_nginx_and_tls_is_answered(
    certificate: Path, real_index: Path, tmp_path: Path
) -> None:
    asked = json.dumps({"question": "How long does it take to become a baker?"}).encode()
    kind = {"Content-Type": "application/json"}
    with (
        started(tmp_path, FAQ_INDEX_DIR=str(real_index)) as (_, address),
        nginx(tmp_path, certificate, port_of(address)) as front,
    ):
        answered, headers, body = fetch(f"{front}/v1/ask", certificate, kind, asked)
        page, _, html = fetch(f"{front}/", certificate)
        metrics, _, _ = fetch(f"{front}/metrics", certificate)
        large, _, _ = fetch(f"{front}/v1/ask", certificate, kind, b" " * 70_000)
        _, _, saying = fetch(f"{front}/admin/content/import", certificate, kind, b" " * 70_000)
        fetch(f"{front}/v1/suggest?q=mysecret", certificate)
    written = "".join(log.read_text("utf-8") for log in tmp_path.glob("careers-faq*.log"))

    assert (answered, json.loads(body)["outcome"]) == (200, "answer")
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert len(headers["x-request-id"]) == 32, "the proxy's id is the one in the log"
    assert page == 200
    assert "https://127.0.0.1/widget.js" in html.decode(), "it knows that it is behind https"
    assert metrics == 404
    assert large == 413
    assert b'"about:blank"' in saying, "the service decides how large a form of the studio may be"
    assert "GET /v1/suggest " in written
    assert "mysecret" not in written
    assert "127.0.0.1" not in written, "no address of a visitor"


@pytest.mark.socket
def test_forged_address_does_not_get_past_nginx(certificate: Path, tmp_path: Path) -> None:
    forged = [f"198.51.100.{number}" for number in range(3)]
    with (
        started(tmp_path, FAQ_RATE_LIMIT="2/hour") as (_, address),
        nginx(tmp_path, certificate, port_of(address)) as front,
    ):
        statuses = [
            fetch(
                f"{front}/v1/questions",
                certificate,
                {"X-Forwarded-For": one, "Forwarded": f"for={one}", "X-Real-IP": one},
            )[0]
            for one in forged
        ]

    assert statuses == [503, 503, 429]


@pytest.mark.socket
def test_caddy_takes_the_file_and_answers(
    certificate: Path, real_index: Path, tmp_path: Path
) -> None:
    program = tool("caddy")
    secure, plain = free_port(), free_port()
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    here = f"admin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tauto_https disable_redirects"
    text = text.replace("{\n", f"{{\n\t{here}\n", 1)
    keys = f"\ttls {certificate} {certificate.parent / 'privkey.pem'}\n"
    text = text.replace("careers.example.org {\n", f"https://127.0.0.1:{secure} {{\n{keys}")
    with started(tmp_path, FAQ_INDEX_DIR=str(real_index), FAQ_RATE_LIMIT="2/hour") as (_, address):
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{port_of(address)}")
        (tmp_path / "Caddyfile").write_text(text, "utf-8")
        environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        command = [program, "run", "--config", f"{tmp_path}/Caddyfile", "--adapter", "caddyfile"]
        with (
            (tmp_path / "caddy.log").open("wb") as log,
            subprocess.Popen(command, env=environment, stderr=log) as process,
        ):
            try:
                wait_until_open(process, secure)
                front = f"https://127.0.0.1:{secure}"
                answers = [
                    fetch(
                        f"{front}/v1/questions",
                        certificate,
                        {"X-Forwarded-For": f"198.51.100.{number}"},
                    )
                    for number in range(3)
                ]
                metrics = fetch(f"{front}/metrics", certificate)[0]
            finally:
                process.terminate()

    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[0][1]["strict-transport-security"] == "max-age=31536000"
    assert metrics == 404


def test_systemd_takes_the_unit_without_a_warning(tmp_path: Path) -> None:
    program = tool("systemd-analyze")
    text = (DEPLOY / "careers-faq.service").read_text("utf-8")
    unit = tmp_path / "careers-faq.service"
    unit.write_text(text.replace("/opt/careers-faq/.venv/bin/python", sys.executable), "utf-8")

    completed = subprocess.run(
        [program, "verify", "--man=no", unit], capture_output=True, check=False, text=True
    )

    assert (completed.returncode, completed.stderr) == (0, "")


def test_unit_confines_the_service_to_one_folder_and_a_few_system_calls() -> None:
    text = (DEPLOY / "careers-faq.service").read_text("utf-8")
    confined = dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)

    expected = {
        "User": "careers-faq",
        "StateDirectory": "careers-faq",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "AmbientCapabilities": "",
        "SystemCallFilter": "@system-service",
    }
    assert {name: confined.get(name) for name in expected} == expected
    assert not confined.keys() & {"ReadWritePaths", "BindPaths", "PermissionsStartOnly"}
    assert " --host 127.0.0.1 " in confined["ExecStart"]


def test_service_listens_on_loopback_unless_it_is_told_otherwise() -> None:
    assert signature(serve.serve).parameters["host"].default == "127.0.0.1"


def test_unit_starts_the_service_with_settings_that_exist() -> None:
    lines = (DEPLOY / "careers-faq.service").read_text("utf-8").splitlines()
    command = next(line for line in lines if line.startswith("ExecStart="))
    given = dict(line.split("=", 2)[1:] for line in lines if line.startswith("Environment=FAQ_"))
    arguments = command.split(" -m service ")[1].split()

    completed = subprocess.run(
        [sys.executable, "-m", "service", *arguments, "--openapi"],
        cwd=ROOT,
        env={**given},
        capture_output=True,
        check=False,
        text=True,
    )

    assert (completed.returncode, completed.stderr) == (0, "")


def test_backup_of_a_database_in_use_can_be_restored(tmp_path: Path) -> None:
    program = tool("sqlite3")
    live, copy = tmp_path / "interactions.db", tmp_path / "copy.db"
    with sqlite3.connect(live) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE kept (line TEXT)")
        writer.execute("INSERT INTO kept VALUES ('only in the log of the database so far')")
        writer.commit()
        subprocess.run([program, live, f".backup '{copy}'"], check=True)
    writer.close()
    live.write_bytes(b"ruined")

    for leftover in ("interactions.db-wal", "interactions.db-shm"):
        (tmp_path / leftover).unlink(missing_ok=True)
    shutil.copy(copy, live)

    with sqlite3.connect(live) as restored:
        rows = restored.execute("SELECT line FROM kept").fetchall()
    restored.close()
    assert rows == [("only in the log of the database so far",)]
