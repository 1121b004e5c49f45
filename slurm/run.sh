#!/bin/bash
# One run on as many ranks as the allocation has; or, without --index, all runs one after the other.
#
#   sbatch --nodes=2 --ntasks=64 slurm/run.sh JOB.yaml --index 7 [key=value ...]
#
# job.sh beside this file names the variables, of which SCRATCH must be set.
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

job_run "${1:?which job? sbatch slurm/run.sh JOB.yaml --index 7}" "${@:2}"
