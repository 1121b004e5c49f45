# shellcheck shell=bash
# Small jobs whose files are looked at by several scripts, and how commands are tried on them. Sourced
# behind verdict.sh, not run; the words of the latest command are in the files out and err.

# shellcheck disable=SC2034 # verdict.sh shows them
logs=(out err)

# Writes job.yaml: two methods at two sparsities with three seeds, on LeNet-5.
write_sweep_job() {
    cat >job.yaml <<'YAML'
name: tiny
data: {set: fashion-mnist, train-samples: 128, test-samples: 200}
model: {name: lenet-5, width: 2}
prune: {batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
sweep:
  seed: [0, 1, 2]
  prune.sparsity: [0.9, 0.99]
  prune.method: [random, snip]
YAML
}

# Writes job.yaml: one run of force, three iterations and two epochs, on LeNet-5.
write_force_job() {
    cat >job.yaml <<'YAML'
name: force
data: {set: fashion-mnist, train-samples: 64, test-samples: 64}
model: {name: lenet-5, width: 2}
prune: {method: force, sparsity: 0.9, iterations: 3, batch-size: 64}
train: {epochs: 2, batch-size: 64}
compute: {microbatch: 32}
YAML
}

# KEY=VALUE...: runs job.yaml into the folder runs.
run_job() {
    "${SKEL:?}" run job.yaml -q --out runs "$@" >out 2>err || fail "skel run job.yaml $*"
}

# KEY=VALUE...: the same on two ranks.
run_job_on_two() {
    "${MPIEXEC:?}" -n 2 --oversubscribe "${SKEL:?}" run job.yaml -q --out runs "$@" >out 2>err ||
        fail "skel run job.yaml $* on two ranks"
}

# STATUS TEXT WORDS...: runs skel, and compares its exit status and its words.
expect() {
    local status=$1 text=$2 result=0
    shift 2
    timeout 120 "$SKEL" "$@" >out 2>err </dev/null || result=$?
    [ "$result" = "$status" ] || complain "skel $*: exit status $result, expected $status"
    [ -z "$text" ] || grep -qF -- "$text" out err || complain "skel $*: no '$text'"
}
