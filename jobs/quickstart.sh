#!/bin/bash
# The first run: installs what is missing, builds, and runs jobs/quickstart.yaml on two ranks.
#
#   bash jobs/quickstart.sh [key=value ...] [option of skel run ...]
#
# Settings override the job's: seed=3 prune.sparsity=0.95. Results go to ./runs unless --out says
# otherwise. Exit status: skel's own, 69 if something is missing, 70 if the build failed.
set -euo pipefail

case ${1:-} in
-h | --help)
    sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
    exit 0
    ;;
esac

started_in=$PWD
cd "$(dirname "$0")/.."
source_dir=$PWD
# shellcheck source=jobs/setup.sh
. jobs/setup.sh

packages_install build run
if command -v apt-get >/dev/null; then
    packages_install data
fi
build_preset release build -DSKEL_TESTS=OFF -DSKEL_WERROR=OFF
if ! command -v apt-get >/dev/null; then
    build/skel data fashion-mnist
fi

mpi=(mpirun -n 2)
if [ "$(nproc)" -lt 2 ]; then
    mpi+=(--oversubscribe)
fi
if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

cd "$started_in"
echo "Running: ${mpi[*]} $source_dir/build/skel run $source_dir/jobs/quickstart.yaml $*"
status=0
"${mpi[@]}" "$source_dir/build/skel" run "$source_dir/jobs/quickstart.yaml" "$@" </dev/null ||
    status=$?
if [ "$status" -ne 0 ]; then
    echo "The run ended with status $status; its message is above." >&2
    exit "$status"
fi
cat <<END

What next:
  $source_dir/build/skel report runs/quickstart
                                             means, intervals, figures, and one page to look at:
                                             runs/quickstart/report/report.html
  $source_dir/build/skel inspect FILE.h5     what a run's file holds (or h5dump, h5py)
  $source_dir/build/skel compare A.h5 B.h5   how far two masks agree
  $source_dir/build/skel run --help-job      every key of a job file
  edit a copy of $source_dir/jobs/quickstart.yaml, or start from another file in jobs/
END
