"""Runs of skel for campaign.py: started in the background, watched, ended, compared."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

SOURCE = pathlib.Path(os.environ.get("SOURCE", pathlib.Path(__file__).parents[2])).resolve()
BUILD = pathlib.Path(os.environ.get("BUILD", SOURCE / "build")).resolve()
SKEL = os.environ.get("SKEL", str(BUILD / "skel"))
MPIEXEC = os.environ.get("MPIEXEC", "mpirun")
sys.path.insert(0, str(SOURCE / "tests/support"))
import same_run  # noqa: E402

LIMIT = 90  # seconds for a run with a fault, which takes some seconds on an idle machine


class Broken(Exception):
    """A case does not hold; the text says why."""


def environment(mark, **more):
    chosen = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                  OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1", SKEL_CAMPAIGN=mark)
    return dict(chosen, **more)


def left_over(mark):
    """The processes that have this mark in their environment."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"SKEL_CAMPAIGN={mark}\0".encode() in (folder / "environ").read_bytes():
                if (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                    found.append(int(folder.name))
        except OSError:
            pass
    return found


class Run:
    """A command on some ranks, in the background; not launched, it is one process alone."""

    def __init__(self, work, job, out, ranks, wrappers=None, before=(), extra=(), launched=True, **variables):
        self.mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self.log = work / f"log.{self.mark}"
        self.pids = work / f"pids.{self.mark}"
        self.pids.mkdir()
        command = [SKEL, "run", str(job), "--out", str(out), "-v", *extra]
        words = list(before) + [MPIEXEC, "--oversubscribe"]
        for rank in range(ranks):
            words += [":"] if rank else []
            words += ["-n", "1", "sh", "-c", 'echo $$ >"$0/$OMPI_COMM_WORLD_RANK"; exec "$@"', str(self.pids)]
            words += (wrappers or {}).get(rank, []) + command
        words = words if launched else command
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=environment(self.mark, **variables))

    def pid(self, rank):
        """The process of a rank, once there is one."""
        file = self.pids / str(rank)
        while not (file.exists() and file.read_text().endswith("\n")):
            if self.process.poll() is not None:
                raise Broken("ended before its ranks began: " + self.text()[-500:])
            time.sleep(0.01)
        return int(file.read_text())

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern):
        """Returns when the log has the pattern; False if the run ended without."""
        while not re.search(pattern, self.text()):
            if self.process.poll() is not None:
                return False
            time.sleep(0.01)
        return True

    def finish(self, limit=LIMIT):
        """The exit status. Fails if the run does not end in time or leaves a process."""
        try:
            status = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.end()
            raise Broken(f"did not end within {limit} s") from None
        for _ in range(100):
            if not left_over(self.mark):
                return status
            time.sleep(0.1)
        orphans = left_over(self.mark)
        self.end()
        raise Broken(f"left processes behind: {orphans}")

    def end(self):
        for pid in left_over(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


def read(out):
    """The content of a folder's run files, by name."""
    return {path.name: same_run.datasets_of(path) for path in out.glob("campaign/*.h5")}


def compare(whole, out):
    """Fails if a folder holds other files than those of runs without a fault, or other bits in them."""
    found = read(out)
    others = [path.name for path in out.glob("campaign/*") if not path.name.endswith((".h5", ".log.jsonl"))]
    if sorted(found) != sorted(whole):
        raise Broken(f"the files {sorted(found)}, expected {sorted(whole)}")
    for name, other in found.items():
        wrong = sorted(key for key in other.keys() | whole[name].keys() if other.get(key) != whole[name].get(key))
        if wrong:
            raise Broken(f"{name}: other bits in {', '.join(wrong[:5])}")
    if others:
        raise Broken(f"left over: {others}")
