#!/bin/bash
# clang compiles without a warning, and clang-tidy finds nothing in what it reads: tidy_choice.py says what
# that is.
# shellcheck source=tests/lint/common.sh
. "$(dirname "$0")/common.sh"

clang=$(first_of clang-14 clang)
tidy=$(first_of clang-tidy-14 clang-tidy)

cp "$SOURCE/.clang-tidy" "$sample"
put bad.c <<'C'
int main(void)
{
    int *p = 0;
    double x = 1.5;
    int y = x;
    if (y)
        ;
    return *p + y;
}
C
put tests/worse.c <"$sample/bad.c"
entry() { # FILE
    echo "{\"directory\": \"$sample\", \"file\": \"$sample/$1\", \"command\": \"cc -Wconversion -o x.o -c $sample/$1\"}"
}
check() { # SOURCE BUILD
    python3 "$lints/tidy.py" "$tidy" "$clang" "$2" "$1"
}
put compile_commands.json <<<"[$(entry bad.c), $(entry tests/worse.c)]"
SKEL_SAMPLE=all must_find 'bad.c:8:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"
SKEL_SAMPLE=all SKEL_TIDY_TESTS=yes must_find 'worse.c:8:.*clang-analyzer-core.NullDereference' check "$sample" "$sample"
for file in bad.c worse.c; do
    SKEL_SAMPLE=all must_find "$file:7:.*bugprone-suspicious-semicolon" check "$sample" "$sample"
    SKEL_SAMPLE=all must_find "$file:5:13: error: implicit conversion" check "$sample" "$sample"
done
if SKEL_SAMPLE=all check "$sample" "$sample" | grep -E 'worse.c:.*clang-analyzer|clang-diagnostic'; then
    echo "self-test: the analyzer reads tests, or clang-tidy repeats clang's warnings"
    exit 1
fi
# What clang-tidy does not read, clang compiles all the same. The third commit changes nothing, and the third part is
# without the file.
git -C "$sample" init -q
for number in 1 2 3; do
    git -C "$sample" add bad.c .clang-tidy
    git -C "$sample" -c user.name=n -c user.email=n@n -c commit.gpgsign=false commit -q --allow-empty -m "$number"
done
mkdir "$sample/compiled"
put compiled/compile_commands.json <<<"[$(entry bad.c)]"
SKEL_SAMPLE="" must_find 'bad.c:5:13: error: implicit conversion' check "$sample" "$sample/compiled"
SKEL_SAMPLE="" must_find '1 files, 1 failed; clang-tidy was for 0' check "$sample" "$sample/compiled"
rm -rf "$sample/.git"

# A file that has passed is not read again, and the last line says so.
put good.c <<<'int main(void) { return 0; }'
mkdir "$sample/passes"
put passes/compile_commands.json <<<"[$(entry good.c)]"
for again in 0 1; do
    words=$(SKEL_SAMPLE=all check "$sample" "$sample/passes")
    if ! grep -q "1 files, 0 failed; clang-tidy was for 1, $again of them not read.*: all" <<<"$words"; then
        echo "self-test: run $again says: $words"
        exit 1
    fi
done

# What clang-tidy reads: what has changed, what includes a changed header, and in as many turns as there are parts everything.
python3 - "$lints" "$sample/choice" <<'PY'
import os
import subprocess
import sys

sys.path.insert(0, sys.argv[1])
import tidy_choice

source = sys.argv[2]
names = [f"src/{number}.c" for number in range(200)]
paths = [os.path.join(source, name) for name in names]
os.environ.update(SKEL_SAMPLE="", SKEL_TIDY_TESTS="no")
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


def turn(number):
    """Nothing but a part of the files, by its number."""
    return {name for name in names if tidy_choice.number_of("part", name) % tidy_choice.PARTS == number}


def commit(text):
    git("add", ".")
    git("commit", "-q", "--allow-empty", "-m", text)


assert all(2 < len(turn(number)) < 25 for number in range(tidy_choice.PARTS)), "the shares are no twentieths"
assert set().union(*map(turn, range(tidy_choice.PARTS))) == set(names), "some file is in no part"

for name in names:
    write(name)
write("src/9.c", '#include "code.h"\n')
write("src/10.c", '#include "skel/public.h"\n')
write("src/code.h")
write("include/skel/public.h")
write(".clang-tidy")
git("init", "-q")
commit("one")
assert read() == turn(1), "a first commit, without a parent"
write("src/7.c", "int a;\n")
assert read() == turn(1) | {"src/7.c"}, "a file that is not committed, without a parent"
commit("two")
assert read() == turn(2) | {"src/7.c"}, "a commit's file"
write("src/8.c", "int a;\n")
write("src/code.h", "int b;\n")
assert read() == turn(2) | {"src/7.c", "src/8.c", "src/9.c"}, "files that are not committed, and a header"
commit("three")
os.environ["SKEL_TIDY_BASE"] = "HEAD^^"
assert read() == turn(3) | {"src/7.c", "src/8.c", "src/9.c"}, "a stated base"
os.environ.pop("SKEL_TIDY_BASE")
write("include/skel/public.h", "int c;\n")
commit("four")
assert read() == turn(4) | {"src/10.c"}, "a public header"
for number in range(100, 200):
    write(f"src/{number}.c", '#include "skel/public.h"\n')
commit("five")
write("include/skel/public.h", "int d;\n")
commit("six")
shares = []
for number in range(tidy_choice.SHARES):
    os.environ["SKEL_SAMPLE"] = str(268435455 + number)
    shares.append({os.path.relpath(path, source) for path in tidy_choice.compiled(source, paths)})
os.environ["SKEL_SAMPLE"] = ""
users = {f"src/{number}.c" for number in (10, *range(100, 200))}
assert all(users <= share < set(names) for share in shares), "clang leaves out what includes a changed header"
assert set().union(*shares) == tidy_choice.compiled(source, names) == set(names), "clang leaves out files for ever"
some = read()
assert some == read() and turn(6) <= some and some <= turn(6) | users, "a header of many files"
assert len(some & users) >= tidy_choice.INCLUDERS and len(some - turn(6)) <= tidy_choice.INCLUDERS, "not as many of its files"
seen = set()
for number in range(7, 7 + tidy_choice.PARTS):
    commit(str(number))
    seen |= read()
assert seen == set(names), "twenty commits without a change do not read everything"
write(".clang-tidy", "---\n")
assert read() == set(names), "other checks"
commit("27")
commit("28")
shallow = source + "-shallow"
git("clone", "-q", "--depth", "1", "file://" + source, shallow)
head = tidy_choice.git(shallow, "rev-parse", "HEAD")
assert tidy_choice.turn_of(source, head) == 8, "28 commits"
draws = {tidy_choice.turn_of(shallow, f"{head}{number}") for number in range(200)}
assert draws == set(range(tidy_choice.PARTS)), "a clone without history does not draw by the hash"
os.environ["SKEL_TIDY_BASE"] = "none"
try:
    read()
except SystemExit as stop:
    assert "SKEL_TIDY_BASE=none" in str(stop)
else:
    raise AssertionError("an unknown base is accepted")
test = os.path.join(source, "tests", "test.c")
paths.append(test)
os.environ["SKEL_SAMPLE"] = "all"
assert read() == set(names) | {"tests/test.c"}, "all"
assert tidy_choice.analyzed(source, paths[0]) and not tidy_choice.analyzed(source, test), "a test's own file"
os.environ["SKEL_TIDY_TESTS"] = "yes"
assert tidy_choice.analyzed(source, test), "a test's own file, when that is wanted"
PY

check "$SOURCE" "$BUILD"
