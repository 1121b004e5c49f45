#!/usr/bin/env bash
# A sample of the campaign of faults, chosen by the commit: another one for each.
set -uo pipefail
if ! unshare -m true 2>/dev/null || ! strace -o /dev/null true 2>/dev/null; then
    echo "skipped: this user may not mount disks, or not trace"
    exit 77
fi
seed=${SKEL_SAMPLE:-$(git -C "$SOURCE" rev-parse HEAD 2>/dev/null || date +%F)}
echo "the sample $seed"
exec /usr/bin/python3 "$SOURCE/tests/faults/campaign.py" --sample "$seed"
