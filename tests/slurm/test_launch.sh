#!/usr/bin/env bash
# Ranks that srun starts find each other by PMIx. Without it, one line says what is missing, and no run is
# computed once by every process.
set -euo pipefail
# shellcheck source=tests/support/cluster.sh
. "$SOURCE/tests/support/cluster.sh"
cluster_start

cat >"$work/job.yaml" <<'YAML'
name: launch
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 0}
YAML

# srun's OPTIONS and a command of skel: in $result its exit status, in $work/log what it says.
launch() {
    result=0
    timeout 120 srun "$@" </dev/null >"$work/log" 2>&1 || result=$?
}

declare -A argument=([run]=$work/job.yaml [bench]=topk)
for tasks in 1 3; do
    for command in run bench; do
        launch -n "$tasks" --mpi=none "$SKEL" "$command" "${argument[$command]}"
        [ "$result" = 69 ] || fail "$tasks tasks, $command: exit status $result: $(cat "$work/log")"
        [ "$(grep -c "started $tasks process.*srun --mpi=pmix" "$work/log")" = 1 ] ||
            fail "$tasks tasks, $command: $(cat "$work/log")"
    done
done
launch -n 3 --mpi=pmi2 "$SKEL" run "$work/job.yaml"
# Open MPI ends the processes itself where it is built without PMI-2.
[ "$result" = 0 ] || grep -q 'srun gives PMI-2 in place of PMIx; if MPI does not start' "$work/log" ||
    fail "PMI-2: $(cat "$work/log")"
[ "$(grep -c 'srun gives PMI-2' "$work/log")" = 1 ] || fail "PMI-2: $(cat "$work/log")"

# A batch script without a launcher: one rank, and a word of it; none where one rank was asked for.
for tasks in 1 3; do
    sbatch --quiet -n "$tasks" -o "$work/alone$tasks.log" \
        --wrap "'$SKEL' run '$work/job.yaml' --out '$work/alone$tasks'"
done
within 60 queue_empty
for tasks in 1 3; do
    [ -e "$(echo "$work/alone$tasks"/launch/*.h5)" ] || fail "one rank of $tasks tasks: $(cat "$work/alone$tasks.log")"
    [ "$(grep -c "this Slurm job has 3 tasks, but skel was started as one rank" "$work/alone$tasks.log")" = $((tasks / 3)) ] ||
        fail "one rank of $tasks tasks: $(cat "$work/alone$tasks.log")"
done

launch -N 2 -n 3 --mpi=pmix env OMPI_MCA_btl=self,tcp "$SKEL" run "$work/job.yaml" --out "$work/out"
[ "$result" = 0 ] || fail "with PMIx: $(cat "$work/log")"
grep -q '1 run on 3 ranks' "$work/log" || fail "with PMIx: $(cat "$work/log")"

# What needs no ranks needs no PMIx; each process does it.
launch -n 1 --mpi=none "$SKEL" plan "$work/job.yaml"
[ "$result" = 0 ] || fail "skel plan: $(cat "$work/log")"

# Signals to srun. Slurm may end the ranks before they have written a checkpoint; the last one counts then, and the
# result is that of an undisturbed run.
often=(train.epochs=40 train.batch-size=8 checkpoint.every-epochs=1 checkpoint.spacing=0)
pmix=(-n 2 --mpi=pmix env "OMPI_MCA_btl=self,tcp" "$SKEL" run "$work/job.yaml" "${often[@]}")
launch "${pmix[@]}" --out "$work/undisturbed"
[ "$result" = 0 ] || fail "the undisturbed run: $(cat "$work/log")"
for signal in USR1 TERM HUP INT; do
    folder=$work/$signal
    srun "${pmix[@]}" --out "$folder" </dev/null >"$work/log" 2>&1 &
    srun=$!
    until grep -qs '"event":"checkpoint".*"epoch":3,' "$folder"/launch/*.log.jsonl; do
        kill -0 $srun 2>/dev/null || fail "ended before SIG$signal: $(cat "$work/log")"
        sleep 0.05
    done
    kill -$signal $srun
    if [ $signal = INT ]; then # the first one lets srun print the state of the ranks, a second one within a second ends them
        sleep 0.3
        kill -$signal $srun
    fi
    result=0
    wait $srun || result=$?
    [ "$result" != 0 ] || fail "SIG$signal to srun: exit status 0: $(cat "$work/log")"
    [ $signal != USR1 ] || [ "$result" = 75 ] || fail "SIGUSR1 to srun: exit status $result: $(cat "$work/log")"
    within 60 queue_empty
    launch "${pmix[@]}" --out "$folder"
    [ "$result" = 0 ] || fail "after SIG$signal to srun: exit status $result: $(cat "$work/log")"
    grep -q 'resumed: ' "$work/log" || fail "after SIG$signal to srun: not resumed: $(cat "$work/log")"
    /usr/bin/python3 "$SOURCE/tests/support/same_run.py" "$work"/undisturbed/launch/*.h5 "$folder"/launch/*.h5 >"$work/log" ||
        fail "after SIG$signal to srun: another result: $(cat "$work/log")"
done
