#!/bin/bash
# No folders of one machine, no package servers, no unfinished work.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

fix=FIX
put src/base/a.c <<<"path = \"/ho""me/someone/data\";"
put src/base/b.c <<<"/* ${fix}ME later */"
put jobs/c.sh <<<"curl https://registry""."example.org/x
put tests/d.sh <<<"cp x /t""mp/here"
must_find 'src/base/a.c:1: .*one machine' python3 "$lints/words.py" "$sample"
must_find 'src/base/b.c:1: .*unfinished' python3 "$lints/words.py" "$sample"
must_find 'jobs/c.sh:1: .*serves packages' python3 "$lints/words.py" "$sample"
must_find 'tests/d.sh:1: .*fixed name' python3 "$lints/words.py" "$sample"

python3 "$lints/words.py" "$SOURCE"
