#!/usr/bin/env bash
# Writing fails inside HDF5, on one rank alone and at different places of the file: no rank waits
# for it, the exit status is 74, the reason is told once, nothing is left over.
set -u

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=("$folder/log")

for ranks in 1 4; do
    for guilty in 0 3; do
        [ "$guilty" -lt "$ranks" ] || continue
        for limit in 3000 4200000; do
            timeout 60 "$MPIEXEC" -n "$ranks" --oversubscribe "$BUILD/tests/faults_write_file" \
                "$folder/a.h5" 16 "$guilty" "$limit" >"$folder/log" 2>&1
            result=$?
            what="rank $guilty of $ranks, $limit bytes"
            [ "$result" = 74 ] || complain "$what: exit status $result, not 74"
            [ "$(grep -c "skel: error" "$folder/log")" = 1 ] || complain "$what: not one message"
            grep -q "skel: error.*File too large" "$folder/log" || complain "$what: no reason"
            [ "$(ls "$folder")" = log ] || complain "$what: left over: $(ls "$folder")"
            rm -f "$folder"/a.h5*
        done
    done
done

# A rank that does not see the folder, as when it is on one node's own disk.
mkdir "$folder/own"
if unshare -m mount -t tmpfs none "$folder/own" 2>/dev/null; then
    # shellcheck disable=SC2016 # the inner shell expands them
    timeout 60 "$MPIEXEC" --oversubscribe -n 1 "$BUILD/tests/faults_write_file" "$folder/own/a.h5" 1 : \
        -n 1 unshare -m sh -c 'mount -t tmpfs none "$1" && exec "$2" "$1/a.h5" 1' sh \
        "$folder/own" "$BUILD/tests/faults_write_file" >"$folder/log" 2>&1
    result=$?
    [ "$result" = 74 ] || complain "a folder of one node: exit status $result, not 74"
    grep -q "a file system that all nodes share" "$folder/log" || complain "no hint"
    [ -z "$(ls "$folder/own")" ] || complain "left over: $(ls "$folder/own")"
fi

# Killed in the middle: the temporary file at most, never the name itself.
for delay in 0.3 0.5 0.7; do
    "$MPIEXEC" -n 2 --oversubscribe "$BUILD/tests/faults_write_file" "$folder/b.h5" 128 \
        >"$folder/log" 2>&1 &
    sleep $delay
    kill -KILL $! 2>/dev/null
    wait $! 2>/dev/null
    sleep 0.3
    if [ -e "$folder/b.h5" ] && ! "$SKEL" verify "$folder/b.h5" >>"$folder/log" 2>&1; then
        complain "killed after $delay s: the file has its name and is damaged"
    fi
    rm -f "$folder"/b.h5*
done
verdict
