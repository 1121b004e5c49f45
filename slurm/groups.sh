#!/bin/bash
# The runs of a job in one allocation: groups of ranks take the runs in turn.
#
#   sbatch --nodes=2 --ntasks=64 slurm/groups.sh JOB.yaml --groups 16 [key=value ...]
#
# 64 ranks in 16 groups do 16 runs at a time, with 4 ranks each. job.sh beside this file names the variables,
# of which SCRATCH must be set.
#SBATCH --job-name=skel
#SBATCH --nodes=1
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=8:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --export=ALL
set -u
# shellcheck source=slurm/job.sh
. "${SKEL_SLURM:-${SLURM_SUBMIT_DIR:?sbatch this script}/slurm}/job.sh" || exit 69

job_run "${1:?which job? sbatch slurm/groups.sh JOB.yaml --groups 16}" "${@:2}"
