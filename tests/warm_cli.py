"""A process that imports kgraph once and runs its command line in forks of itself.

Importing spaCy and SciPy takes seconds, and the tests run ``kgraph`` hundreds of
times. Each run is a separate process with its own working folder, environment,
stdin, stdout and stderr. Requests and answers are JSON objects, one a line:
``{"run": …}`` is answered by ``{"pid": …}``, ``{"wait": pid}`` by ``{"code": …}``.
"""

import contextlib
import gc
import json
import os
import signal
import sys
import time
import traceback
from typing import Any

import graspologic_native  # noqa: F401
import networkx  # noqa: F401

import kgraph.build
import kgraph.cli
import kgraph.extract.run.pipeline
import kgraph.extract.run.record
import kgraph.suggest
import kgraph.view.layout
import kgraph.view.page
import kgraph.view.routes
import kgraph.view.thinning


def run(job: dict[str, Any]) -> None:
    os.setsid()
    os.chdir(job["cwd"])
    os.environ.update(job["env"])
    for number, path in enumerate((job["stdin"], job["stdout"], job["stderr"])):
        file = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code: object = 1
    try:
        kgraph.cli.main(job["run"])
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    # A normal exit tears down all modules, which takes longer than a short run.
    os._exit(code if isinstance(code, int) else 1)


def wait(pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.004)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the tests handle Ctrl-C
    gc.collect()
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        job = json.loads(line)
        if "run" in job:
            pid = os.fork()
            if pid == 0:
                run(job)
            print(json.dumps({"pid": pid}), flush=True)
        else:
            print(json.dumps({"code": wait(job["wait"], job["seconds"])}), flush=True)


if __name__ == "__main__":
    main()
