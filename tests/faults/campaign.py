#!/usr/bin/python3
"""Every kind of fault, in every phase, on the root and on another rank, on 1, 2 and 3 ranks.

    campaign.py                    the whole campaign; --table FILE writes its table
    campaign.py --record FILE      as that; results are added to FILE, and cases in it are not tried again
    campaign.py --sample SEED      cases in an order that the seed chooses, for --seconds
    campaign.py --kills N          N random kills in a row on a sweep of six methods
    campaign.py --only KIND        the cases of one kind

Each case is a run that suffers one fault. It holds if the run ends in time, with the right exit
status, with words, without a process that is left over, and if the same command then goes on to the
bits of a run without a fault. SKEL, MPIEXEC, BUILD and SOURCE are as ctest sets them. Exit status: 1
if a case does not hold.
"""
import argparse
import collections
import datetime
import gzip
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from campaign_run import SOURCE, Broken, Run, compare, read

SAMPLE_SECONDS = 75
WATCHDOG = 8
PATIENCE = 600  # seconds for a whole sweep

JOB = """
name: campaign
data: {set: fashion-mnist, train-samples: 64, test-samples: 32}
model: {name: lenet-5}
prune: {method: force, sparsity: 0.9, iterations: 2, batches: 2, batch-size: 32}
train: {epochs: 3, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 8, engine: dense}
checkpoint: {every-iterations: 1, every-epochs: 1, spacing: 0}
"""
SWEEP = """
name: campaign
data: {set: fashion-mnist, train-samples: 320, test-samples: 64}
model: {name: lenet-5}
prune: {sparsity: 0.9, iterations: 3, batches: 2, batch-size: 32, finetune-epochs: 1}
train: {epochs: 3, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
checkpoint: {every-iterations: 1, every-epochs: 1, spacing: 0}
sweep: {prune.method: [force, iter-snip, imp, rigl, set, obd]}
"""
# What the log says when a phase has begun, and the file that is written in it.
PHASES = {
    "prune": ("checkpoint: 1 iterations, 0 epochs", ".checkpoint.new"),
    "train": ("checkpoint: 2 iterations, 1 epochs", ".checkpoint.new"),
    "end": ("checkpoint: 2 iterations, 2 epochs", ""),
}

Case = collections.namedtuple("Case", "kind phase ranks guilty")
# What is done to whom, and the exit statuses that are right for it.
Kind = collections.namedtuple("Kind", "statuses act argument")


