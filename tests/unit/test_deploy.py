"""The files of deploy/ and the Containerfile name only what there is, and give nothing away.

They cannot be run without a container engine; `make lint-deploy` has linters read them.
"""

import re
from types import SimpleNamespace

import pytest
import yaml

from dashboard import demo, settings
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


def test_the_proxy_finds_each_service_at_an_address_that_stays_and_is_believed_by_it():
    """A name is looked up once, at the proxy's start, which fails where one of them is missing."""
    services = COMPOSE["services"]
    fixed = {
        name: service["networks"]["default"]["ipv4_address"]
        for name, service in services.items()
        if "networks" in service
    }
    named = set(re.findall(r"server ([\w-]+):8501", FILES["nginx.conf"]))
    assert len(set(fixed.values())) == len(fixed) == 5
    assert dict(line.split(":") for line in services["proxy"]["extra_hosts"]) == {name: fixed[name] for name in named}
    assert {service["environment"]["COALITION_PROXIES"] for name, service in services.items() if name in named} == {
        fixed["proxy"]
    }


def test_readers_behind_what_holds_the_certificate_do_not_share_one_address():
    gateway = COMPOSE["networks"]["default"]["ipam"]["config"][0]["gateway"]
    believed = re.findall(r"^set_real_ip_from (\S+);", FILES["nginx.conf"], re.MULTILINE)
    assert believed == ["127.0.0.1", gateway] and "real_ip_header X-Forwarded-For;" in FILES["nginx.conf"]
    for address in believed:
        assert re.search(rf"^\s+{address}\s+\$http_x_forwarded_proto;", FILES["nginx.conf"], re.MULTILINE)


def test_a_server_that_builds_sees_the_store_of_its_publisher_and_is_reached_by_nobody_else():
    spark, publisher = COMPOSE["services"]["spark"], COMPOSE["services"]["publisher"]
    assert spark["network_mode"] == "service:publisher"
    assert "spark.connect.grpc.binding.address=127.0.0.1" in spark["command"]
    assert spark["user"] == publisher["user"] and set(spark["volumes"]) <= set(publisher["volumes"])
    assert spark["read_only"] and spark["cap_drop"] == ["ALL"]
    policies = [item["spec"]["podSelector"]["matchLabels"] for item in SPARK if item["kind"] == "NetworkPolicy"]
    assert policies == [{"app.kubernetes.io/name": "spark"}]


def test_an_empty_store_is_filled_where_the_code_cannot_be_written(tmp_path, monkeypatch):
    """As in a container with a read-only root: the files are written where the store does its work."""
    (tmp_path / "closed").touch()
    monkeypatch.setattr(demo, "DEMONSTRATION", tmp_path / "closed" / "demonstration")
    assert demo._folder_to_keep() is None
    written = []
    monkeypatch.setattr(demo, "write_record", lambda folder: [])
    monkeypatch.setattr(demo, "write_files", lambda folder: written.append(folder) or ([], []))
    monkeypatch.setattr(demo.actions, "publish", lambda store: SimpleNamespace(number=1))
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    demo.fill(tmp_path / "store", print)
    assert written[0].is_relative_to(tmp_path / "store" / ".staging")


def test_what_the_containerfile_copies_stands_in_the_checkout():
    assert [
        name for name in re.findall(r"requirements[\w-]*\.lock", CONTAINERFILE) if not (PROJECT / name).is_file()
    ] == []
