# shellcheck shell=bash
# Which cases of a large matrix a script tries. Sourced, not run.
#
# SKEL_SAMPLE is a number, and those cases are tried, of the cases that a script counts, whose number plus SKEL_SAMPLE is
# a multiple of so many. "all", or no SKEL_SAMPLE: all cases. tests/run.sh makes the number of the commit's hash, and
# says it. Programs choose by the same rule: sample.h.
sample_counted=0

# PARTS: whether the script's next case is tried, as one of PARTS in a row is
sample_takes() {
    local number=$sample_counted

    sample_counted=$((number + 1))
    [ "${SKEL_SAMPLE:-all}" = all ] || [ $(((number + SKEL_SAMPLE) % $1)) = 0 ]
}
