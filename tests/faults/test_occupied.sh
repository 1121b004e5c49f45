#!/usr/bin/env bash
# What is in the place where a run, its checkpoint or its output shall go: nothing that is there is
# lost or taken for something else, and no two processes do the same run at a time.
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/out/occupied
mkdir -p "$folder"

cat >"$work/job.yaml" <<'YAML'
name: occupied
data: {set: fashion-mnist, train-samples: 64, test-samples: 10}
model: {name: lenet-300-100}
prune: {method: none, batch-size: 32}
YAML

# the name of the run's file
file=$("$SKEL" run "$work/job.yaml" --out "$work/out" --dry-run | awk '{ print $2 }')

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# expect STATUS TEXT [ARGUMENTS...]: the run ends with this status and says TEXT just once
expect() {
    local status=$1 text=$2
    shift 2
    timeout 20 "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run "$work/job.yaml" "$@" \
        --out "$work/out" >"$work/log" 2>&1 </dev/null
    local got=$? said
    said=$(grep -cF -- "$text" "$work/log")
    [ "$got" -eq "$status" ] || complain "$text: exit status $got, expected $status"
    [ "$said" -eq 1 ] || complain "'$text' said $said times"
}

# left NAMES...: this is all that the job's folder holds beside journals
left() {
    local names
    names=$(ls --ignore='*.log.jsonl' "$folder")
    [ "$names" = "$*" ] || complain "in the folder: $names; expected: $*"
}

# another process does the run
exec 9>"$file.lock"
flock -n 9
expect 74 "another process is making $file" 9>&-
exec 9>&-

# what a killed process has left is taken over; without pruning nothing is said to be removed
touch "$file.checkpoint.part"
expect 0 "none 0 %, seed 0: kept 266200 of 266200"
left "$(basename "$file")"

# what a process has left that was killed between publishing and removal goes away
for ending in .checkpoint .checkpoint.old .checkpoint.new .checkpoint.part .part .lock; do
    touch "$file$ending"
done
exec 9>"$file.lock"
flock -n 9
expect 0 "(done before)" 9>&-
[ -e "$file.checkpoint.old" ] || complain "files of another process that goes on were removed"
exec 9>&-
expect 0 "(done before)"
left "$(basename "$file")"

# a run file where a checkpoint would be is no checkpoint; --restart begins anew
mv "$file" "$file.checkpoint"
expect 65 'is no checkpoint (schema_name "skel-run"); the run has no checkpoint that can be used'
left "$(basename "$file").checkpoint"
expect 0 'is no checkpoint (schema_name "skel-run"); the run starts from the beginning' --restart
left "$(basename "$file")"

# a weight file, a damaged one and a folder in the place of the run's file
/usr/bin/python3 -c 'import h5py, sys; h5py.File(sys.argv[1], "w")["weights/x"] = 1.0' "$work/foreign"
head -c 1000 "$file" >"$work/damaged"
for there in foreign damaged; do
    cp "$work/$there" "$file"
    expect 65 "is kept; move it away to do the run again: $file"
    cmp -s "$work/$there" "$file" || complain "$there: the file has changed"
    left "$(basename "$file")"
done
rm "$file"
mkdir "$file"
expect 74 "$file is a folder, not a file"
rmdir "$file"

# a file in the place of the folder with the data
expect 74 "$work/job.yaml: not a folder" "data.dir=$work/job.yaml"
left ""

# a data set of the last run that is missing is found before the first run
expect 74 'run 1: ' data.unverified=true 'sweep={data.dir: [~, "'"$work"'/nowhere"]}'
left ""

# no file, no word about files
expect 70 'not finite' train.epochs=1 train.batch-size=16 train.learning-rate=1000
grep -q '^files:' "$work/log" && complain "a run that failed names files"

# a training whose only step overflows the weights diverges in the test
expect 70 'test after epoch 1 of 1: the loss is not finite' model.name=vgg19 model.width=4 \
    data.pad-to=32 train.epochs=1 train.batch-size=64 train.learning-rate=1000 \
    train.weight-decay=1 compute.microbatch=64
grep -q 'scalar' "$work/log" && complain "a diverged test names a scalar"

# ranks that cannot have work are not told of a remedy that is none
expect 0 '1 of 2 ranks have nothing to do' compute.microbatch=1 prune.batch-size=1
grep -q 'would spread' "$work/log" && complain "one image cannot be spread"
rm -f "$folder"/*

# every run of a sweep with idle ranks says so, and the plan
expect 0 '[2/2]' compute.microbatch=64 prune.method=snip prune.batch-size=64 'sweep={seed: [0, 1]}'
[ "$(grep -c '1 of 2 ranks have nothing to do; compute.microbatch=32' "$work/log")" -eq 2 ] ||
    complain "each run warns of idle ranks"
rm -f "$folder"/*
"$SKEL" plan "$work/job.yaml" --ranks 3 compute.microbatch=64 prune.batch-size=64 >"$work/log"
grep -q 'run 0: the 64 images of a pruning iteration are 1 microbatch: 2 of 3 ranks have nothing to do' "$work/log" ||
    complain "the plan tells of idle ranks"

# a path that has room for the run's file and none for its checkpoint's is refused before the work
deep=$work/out/$(printf '%0200d' 0)
while [ ${#deep} -lt 3800 ]; do
    deep=$deep/$(printf '%0200d' 0)
done
room=$((4095 - 12 - ${#deep} - 2 - ${#file} + ${#folder} - 8)) # of a folder's name
deep=$deep/$(head -c "$room" /dev/zero | tr '\0' d)
timeout 60 "$SKEL" run "$work/job.yaml" --out "$deep" >"$work/log" 2>&1 </dev/null
[ $? -eq 74 ] || complain "a long path: not exit status 74"
grep -q "path of its checkpoint of 4[0-9]* bytes is too long" "$work/log" || complain "a long path: no reason"

# the user's limit of a file's size ends the run with words
(
    ulimit -f 16000 # kB: Open MPI needs some for itself
    timeout 60 "$SKEL" run "$work/job.yaml" model.name=vgg11 data.pad-to=32 --out "$work/out" >"$work/log" 2>&1 </dev/null
)
[ $? -eq 74 ] || complain "a limit of a file's size: not exit status 74"
grep -q 'File too large' "$work/log" || complain "a limit of a file's size: no reason"

# standard output that is full or closed: what was printed is lost, and no file takes its number
"$SKEL" run "$work/job.yaml" --out "$work/out" -q >/dev/full 2>"$work/log"
[ $? -eq 74 ] || complain "a full standard output"
rm -f "$file"
"$SKEL" run "$work/job.yaml" --out "$work/out" -q <&- >&- 2>&-
[ $? -eq 74 ] || complain "closed streams"
"$SKEL" verify "$file" >"$work/log" || complain "closed streams: the run file"
for command in "verify $file" "inspect $file" "status $work/out" "report $work/out --format md --out $work/report" \
    "plan $work/job.yaml" "data" "help" "--version"; do
    for output in full closed; do
        rm -rf "$work/report"
        # shellcheck disable=SC2086
        if [ $output = full ]; then
            "$SKEL" $command >/dev/full 2>"$work/log"
        else
            "$SKEL" $command >&- 2>"$work/log"
        fi
        [ $? -eq 74 ] || complain "skel $command: a $output standard output: not exit status 74"
        grep -q 'error: cannot write to standard output' "$work/log" || complain "skel $command: a $output standard output: no reason"
        [ "${command%% *}" != report ] || [ -s "$work/report/tables.md" ] || complain "no report: standard output is $output"
    done
done

verdict
