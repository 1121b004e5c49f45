# shellcheck shell=bash
# What the batch scripts of this folder do on the nodes: they start the ranks, tell skel that Slurm wants
# the job to stop, and hand the job back to Slurm if skel has stopped after a checkpoint. Sourced, not run.
#
# Variables of the environment:
#   SCRATCH        a folder that all nodes see; must be set, unless SKEL_OUT is
#   SKEL_OUT       folder of the run files; $SCRATCH/runs if it is not set
#   SKEL           the program; skel on the PATH if it is not set
#   SKEL_LAUNCHER  what starts the ranks; `srun --mpi=pmix` if it is not set, or mpirun
#   SKEL_MODULES   environment modules to load, separated by spaces
#   SKEL_REQUEUES  how often the job may go back to the queue without having got further; 20
#
# Exit status: skel's. 75 asks Slurm to start the job again. A job that can never work (64, 65, 69, 70) does
# not come back.

: "${SLURM_JOB_ID:?this script runs on the nodes: sbatch it}"
SKEL=${SKEL:-skel}
SKEL_OUT=${SKEL_OUT:-${SCRATCH:?set SCRATCH to a folder that all nodes see, or SKEL_OUT}/runs}
SKEL_REQUEUES=${SKEL_REQUEUES:-20}
job_id=$SLURM_JOB_ID
if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then
    job_id=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
fi

say() {
    echo "$(date '+%F %T') job $job_id on ${SLURMD_NODENAME:-?}: $*"
}

leave() {
    local status=$1
    shift
    say "$*" >&2
    exit "$status"
}

# Prints a field of what Slurm knows of this job: Reason, StdOut, EndTime, PreemptTime.
job_field() {
    scontrol show job "$job_id" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$1=//p" | head -n 1
}

# Loads the modules; the system's scripts for that do not bear set -u.
load_modules() {
    local init name

    [ -n "${SKEL_MODULES:-}" ] || return 0
    set +u
    for init in "${MODULESHOME:-/usr/share/modules}/init/bash" /etc/profile.d/modules.sh /etc/profile.d/lmod.sh; do
        # shellcheck disable=SC1090  # the system's own
        command -v module >/dev/null || [ ! -r "$init" ] || . "$init"
    done
    command -v module >/dev/null || leave 69 "SKEL_MODULES names modules, but this node has no command module"
    for name in $SKEL_MODULES; do
        module load "$name" || leave 69 "module load $name failed"
    done
    set -u
}

# JOB: whether every node of the job sees the job file, and this one the program.
look_around() {
    local blind

    command -v "$SKEL" >/dev/null ||
        leave 69 "there is no program $SKEL on this node: SKEL must name it, on a file system that all nodes see"
    blind="this node"
    if [ -r "$1" ]; then
        blind=
        if [ "${SLURM_JOB_NUM_NODES:-1}" -gt 1 ]; then
            # shellcheck disable=SC2016  # the nodes' shell expands them
            blind=$(srun --mpi=none --ntasks="$SLURM_JOB_NUM_NODES" --ntasks-per-node=1 sh -c \
                '[ -r "$0" ] || echo "$SLURMD_NODENAME"' "$1" | paste -sd' ')
        fi
    fi
    [ -z "$blind" ] ||
        leave 74 "$blind does not see $1: job file and run files must be on a file system that all nodes see"
}

# From here on all words go to one file for each run, named after it. Slurm's own file keeps what Slurm
# itself says, and is removed if it says nothing.
open_log() {
    local folder

    folder=$(dirname "$first")/logs
    name=$(basename "$first" .h5)
    [ "${#paths[@]}" = 1 ] || name=$(basename "$(dirname "$first")")
    log=$folder/$name.log
    if ! mkdir -p "$folder" || ! : >>"$log"; then
        leave 74 "cannot write $log: run files and logs need a folder with room, which the job may write"
    fi
    exec >>"$log" 2>&1
    # Submitted again, a job may return as often as the first time.
    [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || rm -f "$log.requeues"
    slurm_log=$(job_field StdOut)
}

close_log() {
    if [ -f "$slurm_log" ] && [ ! -s "$slurm_log" ]; then
        rm -f "$slurm_log"
    fi
}

# Prints what the job has reached: files of finished runs, and the sums over the content of checkpoints.
reached() {
    local path

    for path in "${paths[@]}"; do
        if [ -e "$path" ]; then
            echo "$path"
        elif [ -e "$path.checkpoint" ]; then
            "$SKEL" inspect --attributes "$path.checkpoint" 2>/dev/null | grep xxh3_128 | grep -v seconds
        fi
    done | cksum
}

# Counts this return to the queue, from 1 after progress; fails if there were too many.
may_return() {
    local now count=0 before=

    now=$(reached)
    [ ! -r "$log.requeues" ] || read -r count before <"$log.requeues" || true
    [ "$before" = "$now" ] || count=0
    count=$((count + 1))
    [ "$count" -le "$SKEL_REQUEUES" ] || return 1
    echo "$count $now" >"$log.requeues"
}

# Whether Slurm itself requeues a job that ends with 75.
slurm_requeues() {
    scontrol show config | awk '$1 == "RequeueExit" {
        count = split($3, part, ",")
        for (i = 1; i <= count; i++) {
            split(part[i], range, "-")
            if (part[i] == 75 || (range[2] != "" && range[1] <= 75 && 75 <= range[2])) found = 1
        }
    } END { exit !found }'
}

