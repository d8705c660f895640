"""How long `make run` takes on a migrated database until the API answers its first request.

The limit is the 3 s that the project allows itself. Run from the repository: `python bench/bench_start.py`.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS = 3.0
ROUNDS = 5
GIVE_UP_SECONDS = 60.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(port: int) -> bool:
    """Whether the API said 200 to a request that asks the database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_and_stop(command: list[str], data_dir: Path) -> float:
    """Seconds from the command to the first answer; the copy is stopped afterwards."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment |= {"TECHEX_PORT": str(port), "TECHEX_DATA_DIR": str(data_dir)}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while not answered(port):
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)} ended before it answered")
            if time.perf_counter() - began > GIVE_UP_SECONDS:
                raise SystemExit(f"no answer within {GIVE_UP_SECONDS:.0f} s")
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()


def main() -> None:
    """Create and migrate a database, then print the median of five starts on it."""
    folder = Path(tempfile.mkdtemp(prefix="techex-bench-"))
    folder.chmod(0o755)
    try:
        python = str(ROOT / ".venv" / "bin" / "python")
        first = start_and_stop([python, "-m", "app.cli", "run", "--no-demo"], folder / "data")
        print(f"# first start, with the database created and migrated: {first:.2f} s")
        times = [start_and_stop(["make", "--no-print-directory", "run"], folder / "data") for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = statistics.median(times)
    print(f"# rounds: {', '.join(f'{value:.2f}' for value in times)} s")
    print(f"start_to_first_answer ours={ours:.2f} limit={LIMIT_SECONDS:.0f} ratio={ours / LIMIT_SECONDS:.2f} goal=<=1")


if __name__ == "__main__":
    main()
