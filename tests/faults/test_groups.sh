#!/usr/bin/env bash
# A sweep in groups of ranks, with broken runs: the others have the same files as separate jobs have,
# the exit status is that of the worst run, and a table says what failed and why.
set -uo pipefail
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: groups
data: {set: fashion-mnist, train-samples: 128, test-samples: 20}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 1, batch-size: 32, learning-rate: 0.05}
compute: {microbatch: 16}
sweep:
  train.learning-rate: [0.05, 1000]
  prune.method: [force, random]
  seed: [0, 1]
YAML

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# run RANKS STATUS [ARGUMENTS...]: the exit status is STATUS
run() {
    local ranks=$1 status=$2
    shift 2
    timeout 200 "$MPIEXEC" -n "$ranks" --oversubscribe "$SKEL" run "$work/job.yaml" "$@" \
        >"$work/log" 2>&1 </dev/null
    local got=$?
    [ "$got" -eq "$status" ] || complain "$*: exit status $got, expected $status"
}

# said NUMBER PATTERN: NUMBER lines of the log match
said() {
    local got
    got=$(grep -cE -- "$2" "$work/log")
    [ "$got" -eq "$1" ] || complain "'$2' said $got times, expected $1"
}

# Two groups of two ranks. Runs 4 to 7 diverge, and a folder is in the place of run 0.
mkdir -p "$work/a/groups"
occupied=$("$SKEL" run "$work/job.yaml" --dry-run --out "$work/a" | awk 'NR == 1 { print $2 }')
mkdir "$occupied"
run 4 70 --groups 2 --out "$work/a"
said 4 '^ +[4-7]  (force 90|random 90) .* 70  [^r].*not finite'
said 1 '^ +0  force 90 .* 74  [^r].*is a folder, not a file'
said 1 'skel: error: 5 of 8 runs failed, as the table says; the files of the others are complete'
said 1 '^files: .*/groups '
[ "$(find "$work/a/groups" -type f -name '*.h5' | wc -l)" -eq 3 ] || complain "not three files"
[ -z "$(find "$work/a/groups" -name '*.part' -o -name '*.lock')" ] || complain "left over"

# The same runs as separate jobs.
for index in 1 2 3; do
    run 1 0 --index $index --out "$work/b"
done
for file in "$work"/b/groups/*.h5; do
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$file" \
        "$work/a/groups/$(basename "$file")" >"$work/log" 2>&1 || complain "another result in groups"
done

# The place is free again: the runs that are done are skipped. There is one run to do, not two.
rmdir "$occupied"
run 4 0 --groups 2 --out "$work/a" "sweep.train.learning-rate=[0.05]"
said 3 '(done before)'
said 1 '1 run is to do: 1 group of ranks instead of 2'
[ -f "$occupied" ] || complain "the run whose place was occupied is not done"

# Three groups of unequal size, on nodes of their own.
SKEL_DEBUG_NODES=2 run 4 0 --groups 3 --out "$work/c" "sweep.train.learning-rate=[0.05]"
for file in "$work"/b/groups/*.h5; do
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$file" \
        "$work/c/groups/$(basename "$file")" >"$work/log" 2>&1 || complain "another result in 3 groups"
done

# A sweep of one group goes on after any failure, too; without --keep-going it begins no other run.
mkdir -p "$work/d/groups" "${occupied/"$work/a"/"$work/d"}"
run 1 74 --out "$work/d" "sweep.train.learning-rate=[0.05]"
said 1 'skel: error: 1 of 4 runs failed, as the table says; the files'
run 2 70 --out "$work/e" 'sweep={train.learning-rate: [1000, 0.05, 0.06]}' --no-keep-going
said 1 'skel: error: 1 of 3 runs failed, as the table says, 2 were not begun$'
[ -z "$(find "$work/e" -name '*.h5')" ] || complain "a run after the failed one"

# One rank alone is asked to stop: its group and the other one stop, again and again, and the files in the end are
# those of separate jobs.
stops=0
while :; do
    SKEL_STOP_AFTER=$((stops % 4)):11 timeout 200 "$MPIEXEC" -n 4 --oversubscribe "$SKEL" run "$work/job.yaml" --groups 2 \
        --out "$work/f" "sweep.train.learning-rate=[0.05]" >"$work/log" 2>&1 </dev/null
    got=$?
    [ "$got" = 75 ] || break
    said 1 '^skel: stopped by SKEL_STOP_AFTER'
    stops=$((stops + 1))
    [ "$stops" -lt 40 ] || break
done
[ "$got" -eq 0 ] || complain "groups that are stopped: exit status $got after $stops stops"
[ "$stops" -ge 2 ] || complain "groups are stopped $stops times only"
for file in "$work"/b/groups/*.h5; do
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$file" \
        "$work/f/groups/$(basename "$file")" >"$work/log" 2>&1 || complain "another result of groups that were stopped"
done

# A signal to one rank of one group, in runs that would never end; the second group's is told first.
for rank in 1 0; do
    : >"$work/log"
    # shellcheck disable=SC2016 # the rank's shell expands them
    timeout 200 "$MPIEXEC" -n 2 --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$work" \
        "$SKEL" run "$work/job.yaml" --groups 2 --out "$work/g$rank" \
        'sweep={train.epochs: [50000], prune.method: [snip, random], seed: [0, 1]}' >"$work/log" 2>&1 </dev/null &
    launcher=$!
    until [ "$(cat "$work/g$rank"/groups/*.log.jsonl 2>/dev/null | grep -c '"event":"epoch"')" -ge 2 ] &&
        [ "$(find "$work/g$rank" -name '*.log.jsonl' | wc -l)" -eq 2 ]; do
        kill -0 "$launcher" 2>/dev/null || { complain "the groups ended"; break; }
        sleep 0.1
    done
    kill -TERM "$(cat "$work/pid.$rank")"
    wait "$launcher"
    got=$?
    [ "$got" -eq 75 ] || complain "SIGTERM to rank $rank of two groups: exit status $got"
    said 1 '^skel: stopped by SIGTERM: 2 runs after a checkpoint, 2 runs before the first step; the same command goes on'
    [ "$(find "$work/g$rank" -name '*.h5.checkpoint' | wc -l)" -eq 2 ] || complain "not a checkpoint of each group"
    [ "$(cat "$work/g$rank"/groups/*.log.jsonl | grep -c '"event":"end".*"result":"stopped","exit_status":75')" -eq 2 ] ||
        complain "the journals of two stopped groups"
done

# Groups that cannot be.
run 2 64 --groups 0
said 1 'skel run: error: --groups 0: not a number from 1 to'
run 2 64 --groups 3
said 1 'skel run: error: --groups 3: there are 2 ranks, and a group needs at least one'
run 2 64 --groups 2 --index 1
said 1 'skel run: error: --groups 2 with --index: one run is done by one group'
run 2 64 --keep-going --no-keep-going
said 1 'give one of them'

# A disk that is full or read-only concerns every run: no other run is begun.
mkdir "$work/disk"
if mount -t tmpfs -o size=64k none "$work/disk" 2>/dev/null; then
    run 2 74 --groups 2 --out "$work/disk" "sweep.train.learning-rate=[0.05]"
    grep -q 'No space left on device' "$work/log" || complain "a full disk: no reason"
    mount -o remount,ro "$work/disk"
    run 2 74 --groups 2 --out "$work/disk" "sweep.train.learning-rate=[0.05]"
    grep -q 'Read-only file system' "$work/log" || complain "a read-only disk: no reason"
fi

verdict
