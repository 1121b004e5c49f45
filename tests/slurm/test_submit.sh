#!/usr/bin/env bash
# skel submit hands each run that is missing to Slurm once, as it was when it was submitted, whoever submits
# again or changes the job file; the table follows. What cannot work is said before or on the node.
set -euo pipefail
# shellcheck source=tests/support/cluster.sh
. "$SOURCE/tests/support/cluster.sh"
export SKEL_SITE=$work/site.yaml
cd "$work"
cat >site.yaml <<'YAML'
partition: main
scratch: $SKEL_TEST_SCRATCH
options: [--oversubscribe]
YAML
export SKEL_TEST_SCRATCH=$work/scratch
cat >job.yaml <<'YAML'
name: small
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-300-100}
prune: {method: snip, sparsity: 0.9, batch-size: 32}
train: {epochs: 0}
compute: {microbatch: 16}
sweep: {prune.method: [snip, random], seed: [0, 1, 2]}
YAML
out=$work/scratch/runs/small

# STATUS PATTERN ARGUMENTS: skel submit must end so, and say so.
refuses() {
    local status=$1 pattern=$2 result=0
    shift 2
    PATH=${path:-$PATH} "$SKEL" submit "$@" >log 2>&1 || result=$?
    [ "$result" = "$status" ] || fail "skel submit $*: exit status $result, not $status: $(cat log)"
    grep -qE -- "$pattern" log || fail "skel submit $*: no word of '$pattern': $(cat log)"
}

# Without Slurm: the plan can be printed, no more.
path=$work/none refuses 69 'no program squeue on the PATH' job.yaml
path=$work/none refuses 0 'array=0-5%2 ' job.yaml --dry-run --parallel 2
cluster_start

refuses 64 'argument 1 \(prune.sparsty=0.5\): unknown key.*did you mean prune.sparsity' job.yaml prune.sparsty=0.5
refuses 64 '--time 1h: no time limit' job.yaml --time 1h
refuses 64 '--groups 4 with --ranks 2: a group needs a rank' job.yaml --ranks 2 --groups 4
refuses 64 'sbatch refuses the job: .*[Ii]nvalid partition' job.yaml --partition nowhere
refuses 64 'below MaxArraySize.*use --groups' job.yaml "sweep.seed=[$(seq -s, 0 600)]"
refuses 74 'run 0: .*CIFAR-10 is not there' job.yaml data.set=cifar10 data.dir="$work/none" model.name=resnet20
refuses 74 'cannot make the folder /proc/none' job.yaml --out /proc/none
refuses 74 'no_such.yaml: open' no_such.yaml
refuses 64 'must be a file' -
sed 's/^partition/partitoin/' site.yaml >bad.yaml
SKEL_SITE=$work/bad.yaml refuses 64 'bad.yaml:1:1: unknown key "partitoin"; did you mean partition' job.yaml
echo 'mpi: pmix_v99' >bad.yaml
SKEL_SITE=$work/bad.yaml refuses 69 'this Slurm has no --mpi=pmix_v99' job.yaml
queue_empty || fail "a job was submitted that cannot work"
[ ! -e "$out/table.txt" ] || fail "a table of nothing"

# Two submissions at once: each run is in the queue once, after whichever of the two. The runs wait until
# the job file is another one and the frozen job is looked at.
for side in left right; do
    "$SKEL" submit job.yaml --ranks 2 --time 20 --parallel 3 -- --hold >"$side" 2>&1 &
