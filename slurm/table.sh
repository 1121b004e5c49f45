#!/bin/bash
# The table of a job's finished runs, in table.txt beside their files, and their report in the folder
# report. Run it after the runs:
#
#   sbatch --dependency=afterany:ID slurm/table.sh JOB.yaml [key=value ...]
#
#SBATCH --job-name=skel-table
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=10
#SBATCH --requeue
#SBATCH --export=ALL
set -u
# shellcheck source=slurm/job.sh
. "${SKEL_SLURM:-${SLURM_SUBMIT_DIR:?sbatch this script}/slurm}/job.sh" || exit 69

job_table "${1:?which job? sbatch slurm/table.sh JOB.yaml}" "${@:2}"
