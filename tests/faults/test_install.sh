#!/bin/bash
# What `cmake --install` writes works without the source and the build folder, and where it is moved.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# shellcheck source=tests/support/needs.sh
. "$SOURCE/tests/support/needs.sh"

fail() {
    echo "FAILED: $*"
    exit 1
}

cmake --install "$BUILD" --prefix "$work/first" >log
mv first 'a prefix'
prefix="$work/a prefix"

for file in bin/skel share/skel/{README.md,FORMAT.md,NUMBERS.md,LICENSE,jobs/quickstart.yaml,slurm,analysis/skel_torch.py} \
    share/man/man1/{skel,skel-run,skel-bench}.1 share/man/man5/skel-job.5 \
    share/bash-completion/completions/skel share/zsh/site-functions/_skel; do
    [ -e "$prefix/$file" ] || fail "$file is not installed"
done
for command in $("$SKEL" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    "$SKEL" help --man "$command" | cmp - "$prefix/share/man/man1/skel-$command.1" || fail "skel-$command.1 is old"
done
for job in "$SOURCE"/jobs/*.yaml; do
    cmp "$job" "$prefix/share/skel/jobs/${job##*/}"
done

# Nothing that is installed knows where it came from.
for path in "$SOURCE" "$BUILD" "$work/first"; do
    ! grep -rlF -- "$path" "$prefix" || fail "these files name $path"
done

# The pages' links lead to what is installed.
grep -ho ']([^)]*)' "$prefix"/share/skel/{README,NUMBERS}.md | tr -d '])(' | grep -v '^http' >links
for page in FORMAT.md NUMBERS.md; do
    grep -qx $page links || fail "no page has a link to $page"
done
headings() { # FILE: its headings as the names of links
    sed -n 's/^#\{1,\} //p' "$1" | tr '[:upper:] ' '[:lower:]-' | tr -cd '[:alnum:]_\n-'
}
while read -r link; do
    file=$prefix/share/skel/${link%%#*}
    [ -e "$file" ] || fail "a page links to ${link%%#*}, which is not there"
    [[ $link != *#* ]] || headings "$file" | grep -xF -- "${link#*#}" >/dev/null || fail "a page links to $link, which is no heading"
done <links

# The module file sets the paths of the prefix.
version=$("$SKEL" --version | sed -n '1s/^skel \([0-9.]*\).*/\1/p')
module="$prefix/share/modulefiles/skel/$version"
[ -f "$module" ] || fail "no module file for version $version"
cat >module.tcl <<'END'
set ModulesCurrentModulefile [lindex $argv 0]
proc module-whatis {text} {puts "whatis $text"}
proc conflict {name} {}
proc prepend-path {name value} {puts "$name=$value"}
source $ModulesCurrentModulefile
ModulesHelp
END
if command -v tclsh >/dev/null; then
    env -u XDG_DATA_DIRS MANPATH=x tclsh module.tcl "$module" >paths 2>text
    for line in "PATH=$prefix/bin" "MANPATH=$prefix/share/man" "CMAKE_PREFIX_PATH=$prefix" \
        "XDG_DATA_DIRS=$prefix/share:/usr/local/share:/usr/share"; do
        grep -qxF "$line" paths || fail "the module file does not set $line"
    done
    grep -qF "skel $version" text || fail 'the module has no help'
fi
modulecmd=$(find /usr/lib -maxdepth 2 -name modulecmd.tcl | head -1)
if [ -n "$modulecmd" ]; then
    (
        unset LOADEDMODULES _LMFILES_
        export MODULEPATH="$prefix/share/modulefiles"
        eval "$(tclsh "$modulecmd" sh load skel)"
        [ "$(command -v skel)" = "$prefix/bin/skel" ] || fail "module load skel: $PATH"
        if command -v man >/dev/null; then
            man -w skel-run | grep -qF "$prefix" || fail 'man does not find skel-run'
        fi
    )
fi

# The rest runs where the source and the build folder are empty, if this system lets a user mount.
cat >user.sh <<'END'
set -euo pipefail
trap 'echo "line $LINENO"; cat said' ERR
if [ "$1" = hide ]; then
    mount -t tmpfs none "$SOURCE"
    if [ -d "$BUILD" ]; then
        mount -t tmpfs none "$BUILD"
    fi
    [ ! -e "$SOURCE/jobs" ]
fi
skel=$2/bin/skel
share=$2/share/skel
export PATH=$2/bin:$PATH
must_say() {
    grep -qE -- "$1" said || { echo "does not say: $1"; cat said; exit 1; }
}

skel data fashion-mnist >said
must_say 'verified$'
skel plan "$share/jobs/quickstart.yaml" >said
must_say '^16 runs'
"$MPIEXEC" -n 2 --oversubscribe skel run "$share/jobs/quickstart.yaml" sweep=none prune.method=force \
    model.name=lenet-5 model.width=4 'data.pad-to=~' data.train-samples=500 data.test-samples=200 \
    prune.iterations=2 prune.batch-size=50 train.epochs=1 --out runs -q </dev/null >said 2>&1
skel verify runs/quickstart/*.h5 >said
must_say ': ok'
skel eval runs/quickstart/*.h5 --repeat 1 >said 2>&1
must_say 'sparse'
must_say "$3"
"$MPIEXEC" -n 2 --oversubscribe skel bench startup gradient --model vgg11 --width 4 --batch 8 --repeat 1 \
    </dev/null >said 2>&1
must_say '^startup: vgg11 on fashion-mnist'
must_say '^gradient: vgg11'
must_say "$3"

# Its completion and its pages, as a shell with these paths finds them.
. "$2/share/bash-completion/completions/skel"
COMP_LINE='skel run job.yaml prune.method=skel' COMP_POINT=35
_skel skel
[ "${COMPREPLY[*]}" = skeletonization ]

if skel help | grep -q '^  submit '; then
    skel submit "$share/jobs/quickstart.yaml" --out runs --dry-run >said 2>&1
    must_say 'sbatch'
fi

# Where the installed files are missing, the message says so.
cp "$skel" alone
status=0
./alone bench startup --peer none >said 2>&1 </dev/null || status=$?
[ "$status" -eq 69 ]
must_say 'jobs/quickstart.yaml is neither in .*/../share/skel nor in '
SKEL_SHARE=$share ./alone bench startup --model vgg11 --width 4 --peer none >said 2>&1 </dev/null
must_say '^startup: vgg11'
status=0
SKEL_SHARE=$PWD ./alone bench startup --peer none >said 2>&1 </dev/null || status=$?
[ "$status" -eq 69 ]
must_say 'the folder that SKEL_SHARE names'
END
peer='^  PyTorch [0-9][^ ]* +1 x [0-9]+ +[0-9.]+ '
has_python torch h5py || peer=.
unset SKEL_SHARE
if unshare -rm true 2>/dev/null; then
    unshare -rm bash user.sh hide "$prefix" "$peer"
else
    echo 'this system lets no user mount: the source is not hidden'
    bash user.sh stay "$prefix" "$peer"
fi