# WHY: hands the job back to Slurm. After a time limit Slurm does not look at the exit status. A job that
# Slurm is ending for another reason was cancelled, or Slurm itself will requeue it.
return_to_queue() {
    if [ "$timed_out" = no ] && [ "$(job_field JobState)" != RUNNING ]; then
        close_log
        leave 75 "$1; Slurm has ended the job"
    fi
    if ! may_return; then
        close_log
        leave 70 "$1; but the job went back to the queue $SKEL_REQUEUES times and got no further: given up"
    fi
    say "$1; back to the queue"
    if [ "$timed_out" = yes ] || ! slurm_requeues; then
        scontrol requeue "$job_id" || say "scontrol requeue failed: submit the job again"
    fi
    close_log
    exit 75
}

# The warning ahead of the time limit: srun and mpirun forward it to the ranks.
on_warning() {
    say "Slurm wants the job to stop"
    kill -USR1 "$launcher" 2>/dev/null || true
}

# The end of the job: at its time limit, or because it is cancelled or preempted.
on_end() {
    if [ "$(job_field Reason)" = TimeLimit ]; then
        timed_out=yes
        return_to_queue "the time limit came before a checkpoint"
    fi
}

# Starts the ranks and waits for them, however often a signal interrupts the wait: sets $status.
launch() {
    # shellcheck disable=SC2086  # the launcher is words
    ${SKEL_LAUNCHER:-srun --mpi=pmix} "$SKEL" run "$@" --out "$SKEL_OUT" </dev/null &
    launcher=$!
    trap 'caught=yes; on_warning' USR1
    trap 'caught=yes; on_end' TERM
    caught=yes
    while [ "$caught" = yes ]; do
        caught=no
        status=0
        wait "$launcher" || status=$?
    done
    trap - USR1 TERM
}

# What skel's status means for the job.
finish() {
    local path missing=0

    for path in "${paths[@]}"; do
        [ -e "$path" ] || missing=$((missing + 1))
    done
    case $status in
    64 | 65 | 69 | 70) ;;
    75) return_to_queue "skel stopped after a checkpoint" ;;
    *)
        # Its launcher may say anything then, even 0.
        if [ "$missing" -gt 0 ] && [[ $(job_field PreemptTime) =~ ^[0-9] ]]; then
            return_to_queue "preempted"
        fi
        ;;
    esac
    if [ "$status" = 0 ] && [ "$missing" -gt 0 ]; then
        status=74
        say "the launcher ended with 0, but $missing of ${#paths[@]} runs are not done"
    fi
    if [ "$status" = 0 ]; then
        rm -f "$log.requeues"
    else
        say "skel ended with status $status"
    fi
    close_log
    exit "$status"
}

# Lists the files of the runs that the arguments of `skel run` ask for. The first one that is not done lies
# in the job's own folder; finished runs may be another job's. A job that is wrong ends here.
list_runs() {
    local list

    list=$("$SKEL" run "$@" --out "$SKEL_OUT" --dry-run) || leave $? "there is nothing to do: see above"
    mapfile -t paths < <(awk '{ sub(/^[a-z]+ +/, "") } 1' <<<"$list")
    first=$(sed -n 's/^run  *//p' <<<"$list" | head -n 1)
    first=${first:-${paths[0]}}
}

# JOB [ARGUMENTS of skel run]: does the runs.
job_run() {
    local end

    timed_out=no
    load_modules
    look_around "$1"
    list_runs "$@"
    open_log
    say "restart ${SLURM_RESTART_COUNT:-0}, ${SLURM_NTASKS:-1} ranks, skel run $*"
    if [ -z "${SLURM_JOB_END_TIME:-}" ] && end=$(date -d "$(job_field EndTime)" +%s 2>/dev/null); then
        export SLURM_JOB_END_TIME=$end # newer releases of Slurm set it
    fi
    launch "$@"
    finish
}

# JOB [key=value ...]: writes the table of the runs that are done.
job_table() {
    local table

    load_modules
    look_around "$1"
    list_runs "$@"
    table=$(dirname "$first")/table.txt
    "$SKEL" run "$@" --out "$SKEL_OUT" --table >"$table.part" || leave $? "the table was not written"
    mv "$table.part" "$table" || leave 74 "the table was not written"
    cat "$table"
    "$SKEL" report "$(dirname "$first")" || leave $? "the report is not complete"
}
