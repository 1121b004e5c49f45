#!/bin/bash
# skel doctor: a sound machine passes, on any number of ranks, and each fault that can be provoked here is found
# and told with the right exit status. Nothing stays in the folder. No time is judged.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dir"
export XDG_CONFIG_HOME=$work # no site file
unset SKEL_SITE SKEL_DATA

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$work/log")

# examine ARGUMENTS...: the exit status in $result; a hanging check ends.
examine() {
    result=0
    timeout 120 "$@" </dev/null >"$work/log" 2>&1 || result=$?
    [ -z "$(ls -A "$work/dir")" ] || fail "left over in the folder: $(ls -A "$work/dir")"
}

# finds VERDICT CHECK TEXT
finds() {
    grep -qE -- "^$1 +$2 +.*$3" "$work/log" || fail "no $1 of $2 that says: $3"
}

doctor=("$SKEL" doctor "$work/dir")
for ranks in 1 2 3; do
    examine "$MPIEXEC" -n "$ranks" --oversubscribe "${doctor[@]}"
    grep -q '^failure' "$work/log" && fail "$ranks ranks: a failure"
    grep -qE '^warning +(ranks|oneDNN|limits|exact sums|locks|path lengths|writing)' "$work/log" && fail "$ranks ranks: a warning"
    [ "$result" = "$(grep -c '^warning' "$work/log" | sed 's/^[1-9].*/1/')" ] || fail "$ranks ranks: exit status $result"
    finds ok ranks "^$ranks rank|$ranks ranks? on 1 host .*started by mpirun"
    finds ok 'exact sums' "$((2 * ranks + 1)) microbatches"
    finds ok writing "$ranks ranks? wrote"
    finds ok locks 'keeps the others out'
    finds ok oneDNN 'no plain loops'
    grep -q '^19 checks: ' "$work/log" || fail "not all checks"
done
examine "${doctor[@]}"
finds '(ok|warning)' ranks 'started without a launcher'
finds skipped messages 'one rank alone'
examine "${doctor[@]}" --format json
/usr/bin/python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert len(lines) == 19 and all(set(line) == {"check", "verdict", "found", "advice"} for line in lines)
assert all(line["found"] for line in lines), lines
assert all(bool(line["advice"]) == (line["verdict"] in ("warning", "failure")) for line in lines)
' "$work/log" || fail "not JSON"

# Caps, limits, variables: warnings.
SKEL_MAX_ISA=baseline DNNL_MAX_CPU_ISA=SSE41 SLURM_NTASKS=4 examine "${doctor[@]}"
[ "$result" = 1 ] || fail "warnings: exit status $result"
if grep -q ' avx2 ' /proc/cpuinfo; then finds warning instructions 'SKEL_MAX_ISA'; fi
finds warning oneDNN 'DNNL_MAX_CPU_ISA=SSE41'
finds warning ranks 'allocation has 4 tasks'
examine bash -c 'ulimit -n 200; exec "$@"' limited "${doctor[@]}"
finds warning limits '200 open files'
[ "$result" = 1 ] || fail "a limit: exit status $result"

# A folder that is missing: skel run makes it, with those above it.
for folder in missing missing/ missing/b/c; do
    examine "$MPIEXEC" -n 2 --oversubscribe "$SKEL" doctor "$work/dir/$folder"
    grep -q '^failure' "$work/log" && fail "$folder: a failure"
    finds ok folder "$work/dir/$folder is not there, and skel run makes it; in $work/dir/? .*all ranks can write"
    finds ok writing '2 ranks wrote'
    finds ok locks 'keeps the others out'
done
(cd "$work/dir" && "$SKEL" doctor runs >"$work/log" || [ "$?" = 1 ]) || fail "a missing folder of this folder"
finds ok folder 'runs is not there, and skel run makes it; in [.] '

# Folders that cannot be used.
touch "$work/file"
ln -s "$work/nowhere" "$work/dangling"
for folder in "$work/dangling" "$work/file" "$work/file/below" /proc; do
    examine "$MPIEXEC" -n 2 --oversubscribe "$SKEL" doctor "$folder"
    [ "$result" = 74 ] || fail "$folder: exit status $result"
    finds failure folder "cannot write to $folder: "
    finds skipped locks 'the folder cannot be used'
