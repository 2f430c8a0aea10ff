"""A Spark cluster of this machine's own: a master, workers and a Connect server on the loopback."""

import os
import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from dashboard.settings import PROJECT

START_SECONDS = 300
# One thread collects what is not used any more: two cores serve all processes.
JAVA = "-XX:+UseSerialGC"
# For processes that live for minutes: what they do is compiled once, quickly.
SHORT_LIVED = f"{JAVA} -XX:TieredStopAtLevel=1"
SETTINGS = """
spark.authenticate                  true
spark.authenticate.secret           {secret}
spark.ui.enabled                    false
spark.master.rest.enabled           false
spark.driver.host                   127.0.0.1
spark.driver.bindAddress            127.0.0.1
spark.driver.memory                 1g
spark.driver.extraJavaOptions       {java}
spark.executor.extraJavaOptions     {java}
spark.executor.memory               512m
spark.executor.cores                1
spark.cores.max                     {cores}
spark.sql.shuffle.partitions        4
spark.connect.grpc.binding.address  127.0.0.1
spark.connect.grpc.binding.port     {port}
"""


def spark_home() -> Path | None:
    """The folder of Spark: `SPARK_HOME`, or what `make test-cluster` installs; None where there is none."""
    named = os.environ.get("SPARK_HOME")
    installed = sorted((PROJECT / ".cache" / "spark").glob("lib/python*/site-packages/pyspark"))
    return Path(named) if named else next(iter(installed), None)


class Cluster:
    """Processes of a standalone cluster; the Connect server wants a token."""

    def __init__(self, folder: Path, home: Path, workers: int = 2, java: str = JAVA) -> None:
        """Makes the folder of its settings and logs; nothing runs before `start`."""
        self.folder, self._home, self._java = folder, home, java
        self.workers = [f"worker{number}" for number in range(1, workers + 1)]
        self.token = secrets.token_hex(16)
        self.port, self._master = _free_port(), _free_port()
        self._secret = secrets.token_hex(16)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(secret=self._secret, port=self.port, java=java, cores=workers)
        (folder / "spark-defaults.conf").write_text(settings, encoding="ascii")

    @property
    def address(self) -> str:
        """Of the Connect server; the name, since tokens go unencrypted to nobody but localhost."""
        return f"sc://localhost:{self.port}"

    def start(self) -> None:
        """Starts all of it and waits for the Connect server."""
        master = ["--host", "127.0.0.1", "--port", str(self._master), "--webui-port", "0"]
        self._run("master", "spark-class", "org.apache.spark.deploy.master.Master", *master)
        self._wait_for("master", self._master)
        for name in self.workers:
            self.start_worker(name)
        self.start_connect()

    def start_worker(self, name: str) -> None:
        """Starts a worker of one core."""
        limits = ["-c", "1", "-m", "600m", "-d", str(self.folder / name), "--host", "127.0.0.1", "--webui-port", "0"]
        self._run(name, "spark-class", "org.apache.spark.deploy.worker.Worker", *limits, self._url)

    def start_connect(self) -> None:
        """Starts the Connect server and waits until it answers."""
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        self._run("connect", "spark-submit", "--master", self._url, "--class", server)
        self._wait_for("connect", self.port)

    def kill(self, name: str) -> None:
        """Ends a process and those it started, as a machine that is switched off."""
        os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running.pop(name).wait()

    def stop(self) -> None:
        """Ends all of it."""
        for name in list(self._running)[::-1]:
            self.kill(name)

    def cpu(self) -> float:
        """CPU seconds of all its processes so far, without those that were killed."""
        seconds = 0.0
        for started in self._running.values():
            process = psutil.Process(started.pid)
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    seconds += sum(one.cpu_times()[:4])
        return seconds

    def _wait_for(self, name: str, port: int) -> None:
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at and self._running[name].poll() is None:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    return
            time.sleep(0.5)
        log = (self.folder / f"{name}.log").read_text(encoding="utf-8")
        raise TimeoutError(f"{name} does not listen on port {port}; the end of its log:\n{log[-2000:]}")

    @property
    def _url(self) -> str:
        return f"spark://127.0.0.1:{self._master}"

    def _run(self, name: str, program: str, *arguments: str) -> None:
        keys = f"{self._java} -Dspark.authenticate=true -Dspark.authenticate.secret={self._secret}"
        keys += " -Dspark.master.rest.enabled=false"
        variables = {
            "SPARK_HOME": str(self._home),
            "SPARK_CONF_DIR": str(self.folder),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "1g" if name == "connect" else "256m",
            "SPARK_MASTER_OPTS": keys,
            "SPARK_WORKER_OPTS": keys,
        }
        if name == "connect":
            variables["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = self.token
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [str(self._home / "bin" / program), *arguments],
                env={**os.environ, **variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
