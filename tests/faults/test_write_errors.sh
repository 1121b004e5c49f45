#!/usr/bin/env bash
# One system call on the file fails, on the root or on another rank: all ranks end at once with
# exit status 74 and the reason, the older file stays as it was, and a repetition gives the same bytes.
set -u

if ! strace -e inject=none true 2>/dev/null && ! strace -o /dev/null true 2>/dev/null; then
    echo "skipped: there is no strace, or it may not trace here"
    exit 77
fi
folder=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$folder"' EXIT
# shellcheck source=tests/support/sample.sh
. "$SOURCE/tests/support/sample.sh"
program=$BUILD/tests/faults_write_file
file=$folder/out/a.h5
failed=0

complain() {
    echo "FAILED: $*"
    sed 's/^/  | /' "$folder/log"
    failed=1
}

# write RANKS [GUILTY CALLS INJECTION]: its exit status is in $result
write() {
    local ranks=$1 i words=()
    for ((i = 0; i < ranks; i++)); do
        [ $i = 0 ] || words+=(:)
        words+=(-n 1)
        if [ $# -gt 1 ] && [ "$i" = "$2" ]; then
            words+=(strace -f -qq --seccomp-bpf -o "$folder/trace" -e "trace=$3" -e "inject=$3:$4"
                    -P "$file.part" -P "$file" -P "$folder/out" -P "$folder/out/")
        fi
        words+=("$program" "$file" 2)
    done
    timeout 30 "$MPIEXEC" --oversubscribe "${words[@]}" >"$folder/log" 2>&1 </dev/null
    result=$?
}

# The bytes do not depend on the number of ranks.
for ranks in 1 2 3; do
    write $ranks
    [ "$result" = 0 ] || complain "$ranks ranks: exit status $result"
    [ $ranks -gt 1 ] || cp "$file" "$folder/whole.h5"
    cmp "$file" "$folder/whole.h5" || complain "$ranks ranks: other bytes"
done

# suffer RANKS GUILTY CALLS ERROR WHEN TEXT. Of a sample, every second.
suffer() {
    local what="rank $2 of $1, $3, $4 at call $5"
    sample_takes 2 || return 0
    write "$1" "$2" "$3" "error=$4:when=$5"
    grep -q INJECTED "$folder/trace" || complain "$what: the call was not made"
    [ "$result" = 74 ] || complain "$what: exit status $result, not 74"
    [ "$(grep -c "skel: error" "$folder/log")" = 1 ] || complain "$what: not one message"
    grep -q "skel: error.*$6" "$folder/log" || complain "$what: not the reason"
    [ "$(ls "$folder/out")" = a.h5 ] || complain "$what: left over: $(ls "$folder/out")"
    cmp "$file" "$folder/whole.h5" || complain "$what: the older file changed"
}

full="No space left on device"
broken="Input/output error"
for guilty in 0 1; do
    suffer 2 $guilty pwrite64 ENOSPC 1 "$full"
    suffer 2 $guilty pwrite64 EIO 4 "$broken"
    suffer 2 $guilty openat EMFILE 1 "Too many open files"
    suffer 2 $guilty fsync EIO 1 "$broken"
    suffer 2 $guilty read,pread64 EIO 3 "$broken"
done
suffer 2 0 pwrite64 ENOSPC 12 "$full" # of the part that HDF5 has made
suffer 2 0 fallocate EDQUOT 2+ "Disk quota exceeded"
suffer 2 0 ftruncate EIO 1 "$broken"
suffer 2 0 rename EACCES 1 "Permission denied"
suffer 1 0 pwrite64 ENOSPC 2 "$full"
suffer 1 0 read,pread64 EIO 2 "$broken"

# Calls that a signal interrupts are made again; a file system without reservations is no error.
write 2 1 pwrite64 error=EINTR:when=1..2
[ "$result" = 0 ] || complain "interrupted writes: exit status $result"
write 2 0 fsync error=EINTR:when=1..2
[ "$result" = 0 ] || complain "interrupted fsync: exit status $result"
write 2 0 fallocate error=EOPNOTSUPP:when=1+
[ "$result" = 0 ] || complain "no reservations: exit status $result"
write 2 0 fallocate error=ENOSPC:when=2
[ "$result" = 0 ] || complain "room for what is needed, and no more: exit status $result"
cmp "$file" "$folder/whole.h5" || complain "a repetition has other bytes"

# A disk that claims to have written and did not is found by reading back: damage, not a failure.
write 2 1 pwrite64 retval=8192:when=1
[ "$result" = 65 ] || complain "lost write: exit status $result, not 65"
cmp "$file" "$folder/whole.h5" || complain "lost write: the older file changed"
exit $failed
