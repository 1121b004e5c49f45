#!/bin/bash
# The scripts pass shellcheck.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

shellcheck=$(first_of shellcheck)

check_scripts() {
    (cd "$1" && find . \( -name 'build*' -o -name .git -o -name runs \) -prune -o \
        \( -name '*.sh' -o -path './.ci/run' \) -print0 |
        xargs -0 -r "$shellcheck" --external-sources --format=gcc)
}

put jobs/bad.sh <<<$'#!/bin/bash\nrm $1/x'
must_find 'jobs/bad.sh:2:' check_scripts "$sample"

check_scripts "$SOURCE"
