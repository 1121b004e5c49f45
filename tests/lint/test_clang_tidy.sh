#!/bin/bash
# clang compiles everything without a warning, and clang-tidy finds nothing: one pass for both. tidy_choice.py says what
# clang's analyzer reads.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)
tidy=$(first_of clang-tidy-14 clang-tidy)

cp "$SOURCE/.clang-tidy" "$sample"
put bad.c <<<'int main(void) { int *p = 0; double x = 1.5; int y = x; return *p + y; }'
put tests/worse.c <"$sample/bad.c"
entry() { # FILE
    echo "{\"directory\": \"$sample\", \"file\": \"$sample/$1\", \"command\": \"cc -Wconversion -o x.o -c $sample/$1\"}"
}
check() { # SOURCE BUILD
    python3 "$lints/tidy.py" "$tidy" "$clang" "$2" "$1"
}
put compile_commands.json <<<"[$(entry bad.c), $(entry tests/worse.c)]"
SKEL_TIDY_ALL=yes must_find 'bad.c:1:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"
SKEL_TIDY_ALL=yes must_find 'bad.c:1:54: error: implicit conversion' check "$sample" "$sample"
SKEL_TIDY_ALL=yes must_find 'worse.c:1:54: error: implicit conversion' check "$sample" "$sample"
SKEL_TIDY_ALL=yes SKEL_TIDY_TESTS=yes must_find 'worse.c:1:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"

# What the analyzer reads: what has changed, and in turn everything.
python3 - "$lints" "$sample/choice" <<'PY'
import os
import subprocess
import sys

sys.path.insert(0, sys.argv[1])
import tidy_choice

source = sys.argv[2]
names = [f"src/{number}.c" for number in range(200)]
paths = [os.path.join(source, name) for name in names]
os.environ.update(SKEL_TIDY_ALL="no", SKEL_TIDY_TESTS="no")
os.environ.pop("SKEL_TIDY_BASE", None)


def write(name, text=""):
    os.makedirs(os.path.dirname(os.path.join(source, name)), exist_ok=True)
    with open(os.path.join(source, name), "w", encoding="utf-8") as stream:
        stream.write(text)


def git(*words):
    subprocess.run(["git", "-C", source, "-c", "user.name=n", "-c", "user.email=n@n", "-c", "commit.gpgsign=false",
                    *words], check=True, stdout=subprocess.DEVNULL)


def read():
    return {os.path.relpath(path, source) for path in tidy_choice.chosen(source, paths)[0]}


shares = [{name for name in names if tidy_choice.in_part(seed, name)} for seed in range(200)]
assert set().union(*shares) == set(names), "some file is never read"
assert all(0 < len(share) < 50 for share in shares), "the shares are no tenths"
tidy_choice.in_part = lambda _, name: name == "src/0.c"

for name in names:
    write(name)
write("src/9.c", '#include "code.h"\n')
write("src/code.h")
git("init", "-q")
git("add", ".")
git("commit", "-q", "-m", "one")
assert read() == {"src/0.c"}, "a first commit, without a parent"
write("src/7.c", "int a;\n")
assert read() == {"src/0.c", "src/7.c"}, "a file that is not committed, without a parent"
git("commit", "-q", "-a", "-m", "two")
assert read() == {"src/0.c", "src/7.c"}, "a commit's file"
write("src/8.c", "int a;\n")
write("src/code.h", "int b;\n")
assert read() == {"src/0.c", "src/7.c", "src/8.c", "src/9.c"}, "files that are not committed, and a header"
git("commit", "-q", "-a", "-m", "three")
os.environ["SKEL_TIDY_BASE"] = "HEAD^^"
assert read() == {"src/0.c", "src/7.c", "src/8.c", "src/9.c"}, "a stated base"
os.environ["SKEL_TIDY_BASE"] = "none"
try:
    read()
except SystemExit as stop:
    assert "SKEL_TIDY_BASE=none" in str(stop)
else:
    raise AssertionError("an unknown base is accepted")
paths.append(os.path.join(source, "tests", "test.c"))
os.environ["SKEL_TIDY_ALL"] = "yes"
assert read() == set(names), "all, but those of tests"
os.environ["SKEL_TIDY_TESTS"] = "yes"
assert read() == set(names) | {"tests/test.c"}, "all"
PY

check "$SOURCE" "$BUILD"
