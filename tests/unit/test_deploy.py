"""The files of deploy/ and the Containerfile name only what there is, and give nothing away.

They cannot be run without a container engine; `make lint-deploy` has linters read them.
"""

import re

import pytest
import yaml

from dashboard import settings
from dashboard.commands.cli import _parser
from dashboard.server.headers import meant_for_us

PROJECT = settings.PROJECT
DEPLOY = PROJECT / "deploy"
CONTAINERFILE = (PROJECT / "Containerfile").read_text(encoding="utf-8")
FILES = {path.name: path.read_text(encoding="utf-8") for path in [PROJECT / "Containerfile", *DEPLOY.iterdir()]}
KUBERNETES = yaml.safe_load(FILES["kubernetes.yaml"])["items"]
SPARK = yaml.safe_load(FILES["kubernetes-spark.yaml"])["items"]
COMPOSE = yaml.safe_load(FILES["compose.yaml"])


def pods(items=KUBERNETES):
    for item in items:
        spec = item.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield item["metadata"]["name"], spec["template"]["spec"]


@pytest.mark.parametrize("name", FILES)
def test_each_setting_that_is_named_exists(name):
    known = {value for key, value in vars(settings).items() if key.endswith("_VARIABLE")}

    assert set(re.findall(r"COALITION_[A-Z_]+", FILES[name])) <= known


@pytest.mark.parametrize("name", FILES)
def test_no_secret_and_no_address_of_a_package_registry_stands_in_a_file(name):
    assert not re.search(r"(?i)(password|secret_access_key|cookie_secret)\s*[:=]\s*\S", FILES[name])
    assert not re.search(r"index-url|extra-index|https?://[^\s]*(pypi|npm)", FILES[name])


def test_each_command_that_a_container_runs_is_one_of_the_shell():
    commands = [spec["containers"][0]["args"] for _name, spec in pods()]
    commands += [service["command"] for name, service in COMPOSE["services"].items() if name.startswith("reader")]

    for command in commands:
        _parser().parse_args(command)


def test_nothing_runs_as_root_or_writes_to_its_root():
    assert re.search(r"^USER 10001:10001$", CONTAINERFILE, re.MULTILINE)
    for name, spec in (*pods(), *pods(SPARK)):
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 10001, name
        for container in spec["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"], name
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
    ours = [service for name, service in COMPOSE["services"].items() if service["image"] == "coalition-dashboard"]
    assert len(ours) == 4
    assert all(service["read_only"] and service["user"] == "10001:10001" for service in ours)


def test_an_image_holds_no_store_no_secret_and_no_history():
    left_out = (PROJECT / ".containerignore").read_text(encoding="utf-8").split()

    assert {".git", ".secrets", ".streamlit/secrets.toml", "data/store", "data/demonstration"} <= set(left_out)
    assert (PROJECT / ".dockerignore").read_text(encoding="utf-8").split() == left_out


def test_one_publisher_and_three_readers_share_a_store():
    replicas = {
        item["metadata"]["name"]: item["spec"].get("replicas") for item in KUBERNETES if item["kind"] == "Deployment"
    }

    assert replicas == {"publisher": 1, "readers": 3}
    assert next(item for item in KUBERNETES if item["kind"] == "ConfigMap")["data"]["COALITION_STORE"].startswith(
        "s3://"
    )


def test_a_probe_asks_by_a_name_that_is_answered(monkeypatch):
    """By itself a probe names the address of its pod, which is refused like any other name that is not ours."""
    probes = [
        container[kind]["httpGet"]
        for _name, spec in pods()
        for container in spec["containers"]
        for kind in ("startupProbe", "readinessProbe", "livenessProbe")
        if kind in container
    ]
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://dashboard.example.org")
    assert len(probes) == 6 and not meant_for_us({"headers": [(b"host", b"10.1.2.3:8501")]})
    for probe in probes:
        sent = {header["name"].lower(): header["value"] for header in probe.get("httpHeaders", ())}
        assert meant_for_us({"headers": [(b"host", sent.get("host", "10.1.2.3:8501").encode())]}), probe


def test_whoever_is_reached_through_a_proxy_believes_it():
    environments = [
        {entry["name"]: entry["value"] for entry in container.get("env", ())}
        for _name, spec in pods()
        for container in spec["containers"]
    ]
    environments += [service.get("environment", {}) for service in COMPOSE["services"].values()]
    through_a_proxy = [variables for variables in environments if "COALITION_PUBLIC_URL" in variables]
    assert len(through_a_proxy) == 6 and all("COALITION_PROXIES" in variables for variables in through_a_proxy)


def test_every_mount_has_its_volume():
    for name, spec in (*pods(), *pods(SPARK)):
        volumes = {volume["name"] for volume in spec["volumes"]}
        assert {mount["name"] for one in spec["containers"] for mount in one["volumeMounts"]} == volumes, name


def test_the_server_of_a_cluster_has_the_version_of_its_client():
    client = re.search(
        r"^pyspark-client==([0-9.]+)", (PROJECT / "requirements-spark.lock").read_text("utf-8"), re.MULTILINE
    )

    for name in ("kubernetes-spark.yaml", "compose.yaml"):
        assert set(re.findall(r"apache/spark:([0-9.]+)", FILES[name])) == {client[1]}


def test_the_proxy_keeps_a_reader_with_the_process_that_has_the_page():
    proxy = FILES["nginx.conf"]
    names = set(re.findall(r"^upstream (reader_\w)", proxy, re.MULTILINE))

    assert names == {"reader_a", "reader_b", "reader_c"}
    assert all(re.search(rf"^\s+{name} +{name};", proxy, re.MULTILINE) for name in names)
    assert {f"reader-{name[-1]}" for name in names} <= COMPOSE["services"].keys()
    assert proxy.count("location = /metrics") == proxy.count("server_name")


def test_what_the_containerfile_copies_stands_in_the_checkout():
    assert [
        name for name in re.findall(r"requirements[\w-]*\.lock", CONTAINERFILE) if not (PROJECT / name).is_file()
    ] == []