class Campaign:
    def __init__(self, work):
        self.work = work
        self.job = work / "job.yaml"
        self.job.write_text(JOB.replace("fashion-mnist,", f"fashion-mnist, dir: {unpacked(work)},"))
        self.preload = work / "faults.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", str(SOURCE / "tests/faults/preload/faults.c"),
                        "-o", str(self.preload), "-ldl"], check=True)
        self.whole = self.undisturbed(self.job, work / "whole")
        self.calls = {}

    def undisturbed(self, job, out):
        if Run(self.work, job, out, 2).finish(PATIENCE) != 0:
            raise SystemExit("the run without a fault has failed")
        return read(out)

    def file(self, out):
        name, = self.whole
        return out / "campaign" / name

    def strace(self, trace, out, suffix, calls, inject=None):
        path = f"{self.file(out)}{suffix}"
        words = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={calls}"]
        words += ["-e", f"inject={calls}:{inject}"] if inject else []
        return words + (["-P", path, "-P", path + ".part"] if suffix is not None else [])

    def count(self, case, calls, suffix):
        """How often a rank makes a call on a file in a run without a fault. One run counts all calls."""
        key = (suffix, case.ranks, case.guilty)
        if key not in self.calls:
            trace, out = self.work / "trace", self.work / "counted"
            shutil.rmtree(out, ignore_errors=True)
            every = ",".join(kind.argument[0] for kind in KINDS.values() if kind.act is Campaign.call)
            wrapper = {case.guilty: self.strace(trace, out, suffix, every)}
            Run(self.work, self.job, out, case.ranks, wrapper).finish()
            self.calls[key] = collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.M))
        return sum(self.calls[key][call] for call in calls.split(","))

    # What is done: each returns the exit status and the log, or None where the case makes no sense.

    def at_phase(self, case, out, strike, extra=(), **variables):
        run = Run(self.work, self.job, out, case.ranks, extra=extra, **variables)
        if not run.wait_for(PHASES[case.phase][0]):
            run.end()
            raise Broken("ended before the phase: " + run.text()[-500:])
        strike(run)
        return run.finish(), run.text()

    def kill(self, case, out, number):
        def strike(run):
            os.kill(run.pid(case.guilty), number)

        if number == signal.SIGSTOP and case.ranks == 1:
            return None  # nobody is there to notice
        return self.at_phase(case, out, strike, ["--watchdog", str(WATCHDOG)])

    def vanish(self, case, out, _):
        if case.guilty:
            return None
        return self.at_phase(case, out, lambda run: shutil.rmtree(out, ignore_errors=True))

    def call(self, case, out, argument):
        calls, error = argument
        suffix = PHASES[case.phase][1]
        count = self.count(case, calls, suffix)
        if count == 0:
            return None  # the root alone makes this call
        when = {"prune": 1 + count // 5, "train": 1 + count * 4 // 5, "end": 1 + count // 2}[case.phase]
        trace = self.work / "trace"
        when = f"{min(when, count)}{'+' if calls == 'fallocate' else ''}"  # a smaller reservation is tried next
        run = Run(self.work, self.job, out, case.ranks,
                  {case.guilty: self.strace(trace, out, suffix, calls, f"error={error}:when={when}")})
        status, text = run.finish(), run.text()
        if "INJECTED" not in trace.read_text():
            raise Broken("the call was not made")
        return status, text

    def no_locks(self, case, out, _):
        if case.guilty or case.phase != "prune":
            return None
        wrapper = self.strace(self.work / "trace", out, None, "flock", "error=ENOLCK")
        run = Run(self.work, self.job, out, case.ranks, {0: wrapper})
        return run.finish(), run.text()

    def count_inside(self, case, variable):
        """How often a rank comes to the place of a fault in a run without one."""
        key = (variable, case.ranks, case.guilty)
        if key not in self.calls:
            out, told = self.work / "counted", self.work / "told"
            shutil.rmtree(out, ignore_errors=True)
            told.unlink(missing_ok=True)
            Run(self.work, self.job, out, case.ranks, LD_PRELOAD=str(self.preload), FAULT_RANK=str(case.guilty),
                FAULT_TOLD=str(told), **{variable: "-1"}).finish()
            self.calls[key] = int(re.search(variable + r" of (\d+)", told.read_text()).group(1))
        return self.calls[key]

    def preloaded(self, case, out, variable):
        if variable == "FAULT_SHORT" and case.phase != "end":
            return None  # every write of the run is short
        count = self.count_inside(case, variable)
        if count == 0:
            return None
        place = {"prune": 1 + count // 5, "train": 1 + count * 3 // 5, "end": count}[case.phase]
        told = self.work / "told"
        told.unlink(missing_ok=True)
        run = Run(self.work, self.job, out, case.ranks, LD_PRELOAD=str(self.preload), FAULT_RANK=str(case.guilty),
                  FAULT_TOLD=str(told), **{variable: str(place)})
        status, text = run.finish(), run.text()
        if "struck" not in (told.read_text() if told.exists() else ""):
            raise Broken("the fault did not strike")
        return status, text

    def small_shm(self, case, out, _):
        if case.guilty or case.phase != "prune" or case.ranks == 1:
            return None
        mount = "mount -t tmpfs -o size=24m none /dev/shm && exec \"$@\""
        run = Run(self.work, self.job, out, case.ranks, before=["unshare", "-m", "sh", "-c", mount, "sh"])
        return run.finish(), run.text()

    def full(self, case, out, _):
        """A disk that fills up; more room is made before the repetition."""
        if case.guilty:
            return None
        out.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(out)], check=True)
        filler = out / "filler"

        def strike(run):
            ranks = [run.pid(rank) for rank in range(case.ranks)]
            for rank in ranks:  # they wait for the full disk, and not the other way round
                os.kill(rank, signal.SIGSTOP)
            with open(filler, "wb") as file:
                try:
                    while True:
                        file.write(bytes(1 << 16))
                        file.flush()
                except OSError:
                    pass
            for rank in ranks:
                os.kill(rank, signal.SIGCONT)

        result = self.at_phase(case, out, strike)
        filler.unlink()
        return result

    def try_case(self, case):
        """True if the case holds, None if it makes no sense; fails with Broken."""
        kind = KINDS[case.kind]
        out = self.work / "out"
        trace = self.work / "trace"
        trace.write_text("")
        try:
            result = kind.act(self, case, out, kind.argument)
            if result is None:
                return None
            status, text = result
            if status not in kind.statuses:
                raise Broken(f"exit status {status}, not one of {kind.statuses}: {text[-700:]}")
            if status in (70, 74) and not re.search("^.*skel: (error|watchdog): .+", text, re.M):
                raise Broken("ended without words: " + text[-700:])
            self.repeat(case, out)
            return True
        finally:
            subprocess.run(["umount", str(out)], stderr=subprocess.DEVNULL, check=False)
            shutil.rmtree(out, ignore_errors=True)

    def repeat(self, case, out):
        """On another number of ranks: one if there were several, without a launcher, which is the quickest."""
        run = Run(self.work, self.job, out, 2 if case.ranks == 1 else 1, launched=case.ranks == 1)
        status = run.finish()
        if status != 0:
            raise Broken(f"the repetition ended with {status}: {run.text()[-700:]}")
        compare(self.whole, out)

    def kills(self, wanted, seed):
        """Random kills of random ranks of a sweep, on changing numbers of ranks."""
        chance = random.Random(seed)
        job = self.work / "sweep.yaml"
        job.write_text(SWEEP)
        whole = self.undisturbed(job, self.work / "whole-sweep")
        done, sweeps, out = 0, 0, self.work / "killed"
        while done < wanted:
            ranks = chance.randint(1, 3)
            run = Run(self.work, job, out, ranks)
            until = time.monotonic() + chance.uniform(1, 5)
            while time.monotonic() < until and run.process.poll() is None:
                time.sleep(0.01)
            killed = run.process.poll() is None
            if killed:
                os.kill(run.pid(chance.randrange(ranks)), signal.SIGKILL)
            status = run.finish()
            if status == 0:  # it was done, or so nearly that the kill came too late
                compare(whole, out)
                shutil.rmtree(out)
                sweeps += 1
            elif killed:
                done += 1
                print(f"kill {done}", flush=True)
            else:
                raise Broken("a sweep did not go on: " + run.text()[-1500:])
        if out.exists():
            run = Run(self.work, job, out, 2)
            if run.finish(PATIENCE) != 0:
                raise Broken("the last sweep did not go on: " + run.text()[-1500:])
            compare(whole, out)
            sweeps += 1
        print(f"{done} kills, {sweeps} sweeps of {len(whole)} runs: equal to the undisturbed one")


