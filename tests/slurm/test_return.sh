#!/usr/bin/env bash
# Which jobs go back to the queue, and how often: a program stands for skel and ends as told. Both where
# Slurm requeues status 75 by itself and where it does not.
set -euo pipefail
# shellcheck source=tests/support/cluster.sh
. "$SOURCE/tests/support/cluster.sh"

cat >"$work/stand_in" <<'SH'
#!/bin/bash
# run JOB CASE ... [--dry-run]; inspect --attributes FILE
[ "$1" != inspect ] || exec cat "$3"
path=$SKEL_OUT/job/$3.h5
if [[ " $* " == *" --dry-run "* ]]; then
    echo "run    $path"
    exit 0
fi
: "${SLURM_JOB_END_TIME:?skel must know when the allocation ends}"
echo "start" >>"$path.starts"
starts=$(wc -l <"$path.starts")
case $3 in
stuck) exit 75 ;; # stops, and never gets further
slow)             # gets further each time
    echo "/weights/a	xxh3_128	$starts" >"$path.checkpoint"
    [ "$starts" -ge 4 ] || exit 75
    ;;
warned) # stops when it is warned, and is done the second time
    trap 'echo "$starts" >"$path.warned"; exit 75' USR1
    [ "$starts" -ge 2 ] || for ((i = 0; i < 1000; i++)); do sleep 0.1; done
    ;;
deaf) # is at work until the time limit kills it, and is done the second time
    trap '' USR1 TERM
    [ "$starts" -ge 2 ] || for ((i = 0; i < 1000; i++)); do sleep 0.1; done
    ;;
lost) exit 0 ;; # says that it is done, and leaves no file
cancelled)
    trap 'exit 75' TERM
    for ((i = 0; i < 1000; i++)); do sleep 0.1; done
    ;;
*) exit "${3#status-}" ;;
esac
touch "$path"
SH
chmod +x "$work/stand_in"
touch "$work/job.yaml"
mkdir "$work/scripts"
cp "$SOURCE"/slurm/*.sh "$work/scripts"
export SKEL=$work/stand_in SKEL_SLURM=$work/scripts SKEL_LAUNCHER="srun --mpi=none --overlap"
cd "$work"

# CLUSTER: the cluster of the moment.
on() {
    export SLURM_CONF=$work/$1/slurm.conf SKEL_OUT=$work/out-$1
}

# CASE [OPTIONS of sbatch]: submits it.
submit() {
    mkdir -p "$SKEL_OUT/job"
    sbatch --parsable --ntasks=1 --output="$SKEL_OUT/%j.out" "${@:2}" scripts/run.sh job.yaml "$1" >"$SKEL_OUT/$1.id"
}

# CASE STATE STATUS STARTS; the status may be a pattern
ended_as() {
    local id found

    id=$(cat "$SKEL_OUT/$1.id")
    found="$(field_of "$id" JobState) $(field_of "$id" ExitCode) $(wc -l <"$SKEL_OUT/job/$1.h5.starts")"
    # shellcheck disable=SC2053  # a pattern
    [[ $found = $2\ $3\ $4 ]] ||
        fail "$1: $found; expected $2 $3 $4: $(scontrol show job "$id"; cat "$SKEL_OUT"/job/logs/"$1".log "$SKEL_OUT/$id.out")"
}

# A CASE has begun.
has_begun() {
    [ -e "$SKEL_OUT/job/$1.h5.starts" ]
}

# One Slurm requeues status 75 and its neighbours by itself, the other nothing.
clusters=("$work/itself" "$work/nothing")
"$SOURCE/slurm/local-cluster.sh" start "$work/itself" RequeueExit=71-75 KillWait=3 >"$work/log" || fail "no cluster"
"$SOURCE/slurm/local-cluster.sh" start "$work/nothing" RequeueExit= KillWait=3 >"$work/log" || fail "no cluster"

on nothing
for name in warned deaf; do
    submit "$name" --time=10 --signal=B:USR1@30
done
for cluster in itself nothing; do
    on "$cluster"
    submit cancelled
    SKEL_REQUEUES=2 submit stuck
    SKEL_REQUEUES=1 submit slow
    for status in 64 65 69 70 137; do
        submit "status-$status"
    done
done
submit lost
submit status-74
# Slurm looks at the time limits every 30 seconds.
within 60 has_begun warned
scontrol update JobId="$(cat "$SKEL_OUT/warned.id")" EndTime="$(date -d '+45 seconds' +%FT%T)"
within 60 has_begun deaf
scontrol update JobId="$(cat "$SKEL_OUT/deaf.id")" EndTime="$(date -d '+3 seconds' +%FT%T)"
for cluster in itself nothing; do
    on "$cluster"
    within 60 has_begun cancelled
    scancel "$(cat "$SKEL_OUT/cancelled.id")"
done

for cluster in itself nothing; do
    on "$cluster"
    within 150 drained
    ended_as cancelled CANCELLED '*' 1
    ended_as stuck FAILED 70:0 3
    grep -q 'went back to the queue 2 times and got no further: given up' "$SKEL_OUT/job/logs/stuck.log" ||
        fail "$(cat "$SKEL_OUT/job/logs/stuck.log")"
    ended_as slow COMPLETED 0:0 4
    [ ! -e "$SKEL_OUT/job/logs/slow.log.requeues" ] || fail "the count of a run that is done"
    for status in 64 65 69 70 137; do
        ended_as "status-$status" FAILED "$status:0" 1
    done
done
ended_as lost FAILED 74:0 1
ended_as status-74 FAILED 74:0 1
ended_as warned COMPLETED 0:0 2
[ "$(cat "$SKEL_OUT/job/warned.h5.warned")" = 1 ] || fail "not warned of the time limit"
ended_as deaf COMPLETED 0:0 2
grep -q 'the time limit came before a checkpoint; back to the queue' "$SKEL_OUT/job/logs/deaf.log" ||
    fail "$(cat "$SKEL_OUT/job/logs/deaf.log")"
