"""What an overlay may add to the base for Kubernetes: vectors in Milvus, versions from a bucket."""

import os
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.support.deploying import DEPLOY, command, load_all, settings_of

KUBERNETES = DEPLOY / "kubernetes"
BOTH = ("milvus", "s3")
MILVUS = "http://milvus.milvus.svc.cluster.local:19530"
BUCKET = "s3://careers-faq/index"


def overlay(folder: Path, base: str, components: tuple[str, ...]) -> list[Any]:
    """Put together what an operator would write beside the base."""
    there = os.path.relpath(KUBERNETES, folder)
    lines = [f"resources: [{there}/{base}]", "components:"]
    lines += [f"  - {there}/components/{name}" for name in components]
    (folder / "kustomization.yaml").write_text("\n".join(lines), "utf-8")
    return load_all(command("kubectl", "kustomize", folder))


@pytest.fixture(params=[BOTH, BOTH[::-1]], ids=" then ".join)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> list[Any]:
    """The manifests of the service, with both components in either order."""
    manifests = overlay(tmp_path, "base", request.param)
    for manifest in manifests:
        kubernetes_validate.validate(manifest, "1.30", strict=True)
    return manifests


def job_with(folder: Path, *components: str) -> Any:
    [job] = overlay(folder, "publish", tuple(f"{name}/publish" for name in components))
    kubernetes_validate.validate(job, "1.30", strict=True)
    return job["spec"]["template"]["spec"]


def ports(policy: Any) -> set[int]:
    return {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}


def one_of(manifests: list[Any], kind: str, name: str | None = None) -> Any:
    of_kind = [manifest for manifest in manifests if manifest["kind"] == kind]
    [found] = [
        manifest for manifest in of_kind if name is None or manifest["metadata"]["name"] == name
    ]
    return found


def test_pods_search_milvus_and_fetch_from_the_bucket(
    service: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings_of(one_of(service, "ConfigMap")["data"], monkeypatch)
    pod = one_of(service, "Deployment")["spec"]["template"]["spec"]
    [container] = pod["containers"]

    assert (given.vector_store, given.index_source) == (MILVUS, BUCKET)
    assert [volume["name"] for volume in pod["volumes"]] == ["data", "tmp"]
    assert [mount["name"] for mount in container["volumeMounts"]] == ["data", "tmp"]
    assert {"secretRef": {"name": "careers-faq-s3"}} in container["envFrom"]
    assert one_of(service, "PersistentVolumeClaim")["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_service_and_job_reach_what_they_need_and_the_job_no_more(service: list[Any]) -> None:
    serving = one_of(service, "NetworkPolicy", "careers-faq")
    publishing = one_of(service, "NetworkPolicy", "careers-faq-publish")

    assert ports(serving) == {53, 443, 5432, 6379, 19530}
    assert ports(publishing) == {53, 443, 19530}


def test_job_writes_its_vectors_to_milvus(tmp_path: Path) -> None:
    [container] = job_with(tmp_path, *BOTH)["containers"]

    assert {"name": "FAQ_VECTOR_STORE", "value": MILVUS} in container["env"]
    assert "FAQ_VECTOR_STORE" in command("careers-faq", "build", "--help")


def test_job_pushes_what_it_has_built_and_stops_where_it_is_refused(tmp_path: Path) -> None:
    [container] = job_with(tmp_path, *BOTH)["containers"]
    [script] = container["args"]
    built, pushed = script.splitlines()

    assert container["command"] == ["/bin/sh", "-euc"]
    assert built == "careers-faq build --corpus corpus --out /published/index --wait"
    assert pushed.split()[:4] == ["careers-faq", "versions", "push", BUCKET]
    assert "--out" in command("careers-faq", "versions", "push", "--help")
    assert container["envFrom"] == [{"secretRef": {"name": "careers-faq-s3"}}]
    assert subprocess.run(["/bin/sh", "-n", "-c", script], check=False).returncode == 0
