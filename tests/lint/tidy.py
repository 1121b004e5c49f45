"""Compiles the files of compile_commands.json by clang, and runs clang-tidy on some, in parallel.

tidy.py CLANG-TIDY CLANG BUILD SOURCE. A warning of clang is an error. tidy_choice.py says which files clang compiles
(without a sample all), and which clang-tidy reads. It does not repeat clang's warnings: it shows others than clang does, and its analyzer
changes which, so that a file would fail in its turn alone. A file that passes is noted in BUILD by a hash of its
preprocessed text, so that clang-tidy reads it again only when it has changed.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

from tidy_choice import analyzed, chosen, compiled

FOR_GCC = "-Wno-ignored-optimization-argument"  # clang has not all of gcc's ways to optimise


def arguments_of(entry, clang):
    """The compiler's arguments for a file, without the compiler, the input and the output."""
    words = shlex.split(entry["command"])[1:]
    kept = []
    skip = False
    for word in words:
        if skip or word in ("-c", entry["file"]):
            skip = False
        elif word == "-o":
            skip = True
        else:
            kept.append(word)
    return [clang] + kept


def run(command, folder):
    """(exit status, output) of a command."""
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def fingerprint(command, config, clang, entries):
    """Hash of all that a verdict depends on; None if the file cannot be preprocessed."""
    parts = [" ".join(command), config]
    for entry in entries:
        status, text = run(arguments_of(entry, clang) + ["-E", "-P", "-w", entry["file"]],
                           entry["directory"])
        if status != 0:
            return None
        parts.append(text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def by_file(entries):
    """Lists of the entries of one file each, long files first, so that none of them ends alone.

    Kernels have an entry for each instruction set, and clang-tidy by itself checks a file with all
    of its entries.
    """
    files = {}
    for entry in entries:
        files.setdefault(entry["file"], []).append(entry)
    return sorted(files.values(), key=lambda entries: (-len(entries), -os.path.getsize(entries[0]["file"])))


def compile_file(clang, entries):
    """(exit status, output) of clang's compilation of one file, with all of its entries."""
    for entry in entries:
        status, output = run(arguments_of(entry, clang) + ["-Werror", FOR_GCC, "-fsyntax-only", entry["file"]],
                             entry["directory"])
        if status != 0:
            break
    return status, output


def tidy_file(tool, clang, build, config, entries, analyzer):
    """(exit status, output, whether it has passed before) of clang-tidy for one file, with all of its entries."""
    entry = entries[0]
    left_out = ["-clang-diagnostic-*"] + ([] if analyzer else ["-clang-analyzer-*"])
    command = [tool, "--quiet", "--warnings-as-errors=*", "--extra-arg=-Wno-error", "-p", build,
               f"--checks={','.join(left_out)}", entry["file"]]
    key = fingerprint(command, config, clang, entries)
    passed = os.path.join(build, "lint-passed", str(key))
    if key is not None and os.path.exists(passed):
        return 0, "", True
    status, output = run(command, entry["directory"])
    if status == 0 and key is not None:
        os.makedirs(os.path.dirname(passed), exist_ok=True)
        with open(passed, "w", encoding="utf-8"):
            pass
    return status, output, False


def main():
    tool, clang, build, source = sys.argv[1:5]
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as stream:
        entries = [entry for entry in json.load(stream) if entry["file"].endswith(".c")]
    config = run([tool, "--version"], build)[1]
    if entries:
        config += run([tool, "--dump-config", entries[0]["file"]], build)[1]
    files = by_file(entries)
    paths = [same[0]["file"] for same in files]
    read, why = chosen(source, paths)
    wanted = compiled(source, paths)

    def check_file(entries):
        path = entries[0]["file"]
        status, output = compile_file(clang, entries) if path in wanted else (0, "")
        passed = False
        if path in read:
            found, words, passed = tidy_file(tool, clang, build, config, entries, analyzed(source, path))
            status, output = status or found, output + words
        return status, output, passed

    failed = before = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # What clang-tidy reads takes long, and starts first.
        files.sort(key=lambda same: same[0]["file"] not in read)
        for same, (status, output, passed) in zip(files, pool.map(check_file, files)):
            before += passed
            if status != 0:
                failed += 1
                print(f"{same[0]['file']}:\n{output}")
    print(f"{len(files)} files, {failed} failed; clang-tidy was for {len(read)}, {before} of them not read, for they "
          f"passed as they are: {why}; clang for {len(wanted)}")
    sys.exit(1 if failed or not entries else 0)


if __name__ == "__main__":
    main()
