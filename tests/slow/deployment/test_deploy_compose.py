"""The Compose file, read by Docker's own `compose`, without an engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from service.app import create_app
from tests.support.deploying import (
    DEPLOY,
    PINNED,
    command,
    dockerfile,
    settings_of,
    version,
    yaml_faults,
)
from tests.support.paths import ROOT
from tests.support.serving import settings_for

COMPOSE = DEPLOY / "compose"
FILE = COMPOSE / "compose.yaml"
OURS = {"publish", "service"}
SECRETS = {
    "POSTGRES_PASSWORD": "5e34c0ffee",
    "FAQ_ADMIN_TOKEN": "sesame-sesame-sesame",
    "GRAFANA_PASSWORD": "5e34c0ffee",
    "MINIO_PASSWORD": "5e34c0ffee",
}


def composed(**settings: str) -> dict[str, Any]:
    """Everything of all profiles, with the values of `env.example` and made-up secrets."""
    example = [
        line.split("=", 1)
        for line in (COMPOSE / "env.example").read_text("utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    ]
    values = {name: value or SECRETS.get(name, "") for name, value in example} | settings
    assert values.keys() >= SECRETS.keys()
    text = command(
        "docker-compose", "-f", FILE, "--profile", "*", "config", "--format", "json", env=values
    )
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = composed()["services"]
    return found


def test_services_are_those_that_are_promised(services: dict[str, Any]) -> None:
    profiles = {name: service.get("profiles", []) for name, service in services.items()}

    assert profiles == {
        "publish": [],
        "service": [],
        "nginx": [],
        "postgres": [],
        "redis": [],
        "etcd": ["milvus"],
        "minio": ["milvus"],
        "milvus": ["milvus"],
        "prometheus": ["watch"],
        "grafana": ["watch"],
    }


def test_secret_that_is_not_written_is_an_error_that_names_it() -> None:
    with pytest.raises(AssertionError, match="POSTGRES_PASSWORD is missing a value: write one"):
        command("docker-compose", "-f", FILE, "config", "--quiet", env={})


def test_yaml_is_without_lint() -> None:
    assert yaml_faults(COMPOSE) == ""


def test_every_image_is_pinned_to_an_exact_version(services: dict[str, Any]) -> None:
    loose = [
        service["image"] for service in services.values() if not PINNED.fullmatch(service["image"])
    ]

    assert loose == []
    assert {services[name]["image"].split(":")[1] for name in OURS} == {version()}


def test_service_accepts_every_setting(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings_of(services["service"]["environment"], monkeypatch)

    assert given.trusted_proxies == ("172.30.77.0/24",)
    assert given.database_url.get_secret_value().startswith("postgresql+psycopg://faq:5e34")
    assert given.rate_limit_storage.get_secret_value() == "redis://redis:6379/0"
    assert given.admin_token is not None


def test_image_has_what_the_settings_need(services: dict[str, Any]) -> None:
    extras = services["service"]["build"]["args"]["EXTRAS"].split(",")

    assert extras == ["mcp", "postgres", "redis"]
    for extra in extras:
        assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.M)


def test_vectors_in_milvus_are_one_line_of_the_settings() -> None:
    [line] = re.findall(
        r"^# (FAQ_VECTOR_STORE=.*)$", (COMPOSE / "env.example").read_text("utf-8"), re.M
    )
    name, address = line.split("=")

    services = composed(**{name: address})["services"]

    assert address == "http://milvus:19530"
    for service in OURS:
        assert services[service]["environment"][name] == address
        assert services[service]["build"]["args"]["EXTRAS"] == "mcp,postgres,redis,milvus"


def test_volumes_lie_where_the_image_reads_and_writes(services: dict[str, Any]) -> None:
    mounts = {
        name: {
            volume["target"]: volume.get("read_only", False) for volume in services[name]["volumes"]
        }
        for name in OURS
    }
    [environment] = [line for line in dockerfile("ENV") if "FAQ_INDEX_DIR" in line]
    folder = re.findall(r"FAQ_INDEX_DIR=(\S+)", environment)[0]
    [data] = dockerfile("VOLUME")

    assert mounts["service"] == {folder: True, data: False}
    assert mounts["publish"] == {"/app/corpus": True, folder: False, "/app/var/cache": False}
    assert services["publish"]["command"][:2] == ["careers-faq", "build"]
    assert services["publish"]["command"][-4:-1] == ["corpus", "--out", folder]


def test_service_starts_whether_or_not_the_content_is_published(services: dict[str, Any]) -> None:
    waits = {name: set(services[name].get("depends_on", {})) for name in ("service", "nginx")}

    assert waits == {"service": {"postgres", "redis"}, "nginx": {"service"}}
    assert services["publish"]["restart"] == "no"


def test_service_can_be_run_several_times(services: dict[str, Any]) -> None:
    assert services["service"].keys().isdisjoint({"container_name", "hostname", "ports"})


def test_files_that_are_mounted_are_there(services: dict[str, Any]) -> None:
    sources = [
        Path(volume["source"])
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    ]

    assert len(sources) == 4
    assert [path for path in sources if not path.exists()] == []


def test_health_is_that_of_the_image(services: dict[str, Any]) -> None:
    [health] = [line for line in dockerfile("HEALTHCHECK") if "CMD" in line]

    check = services["service"]["healthcheck"]["test"]

    assert check[0] == "CMD"
    assert check[1:] == json.loads(health[health.index("[") :])


def test_nothing_may_more_than_it_needs(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) > 0, name
    assert {name for name, service in services.items() if service.get("read_only")} >= OURS | {
        "nginx"
    }
    assert {name for name, service in services.items() if service.get("cap_add")} == {"postgres"}


def test_only_proxy_and_dashboards_are_reached_from_outside_and_on_loopback(
    services: dict[str, Any],
) -> None:
    ports = {
        name: [(port["host_ip"], port["published"]) for port in service["ports"]]
        for name, service in services.items()
        if "ports" in service
    }
    outside = {name for name, service in services.items() if "outside" in service["networks"]}
    vectors = {name for name, service in services.items() if "vectors" in service["networks"]}
    internal = {name for name, network in composed()["networks"].items() if network.get("internal")}

    assert ports == {"nginx": [("127.0.0.1", "8080")], "grafana": [("127.0.0.1", "3000")]}
    assert outside == ports.keys()
    assert internal == {"inside", "vectors"}
    assert vectors == {"publish", "service", "milvus"}
    assert services["publish"]["networks"].keys() == {"vectors"}


def test_prometheus_asks_the_service_where_it_gives_its_figures(tmp_path: Path) -> None:
    paths = create_app(settings_for(tmp_path)).openapi()["paths"]
    text = (COMPOSE / "prometheus.yml").read_text("utf-8")

    assert "/metrics" in paths
    assert "metrics_path" not in text
    assert "names: [service]" in text
    assert "port: 8000" in text


def test_prometheus_takes_its_file() -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("deploy: promtool is not installed")

    completed = subprocess.run(
        [program, "check", "config", COMPOSE / "prometheus.yml"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert completed.returncode == 0, completed.stderr


@pytest.fixture
def nginx_file(tmp_path: Path) -> Path:
    """The file with an address of this machine in place of the container's name."""
    text = (COMPOSE / "nginx.conf").read_text("utf-8")
    assert text.count("server service:8000 ") == 1
    text = text.replace("service:8000", "127.0.0.1:8000")
    path = tmp_path / "nginx.conf"
    path.write_text(text.replace("/tmp", str(tmp_path)), "utf-8")  # noqa: S108 - the container's
    return path


def test_nginx_takes_its_file_without_a_warning(nginx_file: Path) -> None:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        pytest.skip("deploy: nginx is not installed")

    completed = subprocess.run(
        [program, "-t", "-c", nginx_file, "-p", nginx_file.parent],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (completed.returncode, "[warn]" in completed.stderr) == (0, False), completed.stderr
