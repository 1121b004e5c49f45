#!/usr/bin/env bash
# The local cluster runs jobs on two nodes, beside another cluster, and leaves no process when it stops:
# neither after a daemon was killed while a job ran, nor if a recorded pid is another process's by now.
set -euo pipefail
# shellcheck source=tests/support/cluster.sh
. "$SOURCE/tests/support/cluster.sh"
script=$SOURCE/slurm/local-cluster.sh

# FOLDER: whether no process names the cluster's files.
no_processes() {
    ! grep -qzF "$1/" /proc/[0-9]*/cmdline 2>/dev/null
}

# PID: whether the process has ended; one that nobody has waited for has no command line.
no_sleeper() {
    ! grep -qzx sleep "/proc/$1/cmdline" 2>/dev/null
}

cluster_options=(KillWait=1)
cluster_start
[ "$(srun -N2 -n2 printenv SLURMD_NODENAME | sort | paste -sd' ')" = "n1 n2" ] || fail "srun on two nodes"
"$script" status "$work/cluster" >"$work/status" || fail "status of a cluster that runs"
[ "$(grep -c ': runs, pid' "$work/status")" = 4 ] || fail "$(cat "$work/status")"
if "$script" start "$work/cluster" 2>"$work/error"; then
    fail "a second start in the same folder"
fi
grep -q 'has a cluster that runs' "$work/error" || fail "$(cat "$work/error")"

clusters+=("$work/second")
second=$("$script" start "$work/second" RequeueExit=) || fail "a second cluster"
(
    eval "$second"
    srun -n1 true
    scontrol show config | grep -q '^RequeueExit *= (null)$'
) || fail "the second cluster"

# A daemon is killed; a program of its job goes on by itself.
sbatch --quiet -n1 -w n1 -o "$work/job" --wrap "sh -c 'echo \$\$; exec sleep 1000' & sleep 1000"
within 20 test -s "$work/job"
! no_sleeper "$(cat "$work/job")" || fail "the job's program is not found"
kill -9 "$(cat "$work/cluster/run/slurmd-n1.pid")"
if "$script" status "$work/cluster" >"$work/status"; then
    fail "status of a cluster without a daemon"
fi
grep -qx 'slurmd-n1: does not run' "$work/status" || fail "$(cat "$work/status")"

# The pid that was recorded for munged belongs to another process now.
munged=$(cat "$work/cluster/run/munged.pid")
sleep 1000 &
echo $! >"$work/cluster/run/munged.pid"
"$script" stop "$work/cluster"
kill -0 $! || fail "ended a process that is no munged"
kill $! "$munged"
within 20 no_processes "$work/cluster"
within 20 no_sleeper "$(cat "$work/job")"
! no_processes "$work/second" || fail "the look for processes finds none"
"$script" status "$work/second" >/dev/null || fail "the second cluster has ended with the first"
