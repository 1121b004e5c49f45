#!/usr/bin/env bash
# skel status of real runs: done, waiting, failed, killed, going on, gone on; and of what is no run.
set -uo pipefail
work=$(mktemp -d)
pid=
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: watched
data: {set: fashion-mnist, train-samples: 600, test-samples: 200}
model: {name: lenet-300-100}
prune: {method: force, sparsity: 0.9, iterations: 3, batches: 1, batch-size: 64}
train: {batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 32}
checkpoint: {every-epochs: 1, spacing: 0}
sweep:
  prune.method: [snip, force]
  train.epochs: [2, 100000]
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# run [ARGUMENTS...]: in the background, with its process's number in $pid
run() {
    "$SKEL" run "$work/job.yaml" --out "$work/out" "$@" >"$work/run.log" 2>&1 </dev/null &
    pid=$!
}

# status ARGUMENTS...: its output in $work/log
status() {
    "$SKEL" status "$@" >"$work/log" 2>&1 </dev/null || complain "skel status $*: exit status $?"
}

# says TEXT: the latest status has a line with this pattern
says() {
    grep -qE -- "$1" "$work/log" || complain "no line says: $1"
}

# asks PYTHON: an expression on the JSON of the job's runs, by name, is true
asks() {
    "$SKEL" status "$work/job.yaml" --out "$work/out" --json >"$work/log" 2>&1 </dev/null ||
        complain "--json: exit status $?"
    /usr/bin/python3 -c '
import json, math, sys
survey = json.load(open(sys.argv[1]))
runs = survey["runs"]
assert eval(sys.argv[2]), sys.argv[2]' "$work/log" "$1" 2>/dev/null || complain "not so: $1"
}

# file INDEX: the path of a run's file, without .h5
file() {
    "$SKEL" run "$work/job.yaml" --out "$work/out" --index "$1" --dry-run | sed 's/^[a-z]* *//; s/\.h5.*//'
}

# journal INDEX: the path of a run's journal
journal() {
    echo "$(file "$1").log.jsonl"
}

# nothing has begun
status "$work/job.yaml" --out "$work/out"
says '^4 runs: 4 waiting$'
asks 'len(runs) == 4 and all(r["state"] == "waiting" for r in runs) and runs[1]["swept"] == "prune.method=snip, train.epochs=100000" and survey["seconds_left"] is None'

# one run is done; a job's other runs wait; every line is JSON, and has all figures of the file
run --index 0
wait "$pid" || complain "run 0: exit status $?"
asks 'runs[0]["state"] == "done" and survey["states"]["waiting"] == 3'
status "$work/job.yaml" --out "$work/out"
says 'snip-s0.9-seed0.* +done +test [0-9.]+ %'
says '^4 runs: 1 done, 3 waiting$'
/usr/bin/python3 - "$(journal 0)" >"$work/log" 2>&1 <<'PYTHON' || complain "the journal of a run that is done"
import datetime, glob, h5py, json, os, sys
path = sys.argv[1]
data = open(path, "rb").read()
assert data.endswith(b"\n")
lines = [json.loads(line) for line in data.decode("utf-8").splitlines()]
events = [line["event"] for line in lines]
assert events == ["start", "iteration", "epoch", "checkpoint", "epoch", "end"], events
for line in lines:
    assert line["start_at"] == 0
    datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
start, end = lines[0], lines[-1]
assert (start["method"], start["sparsity"], start["seed"], start["job"]) == ("snip", 0.9, 0, "watched")
assert start["host"] == os.uname().nodename and start["ranks"] == 1 and start["pid"] > 1
with h5py.File(path.replace(".log.jsonl", ".h5")) as run:
    assert start["file"] == os.path.basename(run.filename)
    assert start["swept"] == {"prune.method": "snip", "train.epochs": "2"}, start["swept"]
    assert start["identity"] == run["provenance"].attrs["identity"].decode()
    assert start["instruction_set"] == run["provenance"].attrs["instruction_set"].decode()
    assert start["revision"] == run["provenance"].attrs["git_revision"].decode()
    assert end["result"] == "done" and end["exit_status"] == 0
    assert end["test_accuracy"] == run["summary"].attrs["test_accuracy"]
    assert end["kept"] == run["summary"].attrs["kept"]
    for event, table in (("iteration", "prune"), ("epoch", "train")):
        rows = [line["metrics"] for line in lines if line["event"] == event]
        for name, column in run["metrics"][table].items():
            for row, value in zip(rows, column[:], strict=True):
                assert row[name] == value or row[name] is None and value != value, (name, row, value)
PYTHON

