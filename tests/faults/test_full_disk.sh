#!/usr/bin/env bash
# A disk that is full, on every rank count: exit status 74 and the reason at once, nothing left over.
set -u

folder=$(mktemp -d)
trap 'umount "$folder/disk" 2>/dev/null; rm -rf "$folder"' EXIT
mkdir "$folder/disk"
if ! mount -t tmpfs -o size=64k none "$folder/disk" 2>/dev/null; then
    echo "skipped: this user may not mount a small disk"
    exit 77
fi
umount "$folder/disk"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$folder/log")

# write RANKS PATH MEGABYTES [GUILTY LIMIT]: the exit status in $result
write() {
    local ranks=$1
    shift
    timeout 60 "$MPIEXEC" -n "$ranks" --oversubscribe "$BUILD/tests/faults_write_file" "$@" \
        >"$folder/log" 2>&1
    result=$?
}

for ranks in 1 2 4; do
    for size in 64k 9m; do
        mount -t tmpfs -o size=$size none "$folder/disk"
        write "$ranks" "$folder/disk/new/a.h5" 16
        [ "$result" = 74 ] || complain "$ranks ranks, $size: exit status $result, not 74"
        grep -q "No space left on device" "$folder/log" || complain "$ranks ranks, $size: no reason"
        [ "$(grep -c "skel: error" "$folder/log")" = 1 ] || complain "not one message"
        [ -z "$(ls "$folder/disk/new")" ] || complain "left over: $(ls "$folder/disk/new")"
        umount "$folder/disk"
    done

    # A disk that has room for the file and not a page more is not full.
    mount -t tmpfs -o size=24m none "$folder/disk"
    write "$ranks" "$folder/disk/a.h5" 16
    [ "$result" = 0 ] || complain "$ranks ranks, enough room: exit status $result"

    # The old file is still there, whole, when its successor does not fit.
    cp "$folder/disk/a.h5" "$folder/before.h5"
    write "$ranks" "$folder/disk/a.h5" 16
    [ "$result" = 74 ] || complain "$ranks ranks, no room for a second: exit status $result"
    cmp -s "$folder/before.h5" "$folder/disk/a.h5" || complain "$ranks ranks: the old file changed"
    umount "$folder/disk"

    mount -t tmpfs -o size=24m,ro none "$folder/disk"
    write "$ranks" "$folder/disk/a.h5" 1
    [ "$result" = 74 ] || complain "$ranks ranks, read-only: exit status $result, not 74"
    grep -q "Read-only file system" "$folder/log" || complain "$ranks ranks, read-only: no reason"
    umount "$folder/disk"
done
verdict
