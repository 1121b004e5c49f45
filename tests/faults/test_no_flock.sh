#!/usr/bin/env bash
# A file system without flock: still no two processes do the same run, and the lock of a process that
# has died is taken over, on its own machine at once, from another one after minutes without a sign of life.
set -uo pipefail
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

if ! strace -o "$work/trace" true 2>/dev/null; then
    echo "skipped: there is no strace, or it may not trace here"
    exit 77
fi
cat >"$work/job.yaml" <<'YAML'
name: claimed
data: {set: fashion-mnist, train-samples: 64, test-samples: 10}
model: {name: lenet-300-100}
prune: {method: none, batch-size: 32}
YAML
file=$("$SKEL" run "$work/job.yaml" --out "$work/out" --dry-run | awk '{ print $2 }')
folder=$(dirname "$file")
claim=$file.lock.owner
without=(strace -f -qq --seccomp-bpf -o "$work/trace" -e trace=flock -e inject=flock:error=ENOLCK)

# expect STATUS TEXT [KEYS...]
expect() {
    local status=$1 text=$2 got
    shift 2
    timeout 60 "${without[@]}" "$SKEL" run "$work/job.yaml" "$@" --out "$work/out" \
        >"$work/log" 2>&1 </dev/null
    got=$?
    [ "$got" = "$status" ] || complain "$text: exit status $got, expected $status"
    grep -qF -- "$text" "$work/log" || complain "'$text' not said"
}

# left NAMES...: this is all that the folder holds beside journals
left() {
    local names
    names=$(ls --ignore='*.log.jsonl' "$folder")
    [ "$names" = "$*" ] || complain "in the folder: $names; expected: $*"
}

# A run holds the claim: the second one is refused.
long=(train.epochs=400 data.train-samples=6400)
other=$("$SKEL" run "$work/job.yaml" "${long[@]}" --out "$work/out" --dry-run | awk '{ print $2 }')
"${without[@]}" "$SKEL" run "$work/job.yaml" "${long[@]}" --out "$work/out" >"$work/first" 2>&1 </dev/null &
first=$!
for ((i = 0; i < 300; i++)); do
    [ ! -e "$other.lock.owner" ] || break
    sleep 0.1
done
expect 74 "another process is making $other: process " "${long[@]}"
grep -q "on $(hostname), last sign of life [0-9]* s ago" "$work/log" || complain "not the owner"
kill -KILL "$(sed -n 's/^pid //p' "$other.lock.owner")"
wait "$first"
[ -e "$other.lock.owner" ] || complain "the killed process has removed its claim"

# The killed process's claim is taken over.
cp "$other.lock.owner" "$claim"
rm -f "$other"*
expect 0 "kept 266200 of 266200"
left "$(basename "$file")"

# A process on another machine: it holds the claim while it gives signs of life.
rm -f "$file"
printf 'host far\npid 1\nmark 00000000-0000-0000-0000-000000000000 1 1\njob 77_3\n' >"$claim"
expect 74 "process 1 on far, job 77_3, last sign of life"
left "$(basename "$claim")"
touch -d "10 minutes ago" "$claim"
expect 0 "kept 266200 of 266200"
left "$(basename "$file")"

# A data set's folder: a process on another machine fetches into it, and then gives no more signs of life.
fetch() { # STATUS TEXT
    local got
    timeout 60 "${without[@]}" "$SKEL" data fashion-mnist --dir "$work/data" >"$work/log" 2>&1 </dev/null
    got=$?
    [ "$got" = "$1" ] || complain "fetching: exit status $got, expected $1"
    grep -qF -- "$2" "$work/log" || complain "fetching: '$2' not said"
}
mkdir "$work/data"
printf 'host far\npid 1\nmark 00000000-0000-0000-0000-000000000000 1 1\njob 77_3\n' >"$work/data/.fetch.lock.owner"
fetch 74 "another process is fetching into $work/data/.fetch: process 1 on far, job 77_3"
touch -d "10 minutes ago" "$work/data/.fetch.lock.owner"
fetch 0 "fashion-mnist"
[ "$(find "$work/data" -name '*.owner*' -o -name .fetch)" = "" ] || complain "left over: $(ls -A "$work/data")"
verdict