# a run without its journal is still done, and one whose file is missing is not
mv "$(journal 0)" "$work/journal"
asks 'runs[0]["state"] == "done" and runs[0]["test_accuracy"] > 0'
status "$work/out"
says '^1 run: 1 done$'
mv "$work/journal" "$(journal 0)"
saved=$(file 0).h5
mv "$saved" "$work/saved"
asks 'runs[0]["state"] == "waiting" and "missing" in runs[0]["message"]'
mv "$work/saved" "$saved"

# a run goes on: from its first line until it is killed
run --index 1 checkpoint.every-epochs=0
until grep -q '"event":"epoch"' "$(journal 1)" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || { complain "the run ended"; break; }
    sleep 0.1
done
asks 'runs[1]["state"] == "running" and runs[1]["pid"] == '"$pid"' and runs[1]["epoch"] >= 1'
asks 'runs[1]["epochs"] == 100000 and runs[1]["images_per_second"] > 0 and runs[1]["seconds_left"] > 0'
# the epoch that goes on is one more than those that are done
"$SKEL" status "$work/job.yaml" --out "$work/out" --json >"$work/before"
status "$work/out"
cp "$work/log" "$work/during"
"$SKEL" status "$work/job.yaml" --out "$work/out" --json >"$work/after"
/usr/bin/python3 - "$work" >"$work/log" 2>&1 <<'PYTHON' || complain "the epoch that goes on"
import json, re, sys
before, after = (json.load(open(f"{sys.argv[1]}/{name}"))["runs"][1]["epoch"] for name in ("before", "after"))
shown = int(re.search(r"running +epoch (\d+)/100000 ", open(f"{sys.argv[1]}/during").read()).group(1))
assert before + 1 <= shown <= after + 1, (before, shown, after)
PYTHON
asks 'runs[1]["last_sign_seconds"] < 60 and survey["seconds_left"] >= runs[1]["seconds_left"] / 2'
status "$work/job.yaml" --out "$work/out"
says 'snip-s0.9-seed0.* +running +epoch [0-9]+/100000 .* left .* ago +'"$(uname -n)"
says '^4 runs: 1 done, 1 running, 2 waiting; all will be done in about '
timeout 20 "$SKEL" status "$work/out" --watch --interval 0.2 >"$work/log" 2>&1 &
watcher=$!
until [ "$(grep -c '^2 runs: 1 done, 1 running' "$work/log")" -ge 3 ]; do
    kill -0 "$watcher" 2>/dev/null || { complain "--watch ended"; break; }
    sleep 0.1
done

# killed: stale at once on this machine, and --watch has nothing more to wait for
kill -9 "$pid"
wait "$pid" 2>/dev/null
wait "$watcher" || complain "--watch: exit status $?"
says '^2 runs: 1 done, 1 stale$'
asks 'runs[1]["state"] == "stale" and "'"$pid"'" in runs[1]["message"]'

# on another machine silence decides, and a clock that goes back or ahead does not
sed -i 's/"process":"[^"]*"/"process":"another machine 1"/' "$(journal 1)"
asks 'runs[1]["state"] == "running"'
shift_clock() {
    /usr/bin/python3 - "$(journal 1)" "$1" <<'PYTHON'
import datetime, json, sys
lines = open(sys.argv[1]).read().splitlines()
last = json.loads(lines[-1])
now = datetime.datetime.utcnow() + datetime.timedelta(seconds=float(sys.argv[2]))
last["time"] = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
lines[-1] = json.dumps(last, separators=(",", ":"))
open(sys.argv[1], "w").write("\n".join(lines) + "\n")
PYTHON
}
shift_clock -700
asks 'runs[1]["state"] == "stale" and 690 < runs[1]["last_sign_seconds"] < 800'
"$SKEL" status "$work/out" --stale 3600 >"$work/log"
says '1 running'
shift_clock 7000
asks 'runs[1]["state"] == "running" and runs[1]["last_sign_seconds"] == 0'
says 'ahead of this one'

# the scheduler's job, and its state in a queue that knows it; a queue that does not answer is none
sed -i 's/"scheduler_job":""/"scheduler_job":"120_3"/' "$(journal 1)"
mkdir "$work/bin"
queue() {
    printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/squeue"
    chmod +x "$work/bin/squeue"
}
PATH="$work/bin:$PATH"
queue 'echo "120_2|RUNNING|None"; echo "120_3|RUNNING|None"'
asks 'runs[1]["state"] == "running" and runs[1]["scheduler_state"] == "RUNNING"'
status "$work/out"
says ', job 120_3 RUNNING'
queue 'echo "120_3|PENDING|Resources"'
asks 'runs[1]["state"] == "waiting" and runs[1]["scheduler_state"] == "PENDING (Resources)"'
shift_clock -100
queue 'echo "120_2|RUNNING|None"'
asks 'runs[1]["state"] == "stale" and "120_3" in runs[1]["message"]'
queue 'echo "120_2|RUNNING|None"; exit 1'
asks 'runs[1]["state"] == "running"'

