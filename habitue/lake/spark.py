"""Spark: figures beyond one machine, from the same Parquet, by the same expressions.

`session` is an engine in somebody's cluster. `cluster` is a small one on this machine, for tests
and for a try: a master and two workers, each a process of ours, on the loopback address only and
with a secret of their own (whoever may submit to a cluster may run anything in it).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from habitue.lake import engines
from habitue.lake.engines import Unavailable

LOCAL: Final = "127.0.0.1"
SECRET: Final = "_SPARK_AUTH_SECRET"
"""The variable by which Spark's processes are told the secret they share."""

MEMORY: Final = "512m"
"""What an executor and the driver may hold on this machine."""

_PATIENCE: Final = 60.0
_ANSWER: Final = 5.0
_OTHERS: Final = ("local", "yarn", "k8s://")
_MASTER: Final = "org.apache.spark.deploy.master.Master"
_WORKER: Final = "org.apache.spark.deploy.worker.Worker"
_LEADS: Final = "I have been elected leader"
_REGISTERED: Final = "Successfully registered with master"
_QUICK: Final = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.memory": MEMORY,
    "spark.log.level": "ERROR",
    # Figures are a few short queries: Java spends more on optimizing itself than it wins by it.
    "spark.driver.extraJavaOptions": _QUICK,
    "spark.executor.extraJavaOptions": _QUICK,
}


class Spark:
    """An engine in a cluster, over views of Parquet files or of anything else."""

    dialect = "pyspark"
    prefix = ""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._kept: dict[str, Any] = {}

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a query."""
        found: Sequence[Sequence[Any]] = self._session.sql(sql).collect()
        return found

    def arrow(self, sql: str) -> Any:
        """The same as an Arrow table."""
        return self._session.sql(sql).toArrow()

    def keep(self, name: str, sql: str) -> None:
        """As a view of rows that the executors hold from its first use on."""
        self.forget(name)
        self._kept[name] = self._session.sql(sql).cache()
        self._kept[name].createOrReplaceTempView(name)

    def forget(self, name: str) -> None:
        """Let the executors forget it."""
        if name in self._kept:
            self._session.catalog.dropTempView(name)
            self._kept.pop(name).unpersist()


class Cluster(NamedTuple):
    """A running cluster: where its master listens, and the processes it has."""

    master: str
    processes: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def spark(folder: Path, business: int, *, master: str, secret: str = "") -> Iterator[Spark]:
    """A cluster over what the lake holds of a business; its workers see the same folder."""
    files = engines.found(folder, business)
    with session(master, secret) as opened:
        for table, paths in files.items():
            opened.read.parquet(*paths).createOrReplaceTempView(table)
        yield Spark(opened)


@contextmanager
def session(master: str, secret: str = "") -> Iterator[Any]:
    """A session in a cluster, ended afterwards. A cluster that has a `secret` wants to hear it."""
    library = _library()
    _reach(master)
    settings = {**_SETTINGS, "spark.master": master}
    if f"//{LOCAL}" in master:
        settings |= {"spark.driver.host": LOCAL, "spark.driver.bindAddress": LOCAL}
        settings |= {"spark.sql.shuffle.partitions": "2", "spark.executor.memory": MEMORY}
    if secret:
        settings |= {"spark.authenticate": "true", "spark.authenticate.secret": secret}
    with _told(settings):
        opened = library.SparkSession.builder.appName("habitue").getOrCreate()
    try:
        yield opened
    finally:
        opened.stop()
        _end_java()


@contextmanager
def cluster(folder: Path, secret: str, *, port: int = 0, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers on this machine; their logs and files are in `folder`."""
    _library()
    port = port or _free_port()
    master = f"spark://{LOCAL}:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:

        def start(name: str, ready: str, *arguments: str) -> subprocess.Popen[bytes]:
            process = stack.enter_context(_process(folder / f"{name}.log", secret, *arguments))
            _wait(folder / f"{name}.log", ready, process)
            return process

        here = ("--host", LOCAL, "--webui-port", "0")
        processes = [start("master", _LEADS, _MASTER, *here, "--port", str(port))]
        size = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work"))
        for number in range(workers):
            process = start(f"worker-{number}", _REGISTERED, _WORKER, *here, *size, master)
            processes.append(process)
        yield Cluster(master, tuple(processes))


@contextmanager
def _process(log: Path, secret: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of Spark's daemons in the foreground, ended with its executors."""
    options = "-Dspark.authenticate=true -Dspark.master.rest.enabled=false"
    variables = {
        **os.environ,
        SECRET: secret,
        "SPARK_LOCAL_IP": LOCAL,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": f"{options} {_QUICK}",
    }
    command = [str(Path(_library().__file__).parents[1] / "bin" / "spark-class"), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait(log: Path, ready: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while ready.encode() not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Unavailable(f"Spark did not start; {log} says why.")
        time.sleep(0.05)


def _reach(master: str) -> None:
    """See that a master of Spark's own kind listens: Spark itself would try for a minute.

    Of several (`spark://one:7077,two:7077`) one is enough; another kind of cluster is not asked.
    """
    if master.startswith(_OTHERS):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        if address == master or not host or not port.isdecimal() or int(port) >= 2**16:
            raise Unavailable(f"A Spark master is written like spark://host:7077, not {master!r}.")
        with suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), _ANSWER):
            return
    raise Unavailable(f"No Spark master answers at {master}: `habitue spark` starts one here.")


def _library() -> Any:
    """PySpark, with a Java to run it in."""
    try:
        from pyspark import sql
    except ImportError:
        raise Unavailable(
            "Spark is not installed: pip install -r requirements/spark.txt brings it."
        ) from None
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise Unavailable("Spark needs Java 17 or later: no `java` is found here.")
    return sql


def _end_java() -> None:
    """End Spark's Java in this process, so that the next session starts with its own settings."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(_PATIENCE)
    SparkContext._gateway = SparkContext._jvm = None


@contextmanager
def _told(settings: Mapping[str, str]) -> Iterator[None]:
    """What Spark's Java is started with, in a file that only we can read: arguments anybody can."""
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(text)
        file.flush()
        variables = {
            "PYSPARK_SUBMIT_ARGS": f"--properties-file {file.name} pyspark-shell",
            "SPARK_LOCAL_IP": LOCAL,
        }
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables if LOCAL in text else {**variables, "SPARK_LOCAL_IP": ""})
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port