def unpacked(work):
    """A folder with the data set's plain files: unpacking them would be a fifth of a run's work."""
    folder = work / "data"
    folder.mkdir()
    for packed in pathlib.Path("/usr/share/datasets/fashion-mnist").glob("*.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


KILLED = [128 + signal.SIGKILL, signal.SIGKILL, 1, 255]
KINDS = {
    "kill": Kind(KILLED, Campaign.kill, signal.SIGKILL),
    "stop": Kind([74], Campaign.kill, signal.SIGSTOP),
    "signal": Kind([75], Campaign.kill, signal.SIGUSR1),
    "ENOSPC at a write": Kind([74], Campaign.call, ("pwrite64", "ENOSPC")),
    "EIO at a write": Kind([74], Campaign.call, ("pwrite64", "EIO")),
    "EIO at a read": Kind([74], Campaign.call, ("read,pread64", "EIO")),
    "EMFILE at an open": Kind([74], Campaign.call, ("openat", "EMFILE")),
    "ENOSPC at a reservation": Kind([74], Campaign.call, ("fallocate", "ENOSPC")),
    "EIO at fsync": Kind([74], Campaign.call, ("fsync", "EIO")),
    "EIO at ftruncate": Kind([74], Campaign.call, ("ftruncate", "EIO")),
    "EIO at rename": Kind([74], Campaign.call, ("rename", "EIO")),
    "ENOLCK": Kind([0], Campaign.no_locks, None),
    "short writes": Kind([0], Campaign.preloaded, "FAULT_SHORT"),
    "no memory": Kind([70], Campaign.preloaded, "FAULT_ALLOC"),
    "NaN": Kind([70], Campaign.preloaded, "FAULT_NAN"),
    "full disk": Kind([74], Campaign.full, None),
    "vanishing folder": Kind([0, 74], Campaign.vanish, None),
    "small /dev/shm": Kind([0], Campaign.small_shm, None),
}


def all_cases():
    return [Case(kind, phase, ranks, guilty) for kind in KINDS for phase in PHASES for ranks in (1, 2, 3)
            for guilty in sorted({0, ranks - 1})]


def revision():
    return subprocess.run(["git", "-C", str(SOURCE), "rev-parse", "--short=12", "HEAD"], capture_output=True,
                          text=True, check=False).stdout.strip() or "unknown"


def write_table(path, tally, sample):
    lines = ["# Faults", "",
             "What `tests/faults/campaign.py` has tried: a run of FORCE on LeNet-5 suffers one fault in a phase (a",
             "checkpoint while pruning, one while training, the run's file), on the root or the last rank of 1, 2 or 3.",
             "A case holds if the run ended in time, with the right exit status, with words and without a process left",
             "over, and if the same command on another number of ranks then went on to the bits of an undisturbed run.",
             "Cases that make no sense (a call that this rank never makes) are not counted.", "",
             f"Date {datetime.date.today().isoformat()}, revision {revision()}"
             + (f"; a sample with the seed {sample}, not all cases." if sample is not None else "."), "",
             "| fault | tried | held |", "|---|---:|---:|"]
    lines += [f"| {kind} | {tried} | {held} |" for kind, (tried, held) in tally.items() if tried]
    lines += [f"| all | {sum(t for t, _ in tally.values())} | {sum(h for _, h in tally.values())} |"]
    rest = path.read_text().partition("\n## ")[1:] if path.exists() else ("", "")
    path.write_text("\n".join(lines) + "\n" + "".join(rest))  # what was written by hand stays


def read_record(path):
    """Words of a case, and whether it held: "-" where it makes no sense."""
    lines = path.read_text().splitlines() if path and path.exists() else []
    return dict(reversed(line.split(": ", 1)) for line in lines)


def run_cases(campaign, cases, seconds, record):
    tally = {kind: [0, 0] for kind in KINDS}
    known = read_record(record)
    begun = time.monotonic()
    for case in cases:
        if seconds and time.monotonic() - begun > seconds:
            break
        words = f"{case.kind}, {case.phase}, rank {case.guilty} of {case.ranks}"
        if words in known:
            tally[case.kind][0] += known[words] != "-"
            tally[case.kind][1] += known[words] == "held"
            continue
        started = time.monotonic()
        try:
            held = campaign.try_case(case)
        except Broken as broken:
            held = False
            print(f"FAILED: {words}: {broken}", flush=True)
        if record:
            with open(record, "a", encoding="utf-8") as file:
                file.write(f"{'-' if held is None else 'held' if held else 'FAILED'}: {words}\n")
        if held is not None:
            tally[case.kind][0] += 1
            tally[case.kind][1] += held
            print(f"{'held' if held else 'FAILED'}: {words} ({time.monotonic() - started:.1f} s)", flush=True)
    return tally


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", metavar="SEED")
    parser.add_argument("--seconds", type=float, default=SAMPLE_SECONDS, help="of a sample; %(default)s")
    parser.add_argument("--kills", type=int, default=0, metavar="N")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--only", metavar="KIND")
    parser.add_argument("--record", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--table", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    cases = [case for case in all_cases() if options.only in (None, case.kind)]
    if options.sample is not None or options.record:
        random.Random(options.sample or 0).shuffle(cases)
    with tempfile.TemporaryDirectory(prefix="skel-campaign-") as work:
        campaign = Campaign(pathlib.Path(work).resolve())
        if options.kills:
            campaign.kills(options.kills, options.seed)
            return 0
        tally = run_cases(campaign, cases, options.seconds if options.sample is not None else 0,
                          options.record)
    tried, held = (sum(counts) for counts in zip(*tally.values()))
    print(f"{tried} cases tried, {held} held")
    if options.table:
        write_table(options.table, tally, options.sample)
    return 0 if tried == held > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
