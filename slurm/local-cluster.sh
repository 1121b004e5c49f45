#!/bin/bash
# A whole Slurm on this machine: munged, slurmctld and two slurmd (nodes n1 and n2) on the loopback. The
# tests of label slurm run on it, and whoever changes the scripts of this folder can try them on it.
#
#   slurm/local-cluster.sh start [DIR] [KEY=VALUE ...]
#   slurm/local-cluster.sh status DIR
#   slurm/local-cluster.sh stop DIR
#
# start  writes all files into DIR (made if it is missing; a new folder of /tmp without DIR), starts the
#        daemons, waits until both nodes are idle, and prints one line:  export SLURM_CONF=DIR/slurm.conf
#        KEY=VALUE replaces a line of slurm.conf, KEY= removes it, as in  RequeueExit=
#          eval "$(slurm/local-cluster.sh start)"; sinfo; sbatch ...
# status says which daemons run, and shows nodes and jobs; fails if one daemon does not run.
# stop   cancels the jobs and ends the daemons that start recorded, also after a start that failed. The
#        files stay.
#
# Each node has 4 CPUs (SKEL_CLUSTER_CPUS). Partitions: main; scavenge, whose jobs main preempts after 3
# seconds of grace. Exit code 75 requeues. Several clusters can run at once, each in its folder. Needs
# Debian's packages slurm-wlm and munge; works as root and as a user, without systemd.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
daemons='slurmd-n1 slurmd-n2 slurmctld munged' # in the order in which they are ended

fail() {
    local status=$1
    shift
    echo "slurm/local-cluster.sh: $*" >&2
    exit "$status"
}

# Where a daemon writes its pid.
pid_file() {
    echo "$dir/run/$1.pid"
}

