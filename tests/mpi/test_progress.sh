#!/usr/bin/env bash
# On a terminal, also mpirun's, a live line shows each phase and never wraps; in a file there is none.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/job.yaml" <<'YAML'
name: live
data: {set: fashion-mnist, train-samples: 3000, test-samples: 6000}
model: {name: lenet-5}
prune: {method: force, sparsity: 0.9, iterations: 10, batches: 4, batch-size: 64}
train: {epochs: 1, batch-size: 64, learning-rate: 0.05}
compute: {microbatch: 32}
YAML

run=("$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml")
script -qec "stty cols 85; ${run[*]} --out $work/a" "$work/terminal" >/dev/null </dev/null
"${run[@]}" --out "$work/b" >"$work/file" 2>&1 </dev/null

tr '\r' '\n' <"$work/terminal" | sed 's/\x1b\[K//g' >"$work/lines"
for phase in prune train test; do
    if ! grep -qE "^force 90 %, seed 0: $phase \[=*>? *\] +[0-9]+ %  [0-9.]+ images/s  .* left" "$work/lines"; then
        echo "no live line of the phase $phase:"
        cat "$work/lines"
        exit 1
    fi
done
if grep -E '^force 90 %' "$work/lines" | awk 'length > 84 { print; wide = 1 } END { exit !wide }'; then
    echo "wider than the terminal"
    exit 1
fi
if grep -q $'[\r\033]' "$work/file"; then
    echo "terminal control in a file"
    exit 1
fi

# In a file each message has its time. A line of a sweep names the run, and says when all will be done.
# The second sweep goes on until its line is there. Training and testing take turns, and a line shows the one that is on.
"${run[@]}" --out "$work/c" 'sweep={train.epochs: [1], seed: [0, 1]}' data.train-samples=600 \
    >"$work/sweep" 2>&1 </dev/null
stamp='^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
pattern="$stamp \\[2/2\\] force 90 %, seed [01], train.epochs=1: kept "
if ! grep -qE "$pattern" "$work/sweep"; then
    echo "no line like $pattern"
    cat "$work/sweep"
    exit 1
fi
pattern="$stamp force 90 %, seed [01], train.epochs=5000: (train|test): +[0-9]+ %  [0-9.]+ images/s  .* left  0/2 done, all in .* \\([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}\\)"
"${run[@]}" --out "$work/d" 'sweep={train.epochs: [5000], seed: [0, 1]}' data.train-samples=600 \
    >"$work/long" 2>&1 </dev/null &
long=$!
for ((i = 0; i < 600; i++)); do
    ! grep -qE "$pattern" "$work/long" || break
    sleep 0.2
done
kill -USR1 "$long"
wait "$long" || true
if ! grep -qE "$pattern" "$work/long"; then
    echo "no line like $pattern"
    cat "$work/long"
    exit 1
fi
if grep -v 'lenet-5\|^model\|^over the seeds\|^files' "$work/sweep" | grep -vE "$stamp"; then
    echo "a message without its time"
    exit 1
fi
