#!/usr/bin/python3
"""Two processes with one job on one folder, many times: race.py TIMES [SEED]

The second one begins at a random time after the first. Each ends with 0, or with 74 and the words
that another process is making a file; nothing is lost, and no run is done twice. After both, the
same command finishes what is missing, and every file has the bits of an undisturbed sweep. SKEL,
MPIEXEC, BUILD and SOURCE are as ctest sets them. Exit status: 1 if a race does not hold.
"""
import collections
import json
import pathlib
import random
import shutil
import sys
import tempfile
import time

from campaign_run import Broken, Run, compare, read

JOB = """
name: campaign
data: {set: fashion-mnist, train-samples: 32, test-samples: 16}
model: {name: lenet-300-100, width: 30}
prune: {sparsity: 0.9, batch-size: 16}
train: {epochs: 2, batch-size: 16}
compute: {microbatch: 8}
checkpoint: {every-iterations: 1, every-epochs: 1, spacing: 0}
sweep: {prune.method: [random, snip], seed: [0, 1]}
"""
LATEST = 2.5  # seconds after which the second process begins; a sweep takes about as long
OCCUPIED = "another process is making"


def check_end(run):
    """0, or 74 because the other process was at work."""
    status, text = run.finish(), run.text()
    if status not in (0, 74) or (status == 74 and OCCUPIED not in text):
        raise Broken(f"exit status {status}: {text[-900:]}")
    return status


def check_journals(out):
    """Each run was finished once."""
    for path in out.glob("campaign/*.log.jsonl"):
        events = [json.loads(line) for line in path.read_text().splitlines()]
        done = sum(event["event"] == "end" and event["result"] == "done" for event in events)
        if done != 1:
            raise Broken(f"{path.name}: finished {done} times")


def race(work, job, whole, chance):
    """Returns the two exit statuses."""
    out = work / "out"
    ranks = [chance.choice((1, 1, 1, 2)) for _ in range(2)]
    first = Run(work, job, out, ranks[0], launched=ranks[0] > 1)
    time.sleep(chance.uniform(0, LATEST))
    second = Run(work, job, out, ranks[1], launched=ranks[1] > 1)
    statuses = check_end(first), check_end(second)
    if Run(work, job, out, 1, launched=False).finish() != 0:
        raise Broken("the sweep was not finished by the same command")
    compare(whole, out)
    check_journals(out)
    shutil.rmtree(out)
    return statuses


def main():
    times = int(sys.argv[1])
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    ends = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="skel-race-") as folder:
        work = pathlib.Path(folder).resolve()
        job = work / "job.yaml"
        job.write_text(JOB)
        if Run(work, job, work / "whole", 1, launched=False).finish() != 0:
            raise SystemExit("the sweep without a race has failed")
        whole = read(work / "whole")
        for number in range(times):
            try:
                statuses = race(work, job, whole, chance)
                ends[statuses] += 1
                print(f"race {number + 1}: exit statuses {statuses[0]} and {statuses[1]}", flush=True)
            except Broken as broken:
                print(f"FAILED: race {number + 1}: {broken}")
                return 1
    print(f"{times} races on a sweep of {len(whole)} runs: every file equal to the undisturbed one")
    for statuses, count in sorted(ends.items()):
        print(f"  exit statuses {statuses[0]} and {statuses[1]}: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
