#!/usr/bin/env bash
# Runs that are disturbed in the ways of a cluster, and the files in the end are those of undisturbed runs,
# bit by bit: preemption with a time of grace, a node that goes down, scontrol requeue, the warning ahead of a
# time limit, a killed rank, scancel, groups of ranks on two nodes.
set -euo pipefail
# shellcheck source=tests/support/cluster.sh
. "$SOURCE/tests/support/cluster.sh"
cd "$work"
cat >job.yaml <<'YAML'
name: faults
data: {set: fashion-mnist, train-samples: 800, test-samples: 200}
model: {name: lenet-5}
prune: {method: force, sparsity: 0.95, iterations: 10, batches: 2, batch-size: 64}
train: {epochs: 12, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 16}
checkpoint: {every-iterations: 2, every-epochs: 1, spacing: 0}
sweep: {seed: [0, 1, 2, 3, 4, 5]}
YAML
"$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml --out "$work/whole" --groups 2 -q >/dev/null 2>log ||
    fail "the undisturbed runs: $(cat log)"

cluster_options=(KillWait=2)
cluster_start
export SKEL SKEL_OUT=$work/out SKEL_SLURM=$SOURCE/slurm
folder=$SKEL_OUT/faults
held=() # by seed

# SEED [OPTIONS of sbatch]: submits the run with this seed.
submit() {
    sbatch --parsable --ntasks=1 --output="$work/%j.out" "${@:2}" "$SOURCE/slurm/run.sh" job.yaml --index "$1" >"id.$1"
    id[$1]=$(cat "id.$1")
}

# SEED: whether the run has a checkpoint; whether it is done.
has_checkpoint() {
    compgen -G "$folder/*-seed$1-*.h5.checkpoint" >/dev/null
}

# JOB [STATE]: whether the job is in the state.
is_in() {
    [ "$(field_of "$1" JobState)" = "$2" ]
}

# JOB: whether it has no ranks.
no_ranks() {
    [ -z "$(ranks_of "$1")" ]
}

# JOB: whether no node has a step of it any more. A node that gets the job again before that is drained.
no_steps() {
    ! pgrep -f "slurmstepd: \\[$1\\." >/dev/null
}

# JOB: prints the processes of its ranks.
ranks_of() {
    local name folder

    { grep -lsx skel /proc/[0-9]*/comm || true; } | while read -r name; do
        folder=${name%/comm}
        if grep -qszx "SLURM_JOB_ID=$1" "$folder/environ"; then
            echo "${folder#/proc/}"
        fi
    done
}

# SEED...: stops the ranks of each of the runs as soon as it has a checkpoint, so that it is disturbed before its
# end however fast the machine is. Whether all of them are stopped. Slurm lets ranks go on before it ends them.
all_held() {
    local seed ranks

    for seed in "$@"; do
        if [ -z "${held[$seed]:-}" ] && has_checkpoint "$seed"; then
            ranks=$(ranks_of "${id[$seed]}")
            [ -n "$ranks" ] || fail "seed $seed has ended before it was disturbed"
            # shellcheck disable=SC2086  # numbers are words
            kill -STOP $ranks
            held[seed]=yes
        fi
    done
    [ "${#held[@]}" = $# ]
}

# SEED: whether SIGUSR1 waits for the run's ranks, which are stopped.
is_warned() {
    local rank pending

    for rank in $(ranks_of "${id[$1]}"); do
        pending=$(sed -n 's/^ShdPnd:[[:space:]]*//p' "/proc/$rank/status")
        [ $((0x$pending & 0x200)) -ne 0 ] || return 1
    done
}

# SEED: Slurm has restarted the run's job, skel has resumed it, and its file is that of a run that was not
# disturbed.
check() {
    local log

    log=$(echo "$folder"/logs/*-seed"$1"-*.log)
    is_in "${id[$1]}" COMPLETED || fail "seed $1: $(scontrol show job "${id[$1]}"; cat "$log")"
    [ "$(field_of "${id[$1]}" Restarts)" -ge 1 ] || fail "seed $1 was not requeued: $(cat "$log")"
    grep -q 'resumed: ' "$log" || fail "seed $1 began again: $(cat "$log")"
    same_file "$1"
}

# SEED
same_file() {
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/whole/faults/*-seed"$1"-*.h5 "$folder"/*-seed"$1"-*.h5 ||
        fail "seed $1: another file"
}

# All of the second node, in a partition that another one preempts.
submit 0 --partition=scavenge --nodelist=n2 --ntasks=4
submit 2 --nodelist=n1
submit 3 --nodelist=n1
submit 4 --nodelist=n1
submit 5 --nodelist=n1
within 120 all_held 0 2 3 4 5
"$SKEL" status job.yaml --out "$SKEL_OUT" >survey || fail "skel status: $(cat survey)"
[ "$(grep -c 'running' survey)" -ge 5 ] || fail "skel status: $(cat survey)"
grep -E 'seed2' survey | grep -qE "running.*\\b${id[2]}\\b" || fail "skel status: $(cat survey)"
# What Slurm does ahead of a time limit.
scancel --batch --signal=USR1 "${id[5]}"
within 60 is_warned 5
# shellcheck disable=SC2046  # numbers are words
kill -CONT $(ranks_of "${id[5]}")
scontrol requeue "${id[2]}"
# shellcheck disable=SC2046  # numbers are words
kill -9 $(ranks_of "${id[3]}" | head -n 1)
scancel "${id[4]}"
submit 1 --nodelist=n2
within 120 has_checkpoint 1
scontrol update NodeName=n2 State=DOWN Reason=test
within 60 is_in "${id[1]}" PENDING
within 60 no_ranks "${id[1]}"
within 60 no_steps "${id[1]}"
scontrol update NodeName=n2 State=RESUME 2>/dev/null || true # or it has come back by itself
within 150 drained
check 0
check 1
check 2
check 5
grep -q 'skel stopped after a checkpoint; back to the queue' "$folder"/logs/*-seed5-*.log ||
    fail "the warning: $(cat "$folder"/logs/*-seed5-*.log)"

# A killed rank and a cancelled job do not come back; the same commands go on.
is_in "${id[3]}" FAILED || fail "a killed rank: $(scontrol show job "${id[3]}")"
is_in "${id[4]}" CANCELLED || fail "scancel: $(scontrol show job "${id[4]}")"
for seed in 3 4; do
    [ "$(field_of "${id[$seed]}" Restarts)" = 0 ] || fail "seed $seed was requeued"
done
OMPI_MCA_btl=self,tcp sbatch --parsable --wait --nodes=2 --ntasks=4 --output=groups.out "$SOURCE/slurm/groups.sh" \
    job.yaml --groups 2 >groups.id || fail "groups on two nodes: $(cat groups.out "$folder"/logs/*.log)"
grep -q 'resumed' "$folder/logs/faults.log" || fail "the groups began again: $(cat "$folder/logs/faults.log")"
same_file 3
same_file 4
