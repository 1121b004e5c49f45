#!/bin/bash
# Completion in bash and zsh offers commands, options, and the keys and values of a job.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir folder
touch first.yaml second.h5
ln -s "$SKEL" skel
PATH=$work:$PATH

fail() {
    echo "$1"
    exit 1
}

# expect "LINE" WORD...: bash offers these words, and others, at the end of the line.
expect() {
    local line=$1 word
    shift
    COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
    _skel skel
    for word in "$@"; do
        grep -qxF -- "$word" <<<"$(printf '%s\n' "${COMPREPLY[@]}")" ||
            fail "after \"$line\" bash does not offer $word: ${COMPREPLY[*]}"
    done
}

# expect_only "LINE" WORD...: these words and no others.
expect_only() {
    expect "$@"
    [ ${#COMPREPLY[@]} -eq $(($# - 1)) ] || fail "after \"$1\" bash offers: ${COMPREPLY[*]}"
}

# shellcheck source=/dev/null
. "$SOURCE/src/cli/shells/skel.bash"
complete -p skel | grep -q -- '-F _skel skel' || fail 'nothing completes skel'

mapfile -t commands < <("$SKEL" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
expect 'skel ' run "${commands[@]}" help --version
expect_only 'skel ru' run
expect 'skel help ' "${commands[@]}"
expect_only 'skel bnch '
expect 'skel run --' --out --index --quiet --help
expect_only 'skel run --print-c' --print-config
expect_only 'skel run first.yaml --out fo' folder
expect_only 'skel run fir' first.yaml
expect_only 'skel run -q fir' first.yaml
expect_only 'skel inspect sec' second.h5
expect_only 'skel compare second.h5 sec' second.h5
expect_only 'skel bench gra' gradient
expect 'skel bench gradient ' topk step
expect 'skel bench --model ' resnet50 vgg19
expect_only 'skel bench --engine=sp' sparse
expect 'skel bench --mask ' blocks uniform second.h5
expect_only 'skel bench --repeat '
expect_only 'skel saliency second.h5 --weights ' initial trained
expect 'skel saliency second.h5 --method ' force snip
expect 'skel eval second.h5 --data ' cifar10 folder
expect 'skel data fash' fashion-mnist

expect 'skel run first.yaml ' prune.method= seed= data.set= sweep.
expect_only 'skel run first.yaml prune.meth' prune.method=
expect 'skel plan first.yaml prune.method=' force iter-snip snip none
expect_only 'skel run first.yaml prune.method=iter' iter-snip
expect_only 'skel run first.yaml seed=3 model.name=resnet5' resnet50 resnet50-imagenet resnet56
expect 'skel run first.yaml data.set=' cifar10 mnist
expect_only 'skel run first.yaml prune.trace=' true false
expect_only 'skel run first.yaml compute.engine=de' dense
expect_only 'skel run first.yaml sweep.prune.meth' sweep.prune.method=
expect_only 'skel run first.yaml sweep.prune.method=' none '['
expect_only 'skel run first.yaml sweep.prune.method=[force,rig' '[force,rigl'
expect_only 'skel run first.yaml model.weights=sec' second.h5
expect_only 'skel run first.yaml data.dir=' folder
expect_only 'skel run first.yaml seed='
expect_only 'skel run first.yaml no.such.key='
expect_only 'skel run first.yaml -- --'
# Every key that the help describes is offered, and every value of a key with a list.
mapfile -t keys < <("$SKEL" run --help-job | sed -n 's/^  \([a-z][.a-z-]*\)  .*/\1=/p')
[ ${#keys[@]} -gt 50 ] || fail "few keys: ${keys[*]}"
expect 'skel run first.yaml ' "${keys[@]}"
"$SKEL" run --help-job | grep -A16 '^  prune.method ' | tr -d '\n' | grep -o 'one of [a-z0-9, -]*' | head -1 |
    sed 's/one of //; s/, */\n/g' >methods
[ "$(wc -l <methods)" -ge 15 ] || fail "few methods: $(cat methods)"
mapfile -t methods <methods
expect 'skel run first.yaml prune.method=' "${methods[@]}"

command -v zsh >/dev/null || { echo 'zsh is not installed: its completion was not tried'; exit 0; }
zsh -n "$SOURCE/src/cli/shells/_skel"
# In a terminal of its own (zpty) a zsh completes a line, as a user's Tab does, and runs it: `skel`
# is a function that prints its words between marks.
cat >try.zsh <<'END'
zmodload zsh/zpty
zpty shell "PS1= TERM=dumb zsh -f -i"
zpty -w shell "fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; LISTMAX=0; PATH=$2:\$PATH"
zpty -w shell "show() { print -r -- \"<<\${(j: :)@}>>\" >> $2/said }; compdef _skel skel; cd $2; alias skel='show skel'; setopt complete_aliases"
zpty -w shell "print ready >> $2/said"
repeat 600 { [[ -s $2/said ]] && break; sleep 0.1 }
zpty -n -w shell "$3"$'\t'$'\n'
repeat 600 { grep -q '<<' $2/said && break; zpty -r -t shell > /dev/null; sleep 0.1 }
zpty -d shell
END
# zsh_completes LINE RESULT
zsh_completes() {
    rm -f said
    zsh -f try.zsh "$SOURCE/src/cli/shells" "$work" "$1"
    grep -qxF "<<$2>>" said || fail "zsh completes \"$1\" as: $(cat said)"
}
zsh_completes 'skel insp' 'skel inspect'
zsh_completes 'skel run --print-c' 'skel run --print-config'
zsh_completes 'skel run first.yaml prune.meth' 'skel run first.yaml prune.method='
zsh_completes 'skel run first.yaml prune.method=iter' 'skel run first.yaml prune.method=iter-snip'
zsh_completes 'skel run fir' 'skel run first.yaml'
zsh_completes 'skel run first.yaml model.weights=sec' 'skel run first.yaml model.weights=second.h5'
