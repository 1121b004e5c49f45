"""Runs clang-tidy on every file of compile_commands.json, in parallel.

tidy.py CLANG-TIDY CLANG BUILD SOURCE. A file that passes is noted in BUILD by a hash of its preprocessed
text, so that a second run checks only files that have changed. tidy_choice.py says which files clang's
analyzer reads, too.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

from tidy_choice import chosen


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


def check_file(tool, clang, build, config, entries, analyzed):
    """(exit status, output, whether it has passed before) of one file, with all of its entries."""
    entry = entries[0]
    command = [tool, "--quiet", "--warnings-as-errors=*", "-p", build,
               *([] if analyzed else ["--checks=-clang-analyzer-*"]), entry["file"]]
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
    failed = 0
    before = {False: 0, True: 0}  # passed before: without the analyzer, with it
    files = by_file(entries)
    analyzed, why = chosen(source, [same[0]["file"] for same in files])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for same, (status, output, passed) in zip(files, pool.map(
                lambda same: check_file(tool, clang, build, config, same, same[0]["file"] in analyzed), files)):
            before[same[0]["file"] in analyzed] += passed
            if status != 0:
                failed += 1
                print(f"{same[0]['file']}:\n{output}")
    print(f"{len(files)} files, {failed} failed, {sum(before.values())} not read, for they passed as they are; "
          f"the analyzer was for {len(analyzed)}, {before[True]} not read: {why}")
    sys.exit(1 if failed or not entries else 0)


if __name__ == "__main__":
    main()
