"""How long `make run` takes on a migrated database until the API answers its first request, and what is held then.

`start_to_first_answer`: the limit is the 3 s that the project allows itself. `start_against_imports`: the same time
against what no start can do without, `import fastapi, sqlalchemy` and the embedded server's own start, measured in
turn with it. `first_read_against_imports`: the time until `GET /v1/listings`, sent when the API is ready, is answered.
It waits for the packages; it may take what it took when they were loaded before the first answer. `api_rss_mb` and
`worker_rss_mb`: resident memory 2 s after the worker has begun, which it does after the first read.
Code is compiled beforehand, as an installation has it. Run from the repository: `python bench/bench_start.py`.
"""

import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
LIMIT_SECONDS = 3.0
READ_BEFORE = 2.5  # the first read against the imports when everything was loaded before the first answer
ROUNDS = 5
GIVE_UP_SECONDS = 60.0
SETTLED_SECONDS = 2.0
RSS_MB = {"api": ("app.cli serve", 130), "worker": ("app.cli worker", 100)}
IMPORTS = "import fastapi, sqlalchemy"
SERVER = """
import sys, time
from pathlib import Path
from app.run.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
began = time.perf_counter()
server.start()
print(time.perf_counter() - began)
server.stop()
"""


@dataclass
class Bench:
    """A folder with a database and compiled code."""

    folder: Path

    @property
    def data(self) -> Path:
        """The installation's data."""
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        """Compiled code is kept wherever this machine forbids it, next to the data and not the source."""
        kept = {name: text for name, text in os.environ.items() if not name.endswith("DATABASE_URL")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return kept | {"TECHEX_DATA_DIR": str(self.data), "PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}

    def start_and_stop(self, command: list[str], rss: dict[str, list[float]] | None = None) -> tuple[float, float]:
        """Seconds from the command to the first answer and to the first read; stopped once `rss` has the memory."""
        port = free_port()
        workers = self.workers_begun()
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment() | {"TECHEX_PORT": str(port)},
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            while not answered(port, "/readyz"):
                if process.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} ended before it answered")
                if time.perf_counter() - began > GIVE_UP_SECONDS:
                    raise SystemExit(f"no answer within {GIVE_UP_SECONDS:.0f} s")
                time.sleep(0.01)
            took = time.perf_counter() - began
            if not answered(port, "/v1/listings"):
                raise SystemExit("the first read failed")
            read = time.perf_counter() - began
            if rss is not None:
                while self.workers_begun() == workers and time.perf_counter() - began < GIVE_UP_SECONDS:
                    time.sleep(0.01)
                time.sleep(SETTLED_SECONDS)
                for name, held in resident(process.pid).items():
                    rss[name].append(held)
            return took, read
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait()

    def workers_begun(self) -> int:
        """How often a worker has begun on this database."""
        log = self.data / "logs" / "worker.log"
        return log.read_text(encoding="utf-8").count("worker_started") if log.exists() else 0

    def least(self) -> float:
        """Seconds of what no start can do without: the imports, and the server's own start."""
        began = time.perf_counter()
        subprocess.run([PYTHON, "-c", IMPORTS], cwd=ROOT, env=self.environment(), check=True)
        imports = time.perf_counter() - began
        shown = subprocess.run(
            [PYTHON, "-c", SERVER, str(self.data)],
            cwd=ROOT, env=self.environment(), check=True, capture_output=True, text=True,
        )  # fmt: skip
        return imports + float(shown.stdout)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(port: int, path: str) -> bool:
    """Whether the API said 200 to a request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def resident(root: int) -> dict[str, float]:
    """MB held by the API and by the worker that descend from a process."""
    shown = subprocess.run(["ps", "-axo", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=True).stdout
    cells = [line.split(maxsplit=3) for line in shown.splitlines()]
    rows = [(int(pid), int(parent), int(kb), " ".join(args)) for pid, parent, kb, *args in cells]
    ours, grown = {root}, True
    while grown:
        more = {pid for pid, parent, _, _ in rows if parent in ours} - ours
        ours, grown = ours | more, bool(more)
    return {
        name: next(kb / 1024 for pid, _, kb, args in rows if pid in ours and command in args)
        for name, (command, _) in RSS_MB.items()
    }


def main() -> None:
    """Create and migrate a database, then print the medians of five starts on it."""
    folder = Path(tempfile.mkdtemp(prefix="techex-bench-"))
    folder.chmod(0o755)
    bench = Bench(folder)
    rss: dict[str, list[float]] = {name: [] for name in RSS_MB}
    try:
        first, _ = bench.start_and_stop([PYTHON, "-m", "app.cli", "run", "--no-demo"])
        print(f"# first start, with the code compiled and the database created and migrated: {first:.2f} s")
        run = ["make", "--no-print-directory", "run"]
        bench.start_and_stop(run)  # fills the database with the demonstration, or is stopped while it does
        times, reads, least = [], [], []
        for _ in range(ROUNDS):
            least.append(bench.least())
            took, read = bench.start_and_stop(run, rss)
            times.append(took)
            reads.append(read)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, rounds in (("answers", times), ("reads", reads), ("least", least)):
        print(f"# {name}: {', '.join(f'{value:.2f}' for value in rounds)} s")
    report("start_to_first_answer", statistics.median(times), LIMIT_SECONDS, goal=1)
    report("start_against_imports", statistics.median(times), statistics.median(least), goal=1.5)
    report("first_read_against_imports", statistics.median(reads), statistics.median(least), goal=READ_BEFORE)
    for name, (_, limit) in RSS_MB.items():
        report(f"{name}_rss_mb", statistics.median(rss[name]), limit, goal=1)


def report(name: str, ours: float, limit: float, goal: float) -> None:
    """One figure, as `bench/record.py` reads it."""
    print(f"{name} ours={ours:.2f} limit={limit:.2f} ratio={ours / limit:.2f} goal=<={goal:g}")


if __name__ == "__main__":
    main()
