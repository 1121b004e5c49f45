#!/usr/bin/env python3
"""Fuzzes each target in turn, round after round, and counts: rounds.py run FOLDER [SECONDS] | rounds.py table FOLDER

`run` wants the preset `fuzz` built and seeds of corpus.py in FOLDER/seeds. A round is SECONDS (420) of each target; it
ends when it is interrupted. FOLDER/corpus keeps what grew, FOLDER/findings the inputs that failed, FOLDER/logs what
libFuzzer said, FOLDER/rounds.jsonl a line for each target of each round. `table` prints the sums.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def revision():
    return subprocess.run(["git", "-C", SOURCE, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True,
                          check=True).stdout.strip()


def environment():
    """As in test_fuzz.sh: an allocation of any size may fail; the targets count skel's own blocks of memory."""
    return dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=0:quarantine_size_mb=16")


def fuzz(target, folder, seconds):
    """One target for so many seconds; its counts."""
    name, start = target.name, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    corpus = folder / "corpus" / name
    known = [path for path in (folder / "seeds" / name, SOURCE / "tests/fuzz/findings" / name) if path.is_dir()]
    for path in (corpus, folder / "findings", folder / "logs"):
        path.mkdir(parents=True, exist_ok=True)
    log = folder / "logs" / f"{name}-{start}"
    with open(log, "wb") as out:
        child = subprocess.Popen(
            [target, f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1",
             "-detect_leaks=0", f"-dict={SOURCE}/tests/fuzz/hdf5.dict", "-report_slow_units=600",
             f"-artifact_prefix={folder}/findings/{name}-", corpus, *known], stdout=out, stderr=out, env=environment())
        _, wait_status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(wait_status)
    text = log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units: +(\d+)", text)
    found = re.search(r"Test unit written to (\S+)", text)
    return {"target": name, "start": start, "revision": revision(),
            "executions": int(executions.group(1)) if executions else 0,
            "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
            "exit_status": child.returncode, "finding": found.group(1) if found and child.returncode else None}


def run(folder, seconds):
    targets = sorted(path for path in (SOURCE / "build-fuzz/tests/fuzz").glob("fuzz_*") if os.access(path, os.X_OK))
    while True:
        for target in targets:
            counts = fuzz(target, folder, seconds)
            with open(folder / "rounds.jsonl", "a", encoding="utf-8") as out:
                print(json.dumps(counts), file=out)


def table(folder):
    sums = collections.defaultdict(collections.Counter)
    for line in open(folder / "rounds.jsonl", encoding="utf-8"):
        counts = json.loads(line)
        row = sums[counts["target"].removeprefix("fuzz_")]
        row.update(executions=counts["executions"], seconds=counts["processor_seconds"],
                   findings=int(counts["finding"] is not None))
    print("| target | executions | seconds of processor time | executions a minute of it | rounds that found a fault |\n"
          "|---|---:|---:|---:|---:|")
    for name, row in sorted(sums.items()):
        rate = 60 * row["executions"] / max(row["seconds"], 0.1)
        print(f"| {name} | {row['executions']:,} | {row['seconds']:.0f} | {rate:,.0f} | {row['findings']} |")


def main():
    if len(sys.argv) in (3, 4) and sys.argv[1] == "run":
        run(pathlib.Path(sys.argv[2]).resolve(), int(sys.argv[3]) if len(sys.argv) == 4 else 420)
    elif len(sys.argv) == 3 and sys.argv[1] == "table":
        table(pathlib.Path(sys.argv[2]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