done
# Small and read-only disks, where this user may mount them for itself alone.
if unshare -m mount -t tmpfs none "$work/dir" 2>/dev/null; then
    # OPTIONS PLACE
    on_disk() {
        # shellcheck disable=SC2016 # the inner shell expands them
        examine unshare -m sh -c 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"' disk "$1" "$2" \
            "$MPIEXEC" -n 2 --oversubscribe "${doctor[@]}"
    }
    on_disk size=2m "$work/dir"
    [ "$result" = 74 ] || fail "a small disk: exit status $result"
    finds warning folder '2.0 MiB free'
    finds failure writing 'No space left on device'
    finds ok 'full disk' 'is an error, and nothing is left'
    on_disk size=2m,ro "$work/dir"
    [ "$result" = 74 ] || fail "a read-only disk: exit status $result"
    finds failure folder 'Read-only file system'
    on_disk size=64m /dev/shm
    [ "$result" = 1 ] || fail "a small /dev/shm: exit status $result"
    finds warning /dev/shm '6[0-9].* MiB free'
fi

# A file system without locks, one that does not sync, one that does not rename.
if command -v strace >/dev/null; then
    # CALL ERROR
    inject() {
        examine strace -f -o "$work/trace" -e trace="$1" -e inject="$1:error=$2" "${doctor[@]}"
    }
    inject flock ENOLCK
    [ "$result" = 1 ] || fail "no locks: exit status $result"
    finds warning locks 'flock: No locks available'
    inject rename EPERM
    [ "$result" = 74 ] || fail "no rename: exit status $result"
    finds failure 'fsync, rename' 'rename: Operation not permitted'
fi

# Data that is damaged, a site file that is none.
mkdir -p "$work/data/fashion-mnist"
for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    head -c 1000 /dev/zero >"$work/data/fashion-mnist/$name-ubyte.gz"
done
echo 'partitoin: main' >"$work/site.yaml"
SKEL_DATA=$work/data SKEL_SITE=$work/site.yaml examine "${doctor[@]}"
[ "$result" = 74 ] || fail "damaged data: exit status $result"
finds failure 'data sets' 'fashion-mnist/'
finds failure 'site file' 'site.yaml:1:1: .*partition'
echo "scratch: $work/nowhere" >"$work/site.yaml"
SKEL_SITE=$work/site.yaml examine "${doctor[@]}"
finds warning 'site file' "scratch: $work/nowhere: No such file"

# Slurm: without PMIx, and one that does not answer.
mkdir "$work/bin"
cat >"$work/bin/sinfo" <<'SH'
#!/bin/sh
case ${0##*/}:$1 in
sinfo:*) echo "slurm 22.05.8" ;;
scontrol:ping) echo "Slurmctld(primary) at localhost is $(cat "${0%/*}/state")" ;;
scontrol:*) echo "JobRequeue              = 1" ;;
srun:*) echo "MPI plugin types are... none pmi2 $(cat "${0%/*}/types")" ;;
esac
SH
chmod +x "$work/bin/sinfo"
for name in scontrol srun; do cp "$work/bin/sinfo" "$work/bin/$name"; done
echo UP >"$work/bin/state"
echo pmix_v4 >"$work/bin/types"
PATH=$work/bin:$PATH examine "${doctor[@]}"
finds ok Slurm 'slurm 22.05.8, srun --mpi=pmix, outside of a job'
echo cray >"$work/bin/types"
PATH=$work/bin:$PATH examine "${doctor[@]}"
finds warning Slurm 'its srun has no PMIx.*launcher: mpirun'
echo DOWN >"$work/bin/state"
PATH=$work/bin:$PATH examine "${doctor[@]}"
finds warning Slurm 'does not answer'

# A rank that stands still: the others say at which check, and end.
# shellcheck disable=SC2016 # the rank's shell expands them
examine "$MPIEXEC" -n 2 --oversubscribe sh -c 'if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then kill -STOP $$ & fi
    exec "$@"' rank "${doctor[@]}" --patience 2
[ "$result" = 74 ] || fail "a rank that stands still: exit status $result"
grep -q 'the check ".*" has not ended within 2 s' "$work/log" || fail "a rank that stands still: no word of it"

for arguments in 'a b' '--format xml' '--patience 0'; do
    # shellcheck disable=SC2086 # words
    examine "$SKEL" doctor $arguments
    [ "$result" = 64 ] || fail "$arguments: exit status $result"
done