# a run that `skel submit` has put into the queue of this folder, by its identity, not its number
"$SKEL" run "$work/job.yaml" --print-config --index 2 | sed '/^#/d' >"$work/out/watched/frozen.yaml"
mkdir "$work/elsewhere"
cp "$work/out/watched/frozen.yaml" "$work/elsewhere"
queue "echo '7_0|PENDING|0|Priority|skel:$work/out/watched/frozen.yaml'
    echo '8_0|PENDING|0|None|skel:$work/elsewhere/frozen.yaml'; echo '9|RUNNING|N/A|None|(null)'"
asks 'runs[2]["scheduler_job"] == "7_0" and runs[2]["scheduler_state"] == "PENDING (Priority)"'
asks 'runs[3]["scheduler_job"] == "" and runs[2]["state"] == "waiting"'
status "$work/job.yaml" --out "$work/out"
says ' waiting .* job 7_0 PENDING .Priority.$'
queue 'exit 1'
rm "$work/out/watched/frozen.yaml"

# the same command goes on: a new start in the same journal
rm "$(journal 1)"
run --index 3
until grep -q '"event":"checkpoint"' "$(journal 3)" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || { complain "the run ended"; break; }
    sleep 0.1
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
printf '{"time":"cut' >>"$(journal 3)"
asks 'runs[3]["state"] == "stale" and runs[3]["epoch"] >= 1'
run --index 3
until [ "$(grep -c '"event":"epoch"' "$(journal 3)")" -ge 1 ] &&
    grep -q '"event":"resume"' "$(journal 3)"; do
    kill -0 "$pid" 2>/dev/null || { complain "the run ended"; break; }
    sleep 0.1
done
asks 'runs[3]["state"] == "running" and runs[3]["pid"] == '"$pid"
[ "$(grep -c '^{.*"event":"start"' "$(journal 3)")" = 2 ] || complain "not two starts"
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=

# a checkpoint alone
rm "$(journal 3)"
asks 'runs[3]["state"] == "checkpointed"'

# a run that fails says why
"$SKEL" run "$work/job.yaml" --out "$work/out" --index 2 seed=5 train.learning-rate=1000 \
    >"$work/run.log" 2>&1 </dev/null && complain "it did not diverge"
status "$work/out"
says 'force-s0.9-seed5.* +failed .*not finite'

# files of other programs, damage and an empty folder
echo '{"level":"info"}' >"$work/out/other.log.jsonl"
head -c 3000 /dev/urandom >"$work/out/noise.log.jsonl"
echo 'no run' >"$work/out/notes.h5"
mkdir "$work/empty" "$work/out/folder.log.jsonl"
status "$work/out"
says '^3 files left out: '
says '^3 runs: 1 done, 1 checkpointed, 1 failed$'
status "$work/empty"
says '^0 runs$'
printf '{"event":"start","schema_name":"skel-journal","start_at":1e300,"pid":-1}\n' \
    >"$work/empty/odd.log.jsonl"
status "$work/empty"
says '^1 run: 1 stale$'

# a line that would write to the terminal
printf '{"event":"start","schema_name":"skel-journal","start_at":0,"host":"\\u001b[2Jx"}\n' \
    >"$work/empty/odd.log.jsonl"
status "$work/empty"
grep -q $'\033' "$work/log" && complain "an escape sequence of a journal reaches the terminal"

# what is asked wrongly
refused() {
    local expected=$1 text=$2
    shift 2
    timeout 20 "$SKEL" status "$@" >"$work/log" 2>&1 </dev/null
    [ $? -eq "$expected" ] || complain "skel status $*: not exit status $expected"
    says "$text"
}
refused 74 'nowhere: open: No such file' "$work/nowhere"
refused 64 'is a folder: --out is for a job file' "$work/out" --out x
refused 64 'is a folder: seed=3 is for a job file' "$work/out" seed=3
refused 64 'interval needs --watch' "$work/out" --interval 3
refused 64 'not a number above 0' "$work/out" --watch --interval 0
refused 64 'unknown key' "$work/job.yaml" sed=3

# a folder that cannot take a journal does not stop a run
rm -rf "$work/out/watched"
mkdir -p "$(journal 0)"
"$SKEL" run "$work/job.yaml" --out "$work/out" --index 0 >"$work/log" 2>&1 </dev/null ||
    complain "a run without its journal: exit status $?"
[ "$(grep -c 'goes on without its journal' "$work/log")" = 1 ] || complain "not one warning"

verdict
