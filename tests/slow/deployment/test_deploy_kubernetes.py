"""The manifests for Kubernetes, put together by kubectl and checked against Kubernetes' schemas."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.app import create_app
from service.ops.observability import Metrics
from service.settings import Switch
from tests.support import commands
from tests.support.deploying import (
    DEPLOY,
    PINNED,
    command,
    dockerfile,
    load_all,
    settings_of,
    version,
    yaml_faults,
)
from tests.support.paths import ROOT
from tests.support.serving import settings_for

KUBERNETES = DEPLOY / "kubernetes"
SECRET = {
    "FAQ_DATABASE_URL": "postgresql+psycopg://faq:secret@db.example.org/faq",
    "FAQ_ADMIN_TOKEN": "sesame-sesame-sesame",
    "FAQ_RATE_LIMIT_STORAGE": "redis://redis.example.org:6379/0",
}


@pytest.fixture(scope="module")
def base() -> list[Any]:
    return load_all(command("kubectl", "kustomize", KUBERNETES / "base"))


@pytest.fixture(scope="module")
def job() -> Any:
    [job] = load_all(command("kubectl", "kustomize", KUBERNETES / "publish"))
    return job


def one(manifests: list[Any], kind: str) -> Any:
    [found] = [manifest for manifest in manifests if manifest["kind"] == kind]
    return found


def pod_of(workload: Any) -> Any:
    return workload["spec"]["template"]["spec"]


def container_of(workload: Any) -> Any:
    [container] = pod_of(workload)["containers"]
    return container


@pytest.mark.parametrize("release", ["1.30", "1.37"])
def test_manifests_fit_the_schemas_of_kubernetes(base: list[Any], job: Any, release: str) -> None:
    for manifest in [*base, job]:
        kubernetes_validate.validate(manifest, release, strict=True)


def test_rollback_is_the_job_that_publishes_with_another_command(job: Any, tmp_path: Path) -> None:
    rollback: Any
    [rollback] = load_all(command("kubectl", "kustomize", KUBERNETES / "rollback"))
    container = container_of(rollback)
    words = [*container.pop("command"), *container.pop("args")]
    publishing = deepcopy(container_of(job))
    published = publishing.pop("args")[-2]
    del publishing["command"]

    kubernetes_validate.validate(rollback, "1.30", strict=True)
    assert rollback["metadata"]["name"] != job["metadata"]["name"]
    assert container == publishing
    assert words == ["careers-faq", "versions", "rollback", "--out", published, "--wait"]
    words[-2] = str(tmp_path)
    assert "There is no index" in commands.run(*words[1:]).stderr


def test_yaml_is_without_lint() -> None:
    assert yaml_faults(KUBERNETES) == ""


def test_every_part_is_there(base: list[Any]) -> None:
    assert sorted(manifest["kind"] for manifest in base) == [
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Namespace",
        "NetworkPolicy",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    ]


def test_images_are_pinned_to_this_version(base: list[Any], job: Any) -> None:
    images = [container_of(one(base, "Deployment"))["image"], container_of(job)["image"]]

    assert [image for image in images if not PINNED.fullmatch(image)] == []
    assert {image.split(":")[1] for image in images} == {version()}


def test_service_accepts_every_setting(base: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    variables = one(base, "ConfigMap")["data"]

    given = settings_of({**variables, **SECRET}, monkeypatch)

    assert variables.keys().isdisjoint(SECRET)
    assert given.allowed_origins == ("https://careers.example.org",)
    assert container_of(one(base, "Deployment"))["envFrom"] == [
        {"configMapRef": {"name": one(base, "ConfigMap")["metadata"]["name"]}},
        {"secretRef": {"name": "careers-faq"}},
    ]


def test_image_of_the_docs_has_what_the_settings_need(base: list[Any]) -> None:
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    [extras] = re.findall(r"--target serve --build-arg EXTRAS=(\S+)", text)
    settings = one(base, "ConfigMap")["data"].keys() | SECRET.keys()
    needs = {"FAQ_RATE_LIMIT_STORAGE": "redis", "FAQ_DATABASE_URL": "postgres", "FAQ_MCP": "mcp"}
    needs["FAQ_INDEX_SOURCE"] = "store"

    assert set(extras.split(",")) == {needs[name] for name in settings & needs.keys()}


def test_index_is_fetched_from_where_the_job_publishes_it(base: list[Any], job: Any) -> None:
    deployment = one(base, "Deployment")
    settings = one(base, "ConfigMap")["data"]
    folder = settings["FAQ_INDEX_SOURCE"].removeprefix("file://")
    [data] = dockerfile("VOLUME")
    [mount] = [
        mount for mount in container_of(deployment)["volumeMounts"] if mount["name"] == "published"
    ]
    writes = {mount["name"]: mount["mountPath"] for mount in container_of(job)["volumeMounts"]}
    claim = {"persistentVolumeClaim": {"claimName": "careers-faq"}, "name": "published"}

    assert folder.startswith(f"{mount['mountPath']}/")
    assert settings["FAQ_INDEX_DIR"].startswith(f"{data}/")
    assert mount["readOnly"] is True
    assert writes["published"] == mount["mountPath"]
    assert container_of(job)["args"][2:4] == ["--out", folder]
    assert claim in pod_of(deployment)["volumes"]
    assert claim in pod_of(job)["volumes"]
    assert one(base, "PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteMany"]


def test_service_may_write_to_the_folder_of_the_image_and_no_other(base: list[Any]) -> None:
    mounts = container_of(one(base, "Deployment"))["volumeMounts"]
    [data] = dockerfile("VOLUME")

    writable = {mount["mountPath"] for mount in mounts if not mount.get("readOnly")}

    assert writable == {data, "/tmp"}  # noqa: S108 - of the container


def test_job_runs_a_command_that_there_is(job: Any) -> None:
    container = container_of(job)
    options = {word for word in container["args"] if word.startswith("--")}

    shown = command(*container["command"], "--help")

    assert {option for option in options if option not in shown} == set()
    assert job["spec"]["backoffLimit"] == 0


def test_probes_ask_routes_of_the_service_on_its_port(base: list[Any], tmp_path: Any) -> None:
    paths = create_app(settings_for(tmp_path)).openapi()["paths"]
    container = container_of(one(base, "Deployment"))
    probes = {
        kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")
    }

    assert {probe["path"] for probe in probes.values()} <= paths.keys()
    assert probes["readiness"]["path"] == "/readyz"
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert container["ports"] == [{"containerPort": int(dockerfile("EXPOSE")[0]), "name": "http"}]
    assert one(base, "Service")["spec"]["ports"][0]["targetPort"] == "http"


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_pods_are_not_root_and_may_nothing(base: list[Any], job: Any, kind: str) -> None:
    workload = job if kind == "Job" else one(base, kind)
    pod, container = pod_of(workload), container_of(workload)
    [user] = dockerfile("USER")

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert container["resources"].keys() == {"requests", "limits"}


def test_everything_is_about_the_pods_of_the_service(base: list[Any], job: Any) -> None:
    deployment = one(base, "Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    policies = {
        manifest["metadata"]["name"]: manifest["spec"]["podSelector"]["matchLabels"]
        for manifest in base
        if manifest["kind"] == "NetworkPolicy"
    }
    selectors = [
        deployment["spec"]["selector"]["matchLabels"],
        one(base, "Service")["spec"]["selector"],
        one(base, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        policies["careers-faq"],
    ]

    assert all(selector == selectors[0] for selector in selectors)
    assert selectors[0].items() <= labels.items()
    assert policies["careers-faq-publish"].items() <= (
        job["spec"]["template"]["metadata"]["labels"].items()
    )
    assert one(base, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]


def test_autoscaler_goes_by_a_figure_that_the_service_gives(base: list[Any]) -> None:
    [metric] = one(base, "HorizontalPodAutoscaler")["spec"]["metrics"]
    name = metric["pods"]["metric"]["name"]
    [rule] = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())["rules"]["custom"]
    annotations = one(base, "Deployment")["spec"]["template"]["metadata"]["annotations"]

    assert re.search(rf"^{name} \d", Metrics().render().decode(), re.M)
    assert rule["seriesQuery"].startswith(f"{name}{{")
    assert rule["name"]["as"] == name
    assert annotations["prometheus.io/path"] == "/metrics"


def test_public_reaches_every_route_but_those_that_are_not_for_it(
    base: list[Any], tmp_path: Any
) -> None:
    app = create_app(settings_for(tmp_path, mcp=Switch.ON))
    [rule] = one(base, "Ingress")["spec"]["rules"]
    allowed = [(path["path"], path["pathType"]) for path in rule["http"]["paths"]]

    def is_reached(path: str) -> bool:
        return any(
            path == given or (kind == "Prefix" and path.startswith(f"{given}/"))
            for given, kind in allowed
        )

    routes = {"/", "/faq", "/faq.jsonld", "/widget.js", "/docs", "/mcp", "/openapi.json"}
    routes |= set(app.openapi()["paths"])

    assert {path for path in routes if not is_reached(path)} == {"/metrics"}