done
wait
cat left right >both
[ "$(grep -c '^submitted: job' both)" = 1 ] || fail "not one of two submissions submits: $(cat both)"
grep -qE 'nothing to submit|another process is making' both || fail "$(cat both)"
[ "$(squeue -h --array -o %K -n skel-small | sort -n | paste -sd' ')" = "0 1 2 3 4 5" ] || fail "$(squeue --array)"
grep -q 'frozen: .*submitted-.*yaml; later changes of job.yaml do not count' both || fail "$(cat both)"
refuses 0 '6 are in the queue.*, 0 are missing' job.yaml
refuses 0 '1 is in the queue.*, 0 are missing' job.yaml prune.method=random seed=1
refuses 0 '6 runs: 0 are done, 4 are in the queue.*, 2 are missing' job.yaml 'sweep.seed=[2,1,7]' --dry-run
refuses 64 '4 runs are in the queue.*wait for them' job.yaml 'sweep.seed=[2,1,7]' --groups 1
"$SKEL" status job.yaml --out "$work/scratch/runs" >survey || fail "skel status: $(cat survey)"
[ "$(grep -c 'waiting.*PENDING (JobHeldUser)' survey)" = 6 ] || fail "skel status: $(cat survey)"
sed -i 's/sparsity: 0.9/sparsity: 0.5/' job.yaml
array=$(sed -n 's/^submitted: job \([0-9]*\);.*/\1/p' both)
scontrol release "$array"
within 120 queue_empty
[ "$(find "$out" -name '*-s0.9-*.h5' | wc -l)" = 6 ] || fail "not all runs, or not as submitted: $(find "$out")"
[ "$(tail -n 1 "$out/table.txt")" = "6 of 6 runs are done" ] || fail "$(cat "$out/table.txt")"
grep -q '^random ' "$out/report/tables.txt" || fail "no report: $(ls "$out")"
[ "$(awk '{ print $5 }' "$out/table.txt" | sed -n 2,3p | paste -sd' ')" = "3 3" ] || fail "$(cat "$out/table.txt")"
[ "$(find "$out/logs" -name '*-s0.9-*.log' | wc -l)" = 6 ] || fail "logs: $(ls "$out/logs")"
[ -z "$(find "$out/logs" -name 'slurm-*')" ] || fail "Slurm's own logs: $(tail -n +1 "$out"/logs/slurm-*)"
grep -q '1 run on 2 ranks' "$out"/logs/*random*seed1*.log || fail "$(tail -n +1 "$out"/logs/*.log)"

# Submitting again submits what is missing.
sed -i 's/sparsity: 0.5/sparsity: 0.9/' job.yaml
refuses 0 'nothing to submit' job.yaml
rm "$out"/*snip*seed1*.h5
refuses 0 'array=1 ' job.yaml --dry-run
refuses 0 '5 are done, 0 are in the queue, 1 is missing' job.yaml
within 60 queue_empty
[ "$(find "$out" -maxdepth 1 -name '*.h5' | wc -l)" = 6 ] || fail "the missing run was not done"

# On the node: an element that the job does not have; a job file and a program that the node does not see; a
# folder without room; a job that can never work is not requeued, though its exit status is not 0.
export SKEL SKEL_OUT=$work/elsewhere
batch() {
    sbatch --parsable --ntasks=1 --output="$work/%j.out" "$@"
}
cp job.yaml seen.yaml
cd "$SOURCE"
range=$(batch --array=6 slurm/array.sh "$work/job.yaml")
unseen=$(batch --hold slurm/run.sh "$work/seen.yaml")
program=$(SKEL=$work/none batch slurm/run.sh "$work/job.yaml")
room=$(SKEL_OUT=/dev/full batch slurm/run.sh "$work/job.yaml" --index 0)
unset=$(env -u SKEL_OUT -u SCRATCH sbatch --parsable --output="$work/%j.out" slurm/run.sh "$work/job.yaml")
rm "$work/seen.yaml"
scontrol release "$unseen"
within 60 queue_empty
# JOB STATUS PATTERN
ended_with() {
    local pattern=$3
    [ "$(field_of "$1" ExitCode)" = "$2:0" ] || fail "job $1: $(scontrol show job "$1"; cat "$work/${1%_*}.out")"
    [ "$(field_of "$1" Restarts)" = 0 ] || fail "job $1 was requeued"
    grep -qE -- "$pattern" "$work/${1%_*}.out" || fail "job $1 says: $(cat "$work/${1%_*}.out")"
}
ended_with "${range}_6" 64 '--index 6: the job has 6 runs, numbered 0 to 5'
ended_with "$unseen" 74 'this node does not see .*seen.yaml: job file and run files must be'
ended_with "$program" 69 'there is no program .*none on this node'
ended_with "$room" 74 'cannot write /dev/full'
ended_with "$unset" 1 'set SCRATCH to a folder that all nodes see'
