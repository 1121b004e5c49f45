#!/usr/bin/env bash
# A second signal ends the program at once; a signal to mpirun, which kills the ranks soon, costs what was done since the
# last checkpoint, and the result stays the same.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/support/stopping.sh
. "$SOURCE/tests/support/stopping.sh"

# A second signal, seconds after the first one, ends the program at once. The only microbatch takes much longer: plain
# loops in double.
"$SKEL" run "$work/job.yaml" prune.method=snip model.width=16 prune.batch-size=128 compute.engine=reference \
    compute.microbatch=128 --out "$work/twice" </dev/null >"$work/log" 2>&1 &
# PROCESS: seconds of computing so far
computed() {
    local fields
    read -ra fields < <(sed 's/.*) //' "/proc/$1/stat")
    echo $(((fields[11] + fields[12]) / $(getconf CLK_TCK)))
}
until [ "$(computed $!)" -ge 4 ]; do
    kill -0 $! || fail "ended before its microbatch"
    sleep 0.1
done
kill -TERM $!
sleep 2.5
kill -0 $! 2>/dev/null || fail "the first signal has ended a microbatch"
kill -TERM $!
result=0
wait $! || result=$?
[ "$result" = $((128 + 15)) ] || fail "a second signal: exit status $result"
[ -z "$(find "$work/twice" -name '*.h5*' ! -name '*.lock' ! -name '*.part')" ] || fail "a file of a run that was ended"

# mpirun passes these signals on a second later, and kills the ranks after another second: the last checkpoint counts,
# and the same command goes on to the result of an undisturbed run. A longer time, for both, is enough to stop.
often=(prune.method=snip checkpoint.every-epochs=1 checkpoint.spacing=0)
run 1 "$work/undisturbed" "${often[@]}" train.epochs=16
[ "$result" = 0 ] || fail "the undisturbed run: $result"
# SIGNAL EPOCHS OPTIONS of mpirun...: sends a signal to mpirun, and waits until the ranks have ended
to_launcher() {
    local name=$1 epochs=$2 rank tries
    shift 2
    rm -rf "$work/ended"
    : >"$work/log"
    result=0
    # shellcheck disable=SC2016 # the rank's shell expands them
    "$MPIEXEC" "$@" -n 2 --oversubscribe sh -c 'echo $$ >"$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$work" \
        "$SKEL" run "$work/job.yaml" "${often[@]}" "train.epochs=$epochs" --out "$work/ended" \
        </dev/null >"$work/log" 2>&1 &
    until grep -qs '"event":"checkpoint".*"epoch":2,' "$work"/ended/stop/*.log.jsonl; do
        kill -0 $! 2>/dev/null || fail "ended before SIG$name to mpirun"
        sleep 0.02
    done
    kill "-$name" $!
    wait $! || result=$?
    [ "$result" != 0 ] || fail "SIG$name to mpirun: exit status 0"
    for rank in 0 1; do
        for ((tries = 0; tries < 600; tries++)); do
            kill -0 "$(cat "$work/pid.$rank")" 2>/dev/null || break
            sleep 0.1
        done
    done
}
for signal in TERM INT HUP; do
    to_launcher $signal 16
    run 2 "$work/ended" "${often[@]}" train.epochs=16
    [ "$result" = 0 ] || fail "after SIG$signal to mpirun: $result"
    grep -qE 'resumed: |done before' "$work/log" || fail "after SIG$signal to mpirun: the run began again"
    same "$work/undisturbed" "$work/ended"
done
to_launcher TERM 50000 --mca odls_base_sigkill_timeout 8
tail -n 1 "$work"/ended/stop/*.log.jsonl | grep -q '"result":"stopped","exit_status":75.*stopped by SIGTERM' ||
    fail "SIGTERM to an mpirun that waits: the ranks had no time for a checkpoint"
