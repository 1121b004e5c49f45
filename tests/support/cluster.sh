# shellcheck shell=bash
# What the tests of label slurm share: a Slurm of their own, which ends with the test. Sourced, not run.
# SKEL and SOURCE are the program and the source folder that ctest names.

: "${SOURCE:?the source folder}"
for program in munged slurmctld slurmd; do
    if ! PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null; then
        echo "there is no program $program: install slurm-wlm and munge"
        exit 77
    fi
done
work=$(mktemp -d)
chmod 755 "$work" # munged wants a socket that is open to all
clusters=("$work/cluster")
cluster_options=() # KEY=VALUE, of slurm.conf
trap cluster_leave EXIT
trap 'exit 1' TERM INT HUP

# Ends the clusters, whatever the test ended with.
cluster_leave() {
    local status=$? folder

    trap - EXIT
    for folder in "${clusters[@]}"; do
        [ ! -d "$folder" ] || "$SOURCE/slurm/local-cluster.sh" stop "$folder" || status=1
    done
    rm -rf "$work"
    exit "$status"
}

# A test that is killed, as ctest does after its time limit, cannot end its clusters: a process that is
# nobody's child waits for that.
# shellcheck disable=SC2016  # the other shell expands them
(setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done
    for conf in "$2"/*/slurm.conf; do
        [ ! -e "$conf" ] || "$3" stop "${conf%/slurm.conf}"
    done
    rm -rf "$2"' guard $$ "$work" "$SOURCE/slurm/local-cluster.sh" </dev/null >/dev/null 2>&1 &)

# Starts the test's cluster.
cluster_start() {
    local line

    line=$("$SOURCE/slurm/local-cluster.sh" start "${clusters[0]}" "${cluster_options[@]}") || fail "no cluster"
    eval "$line"
}

# Prints what is known of the cluster and ends the test.
fail() {
    echo "FAILED: $*"
    squeue 2>&1 || true
    tail -n 20 "${clusters[0]}"/log/slurmctld.log 2>/dev/null || true
    exit 1
}

# SECONDS COMMAND...: waits until the command succeeds.
within() {
    local seconds=$1 end
    end=$((SECONDS + seconds))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || fail "not within $seconds s: $*"
        sleep 0.2
    done
}

# Whether no job waits or runs.
queue_empty() {
    [ -z "$(squeue -h)" ]
}

# JOB FIELD: prints a field of what Slurm knows of a job, such as JobState, ExitCode, Restarts.
field_of() {
    scontrol show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1
}

# Starts soon the jobs that were requeued, which Slurm holds back for two minutes; not at once, since slurmd
# launches no job in the second in which it has ended it; again if Slurm has set the two minutes since. True
# if the queue is empty: `within 60 drained`.
declare -A hurried
drained() {
    local id key

    for id in $(squeue -h --array -o '%i|%T|%r' | sed -n 's/|PENDING|BeginTime$//p'); do
        key=$SLURM_CONF:$id
        if [ "$SECONDS" -ge "${hurried[$key]:-0}" ] && scontrol update JobId="$id" StartTime=now+2 2>/dev/null; then
            hurried[$key]=$((SECONDS + 6))
        fi
    done
    queue_empty
}
