#!/bin/bash
# The manual pages are well-formed, and have every command, option and key of the job.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1"
    exit 1
}

# Whether a page's text, as a reader sees it, has a line that matches.
must_have() {
    grep -qE -- "$2" "$work/$1.text" || fail "the page $1 does not have: $2"
}

commands=$("$SKEL" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 9 ] || fail "few commands: $commands"
for page in skel job $commands; do
    "$SKEL" help --man "$page" >"$work/$page"
    if command -v mandoc >/dev/null; then
        # mandoc takes what follows the last dot of a path, also of a folder's name, for the section
        (cd "$work" && mandoc -Tlint -Wwarning "$page") || fail "mandoc finds faults in $page"
    fi
    if command -v groff >/dev/null; then
        said=$(groff -ww -man -z "$work/$page" 2>&1)
        [ -z "$said" ] || fail "groff finds faults in $page: $said"
        groff -man -Tascii -P-c -P-b -P-o "$work/$page" >"$work/$page.text"
    else
        mandoc -Tascii "$work/$page" | col -b >"$work/$page.text"
    fi
done

for command in $commands; do
    must_have skel "^ +$command( |\$)"
    must_have "$command" "^ +skel-$command - "
    "$SKEL" help "$command" | sed -n '/^options:/,$s/^  .\{4\}--\([a-z-]*\).*/\1/p' >"$work/options"
    grep -qx help "$work/options" || fail "skel help $command lists no --help"
    while read -r option; do
        must_have "$command" "^ +(-[A-Za-z], )?--$option( |\$)"
    done <"$work/options"
done
for status in 0 64 65 69 70 74; do
    must_have skel "^ +$status( |\$)"
done

"$SKEL" run --help-job | sed -n 's/^  \([a-z][.a-z-]*\)  .*/\1/p' >"$work/keys"
[ "$(wc -l <"$work/keys")" -gt 50 ] || fail 'skel run --help-job lists few keys'
while read -r key; do
    must_have job "^ +${key//./\\.}( |\$)"
done <"$work/keys"
must_have job '^ +iter-snip( |$)'
must_have job '^ +before training: '
# Letters that roff would take for its own are there.
must_have job '^ +model\.name|^ +model: \{name: resnet50\}'
must_have run "mpirun -n 4 skel run jobs/"

# The installed page is found by its name.
if command -v man >/dev/null; then
    MANWIDTH=80 man -l "$work/run" </dev/null | grep -q 'skel-run - ' || fail 'man -l'
fi
status=0
"$SKEL" help --man rnu >"$work/out" 2>&1 || status=$?
[ "$status" -eq 64 ] || fail "a wrong page: exit status $status"
grep -q 'did you mean run' "$work/out" || fail "a wrong page: $(cat "$work/out")"
