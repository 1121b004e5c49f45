#!/bin/bash
# The runs of a job as one array: each element does the run of its number (`skel plan JOB.yaml` lists them).
#
#   sbatch --array=0-47%8 slurm/array.sh JOB.yaml [key=value ...]
#
# %8: at most eight at a time. A finished run is skipped, an unfinished one goes on from its checkpoint, so
# that the same command submits what is missing. `skel submit JOB.yaml` does all this by itself; this file
# is for those who want to change it. job.sh beside it names the variables, of which SCRATCH must be set.
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

job_run "${1:?which job? sbatch --array=0-47%8 slurm/array.sh JOB.yaml}" "${@:2}" \
    --index "${SLURM_ARRAY_TASK_ID:?which runs? sbatch --array=0-47%8 slurm/array.sh JOB.yaml}"