# Prints the pid of a daemon, if the process is still that program of this cluster.
running_pid() {
    local pid program=${1%-n?} words

    pid=$(cat "$(pid_file "$1")" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    words=$({ tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null) || return 1
    [[ $words == *"$program"* && $words == *"$dir/"* ]] || return 1
    echo "$pid"
}

# Whether the condition holds within so many tenths of a second.
wait_for() {
    local tenths=$1
    shift
    while ! "$@"; do
        [ "$tenths" -gt 0 ] || return 1
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

# Whether somebody listens on one of the ports base, base+1, base+2.
ports_taken() {
    local wanted

    wanted=$(printf '%04X|%04X|%04X' "$1" $(($1 + 1)) $(($1 + 2)))
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '{ print $2 }' | grep -qE ":($wanted)\$"
}

# Another cluster may start at the same moment, so that the first port to be tried depends on the process.
free_ports() {
    local i base

    for ((i = 0; i < 500; i++)); do
        base=$((16817 + 4 * (($$ + i) % 500)))
        if ! ports_taken "$base"; then
            echo "$base"
            return
        fi
    done
    fail 69 "no free ports from 16817 to 18817"
}

write_conf() {
    local base=$1 user key line
    shift
    user=$(id -un)
    cat >"$dir/slurm.conf" <<END
ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$base
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/mungesock/munge.socket
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
TmpFS=$dir/t/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$dir/log/jobcomp.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,sched_min_interval=0,bf_continue
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
RequeueExit=75
KillWait=5
MinJobAge=600
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
END
    for line in "$@"; do
        key=${line%%=*}
        sed -i "/^$key=/d" "$dir/slurm.conf"
        [ -z "${line#*=}" ] || echo "$line" >>"$dir/slurm.conf"
    done
    cat >>"$dir/slurm.conf" <<END
NodeName=n[1-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((base + 1))-$((base + 2))] CPUs=$cpus RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP PriorityTier=10 DefMemPerCPU=100
PartitionName=scavenge Nodes=n[1-2] MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=3 DefMemPerCPU=100
END
}

make_folders() {
    mkdir -p "$dir"/{munge,mungesock,state,log,run} "$dir"/{spool,t}/n{1,2}
    chmod 700 "$dir/munge"
    chmod 755 "$dir/mungesock"
    if [ ! -s "$dir/munge/munge.key" ]; then
        (umask 077 && dd if=/dev/urandom of="$dir/munge/munge.key" bs=1 count=128 2>/dev/null)
        chmod 400 "$dir/munge/munge.key"
    fi
}

start_daemons() {
    munged --key-file="$dir/munge/munge.key" --socket="$dir/mungesock/munge.socket" \
        --pid-file="$(pid_file munged)" --log-file="$dir/log/munged.log" \
        --seed-file="$dir/munge/munged.seed" --num-threads=2 &&
        slurmctld -f "$SLURM_CONF" -c &&
        slurmd -N n1 -f "$SLURM_CONF" &&
        slurmd -N n2 -f "$SLURM_CONF"
}

nodes_idle() {
    [ "$(sinfo -h -N -p main -o %t 2>/dev/null | sort | uniq -c | awk '{ print $1 $2 }')" = 2idle ]
}

# The processes of jobs that outlive slurmd: those that start steps, and their programs, which know both
# the cluster's configuration and their node.
step_pids() {
    local file folder

    for file in $(grep -lzxF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ 2>/dev/null || true); do
        folder=${file%/environ}
        if [ "$(cat "$folder/comm" 2>/dev/null)" = slurmstepd ] ||
            { grep -qzx 'SLURMD_NODENAME=n[12]' "$file" &&
                grep -qzx 'SLURM_CLUSTER_NAME=local' "$file"; } 2>/dev/null; then
            echo "${folder#/proc/}"
        fi
    done
}

no_steps() {
    [ -z "$(step_pids)" ]
}

ended() {
    ! running_pid "$1" >/dev/null
}

# Ends one daemon, by force if it does not end within 10 seconds.
end_daemon() {
    local pid

    if pid=$(running_pid "$1"); then
        kill "$pid" 2>/dev/null || true
        if ! wait_for 100 ended "$1" && pid=$(running_pid "$1"); then
            kill -9 "$pid" 2>/dev/null || true
            wait_for 50 ended "$1" || true
        fi
    fi
    rm -f "$(pid_file "$1")"
}

# Ends what is left of jobs.
end_steps() {
    local pid

    for pid in $(step_pids); do
        kill -9 "$pid" 2>/dev/null || true
    done
}

cluster_runs() {
    local name

    for name in $daemons; do
        running_pid "$name" >/dev/null || return 1
    done
}

cluster_stop() {
    local name jobs

    # A job ends by itself where all daemons run.
    if cluster_runs; then
        jobs=$(timeout 10 squeue -h -o %A 2>/dev/null || true)
        # shellcheck disable=SC2086  # numbers are words
        [ -z "$jobs" ] || timeout 10 scancel $jobs 2>/dev/null || true
        wait_for 60 no_steps || true
    fi
    end_steps
    for name in $daemons; do
        end_daemon "$name"
    done
}

cluster_start() {
    local attempt output

    for program in munged slurmctld slurmd sinfo; do
        command -v "$program" >/dev/null ||
            fail 69 "there is no program $program; on Debian, install slurm-wlm and munge"
    done
    if running_pid slurmctld >/dev/null; then
        fail 64 "$dir has a cluster that runs; stop it first"
    fi
    # A socket's path has room for 107 characters.
    [ "${#dir}" -le 80 ] || fail 64 "$dir: the folder's name is longer than 80 characters"
    [[ $dir =~ ^[A-Za-z0-9/._+-]+$ ]] || fail 64 "$dir: Slurm's files need a folder without spaces and commas"
    make_folders
    for attempt in 1 2 3; do
        write_conf "$(free_ports)" "$@"
        if output=$(start_daemons 2>&1 </dev/null 9>&-) && wait_for 300 nodes_idle; then
            echo "export SLURM_CONF=$SLURM_CONF"
            return
        fi
        cluster_stop
        # Only a port that another cluster has taken since is worth another attempt.
        if [ "$attempt" = 3 ] || ! grep -q 'Address already in use' "$dir"/log/slurm*.log; then
            break
        fi
    done
    echo "$output" >&2
    tail -n 5 "$dir"/log/*.log >&2 || true
    fail 70 "the cluster did not start; its last messages are above, all of them in $dir/log"
}

cluster_status() {
    local name pid status=0

    for name in $daemons; do
        if pid=$(running_pid "$name"); then
            echo "$name: runs, pid $pid"
        else
            echo "$name: does not run"
            status=1
        fi
    done
    if [ "$status" = 0 ]; then
        sinfo
        squeue
    fi
    return "$status"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
start | stop | status) ;;
-h | --help)
    sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
    exit 0
    ;;
*) fail 64 "start, stop or status? found \"$command\"; see slurm/local-cluster.sh --help" ;;
esac

dir=
if [ $# -gt 0 ] && [[ $1 != *=* ]]; then
    dir=$1
    shift
elif [ "$command" = start ]; then
    dir=$(mktemp -d "${TMPDIR:-/tmp}/slurm-XXXXXX")
    chmod 755 "$dir" # munged's socket must be open to all
else
    fail 64 "$command needs the cluster's folder"
fi
if [ "$command" = start ]; then
    mkdir -p "$dir"
fi
[ -d "$dir" ] || fail 64 "$dir: no such folder"
dir=$(cd "$dir" && pwd -P)
cpus=${SKEL_CLUSTER_CPUS:-4}
export SLURM_CONF=$dir/slurm.conf
"cluster_$command" "$@"
