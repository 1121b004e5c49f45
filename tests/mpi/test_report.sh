#!/usr/bin/env bash
# skel report: its numbers are those of the files, runs that differ are never taken together, bad input.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

write_sweep_job
run_job
expect 0 "written to runs/tiny/report" report runs/tiny
cp out first
expect 0 "95 % interval" report runs/tiny
cmp -s out first || complain "the second report, from the cache, differs from the first"
cp -r runs/tiny/report report
# names of which one begins another come in another order with their endings: all are found in the cache
mkdir names
cp runs/tiny/snip-s0.9-seed0-*.h5 names/a.h5
cp runs/tiny/snip-s0.9-seed1-*.h5 names/a-b.h5
expect 0 "written to" report names --format md
cache=$(stat -c %i names/.skel-report-cache)
expect 0 "written to" report names --format md
[ "$(stat -c %i names/.skel-report-cache)" = "$cache" ] || complain "files that have not changed are read again"
# what a report has written is no run, for any command that looks for runs
for command in status inspect compare; do
    expect 0 seed2 "$command" runs
    ! grep -q summary.h5 out err || complain "skel $command runs: takes a report for a run"
done
expect 0 "report/summary.h5: ok" verify runs

/usr/bin/python3 - runs/tiny <<'PY' || complain "numbers"
import csv, glob, sys
import h5py
import numpy as np
import xarray as xr

folder = sys.argv[1]
rows = {row["method"]: row for row in csv.DictReader(open(f"{folder}/report/accuracy.csv", newline=""))}
for engine in "netcdf4", "h5netcdf", None:
    arrays = xr.open_dataset(f"{folder}/report/summary.h5", group="fashion-mnist-lenet-5/groups", engine=engine)
    runs = xr.open_dataset(f"{folder}/report/summary.h5", group="fashion-mnist-lenet-5/runs", engine=engine)
    assert sorted(arrays.label.values) == ["random", "snip"], arrays.label
    assert len(runs.run) == 12 and set(runs.seed.values) == {0, 1, 2}
    assert "label" in arrays.test_accuracy.coords and "method" in runs.kept.coords
    for method in "random", "snip":
        for sparsity in 0.9, 0.99:
            files = [h5py.File(path) for path in glob.glob(f"{folder}/{method}-s{sparsity}-seed*.h5")]
            accuracy = [file["summary"].attrs["test_accuracy"] for file in files]
            assert len(accuracy) == 3
            title = f"{100 * sparsity:g} % removed"
            assert np.isclose(float(rows[method][title + ", mean"]), 100 * np.mean(accuracy), atol=1e-9)
            spread = float(rows[method][title + ", standard deviation"])
            assert np.isclose(spread, 100 * np.std(accuracy, ddof=1), atol=1e-9)
            line = list(arrays.label.values).index(method)
            cell = arrays.test_accuracy.sel(line=line, sparsity=sparsity)
            assert np.isclose(cell, np.mean(accuracy), atol=1e-12)
            kept = [file["summary"].attrs["kept"] for file in files]
            assert arrays.kept.sel(line=line, sparsity=sparsity) == np.mean(kept)
    first = h5py.File(runs.file.values[0])
    counts = first["provenance/test_class_counts"][()]
    assert counts.sum() == 200 and len(counts) == 10
    assert np.isclose(h5py.File(f"{folder}/report/summary.h5")["fashion-mnist-lenet-5"].attrs["chance"],
                      counts.max() / 200)
    seconds = first["metrics/train/seconds"][()]
    assert np.isclose(runs.train_images_per_second[0], 128 * len(seconds) / seconds.sum())
PY

# groups: a setting that follows from method and sparsity, as imp's iterations do, divides none
run_job "sweep.prune.method=[imp]" name=derived
expect 0 "written to" report runs/derived runs/tiny --format html --out derived
[ "$(grep -c '^imp  ' out)" = "$(grep -c '^snip  ' out)" ] || complain "imp is divided by its iterations"
! grep -q prune.iterations out || complain "iterations are shown that follow from the sparsity"
grep -q 'follow from them</dt><dd>[^<]*prune.iterations' derived/report.html ||
    complain "the page does not tell that the iterations follow from the sparsity"
run_job "sweep.prune.method=[imp]" "sweep.prune.iterations=[2,3]" name=chosen
expect 0 "imp, prune.iterations 2" report runs/derived runs/chosen runs/tiny --format md --out chosen

expect 64 "did you mean 'prune.method'" report runs/tiny --by prune.metod
expect 0 "written to" report runs/tiny --where prune.sparsity=0.90,prune.method=snip --format md --out other
grep -q '99 % removed' out && complain "--where prune.sparsity=0.90 keeps other runs"
expect 64 "meets the condition" report runs/tiny --where prune.method=forse --out other
run_job "sweep.prune.method=[none]" "sweep.prune.sparsity=[0.9]" "sweep.seed=[0]" name=dense
expect 0 "written to" report runs/dense runs/tiny --where prune.sparsity=0.9 --by prune.method --format md --out other
rm -r runs/dense
expect 64 "is no condition" report runs/tiny --where snip
run_job "sweep.train.learning-rate=[0.05,0.1]" "sweep.prune.method=[snip]" name=rates
mkdir again
cp runs/tiny/snip-*.h5 again
expect 0 "snip, train.learning-rate 0.1" report runs/tiny again runs/rates --format md --out other
expect 64 "differ in train.learning-rate" report runs/tiny runs/rates --by prune.method --out other
expect 0 "snip, train.learning-rate 0.1" report runs/tiny again runs/rates --format md --out other
grep -q '6 of the files hold a run that another file holds' err || complain "duplicates are not counted"
grep -q '(n [0-9]' out && complain "a duplicate counts twice, or a run is left out"

# another job need not have the seeds of this one: none is missing
run_job "sweep.prune.method=[snip]" "sweep.seed=[7]" train.learning-rate=0.07 name=other
expect 0 "snip, train.learning-rate 0.07" report runs/tiny runs/other --out two
! grep -q 'missing' out || complain "the seeds of one job are missing in another"
grep -q '^snip, train.learning-rate 0.07 .*(n 1)' out || complain "a single run beside means of three is not marked"
[ ! -e two/absent.csv ] || complain "absent.csv names runs that no job has"

# the folder
echo mine >runs/tiny/report/notes.txt
expect 0 "written to" report runs/tiny --format md
[ -f runs/tiny/report/notes.txt ] || complain "a file of the user is gone"
[ ! -e runs/tiny/report/accuracy.csv ] || complain "a table of an earlier report is still there"
mkdir taken
echo mine >taken/tables.md
expect 64 "no report has written it" report runs/tiny --out taken
[ "$(cat taken/tables.md)" = mine ] || complain "a file of the user is replaced"
[ "$(ls -A taken)" = tables.md ] || complain "files of a report that failed are left"
expect 64 "unknown format" report runs/tiny --format pdf

# runs that are missing, damaged or not trained; names that are syntax elsewhere
file=$(echo runs/tiny/snip-s0.99-seed1-*.h5)
cp "$file" saved.h5
rm "$file" "${file%.h5}.log.jsonl"
expect 0 "snip, 99 % removed: seed 1 missing." report runs/tiny --format txt,csv
grep -q '^snip,99,1,missing,,' runs/tiny/report/absent.csv || complain "absent.csv does not tell of the missing run"
head -c 3000 saved.h5 >"$file"
expect 65 "1 file is damaged or cannot be read, and was left out" report runs/tiny --format md
grep -qF "$file" err || complain "the damaged file is not named"
cp saved.h5 "$file"
expect 0 "written to" report runs/tiny --format md # the cache does not hide that the file has changed
grep -q 'seed 1' out && complain "a file that came back is still missing"
run_job train.epochs=0 name=untrained
expect 0 "collapsed layers" report runs/untrained --format md
grep -q "Test accuracy" out && complain "a table of accuracy without a test"
run_job model.name=lenet-300-100 model.width=6 name=dense
expect 0 "lenet-300-100 on fashion-mnist" report runs/dense runs/tiny --out 'a "<script>&_folder'
for ending in accuracy.csv layers.tsv; do
    [ -s 'a "<script>&_folder/fashion-mnist-lenet-5-'$ending ] || complain "no $ending of a section"
done
/usr/bin/python3 "$SOURCE/tests/reference/check_page.py" 'a "<script>&_folder/report.html' \
    "lenet-300-100 on fashion-mnist" "lenet-5 on fashion-mnist" >out || complain "a page of two networks"
/usr/bin/python3 - 'a "<script>&_folder' <<'PY' || complain "one section for each network"
import sys
import h5py

with h5py.File(f"{sys.argv[1]}/summary.h5") as file:
    assert [name for name in file if isinstance(file[name], h5py.Group) and "runs" in file[name]] == \
        ["fashion-mnist-lenet-300-100", "fashion-mnist-lenet-5"], list(file)
    assert len(file["fashion-mnist-lenet-5/runs/run"]) == 12
PY

# names that are syntax elsewhere, in labels of tables, figures and page
# shellcheck disable=SC2016 # it is a name
weights='it'"'"'s <b>_#1 & $x^2 {50%} ~\.h5'
cp runs/tiny/snip-s0.9-seed0-*.h5 "$weights"
run_job "sweep.prune.method=[snip]" "model.weights='${weights//\'/\'\'}'" name=weights
expect 0 "snip, model.weights it's" report runs/weights runs/tiny --out syntax
! grep -q '<b>_#1' syntax/report.html || complain "a name is HTML"
grep -q '&lt;b&gt;_#1' syntax/report.html || complain "the page lacks a name"
if command -v gnuplot >/dev/null; then
    /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse("syntax/accuracy.svg")' ||
        complain "a name breaks a figure"
fi
grep -qF "it's \\textless{}b\\textgreater{}\\_\\#1 \\& \\\$x\\textasciicircum{}2 \\{50\\%\\} \\textasciitilde{}\\textbackslash{}.h5" \
    syntax/tables.tex || complain "a name is LaTeX"
if command -v pdflatex >/dev/null; then
    printf '%s\n' '\documentclass{article}' '\usepackage{booktabs,graphicx,longtable}' '\begin{document}' \
        '\input{tables}' '\end{document}' >syntax/document.tex
    (cd syntax && timeout 100 pdflatex -interaction=nonstopmode -halt-on-error document.tex) >out 2>err </dev/null ||
        complain "pdflatex does not compile tables.tex"
    ! grep -q 'Overfull .hbox' out || complain "a table is wider than the page"
fi

# methods of which the sparsity is an outcome: at their own share of the weights, and named
run_job "sweep.prune.method=[str]" name=outcome
expect 0 ": the sparsity is an outcome of the training." report runs/outcome runs/tiny --out outcome
grep -q '^str removed [0-9.]* % instead of 90 %' out || complain "the note does not name both shares"
/usr/bin/python3 - runs/outcome/*.h5 <<'PY' || complain "str does not stand at the share that it kept"
import sys
import h5py

rows = [line.split("\t") for line in open("outcome/accuracy.tsv") if "# str-" in line]
assert len(rows) == len(sys.argv) - 1 == 6, rows
for path in sys.argv[1:]:
    summary = h5py.File(path)["summary"].attrs
    row = next(row for row in rows if row[2].strip()[2:] == path.split("/")[-1])
    assert abs(float(row[0]) - 100 * summary["kept"] / summary["prunable"]) < 1e-6, (path, row)
PY
grep -q 'Another share of the weights than asked for: str\.' outcome/report.html || complain "captions do not name str"

# a sweep that still runs: one seed is done, the next one is running
run_job "sweep.seed=[0]" name=going train.learning-rate=0.07
timeout 100 "$SKEL" run job.yaml -q --out runs name=going "sweep.seed=[1]" "sweep.prune.method=[random]" \
    train.learning-rate=0.07 train.epochs=100000 >going.out 2>&1 &
runner=$!
for ((i = 0; i < 600; i++)); do
    ! grep -qs '"event":"epoch"' runs/going/random-s0.9-seed1-*.log.jsonl || break
    sleep 0.1
done
expect 0 "random, 90 % removed: seed 1 running." report runs/going --out going
grep -q 'snip, 90 % removed: seed 1 missing.' out || complain "runs that wait are not named"
grep -q '^random,90,1,running,' going/absent.csv || complain "absent.csv does not tell of the running run"
grep -q '4 done, 1 running' going/report.html || complain "the page does not count the running run"
[ "$(grep -c '# .*-seed0-' going/accuracy.tsv)" = 4 ] || complain "runs that are done are not drawn"
kill "$runner"
wait "$runner" || true

# runs and a report in one folder: whichever comes first, the runs stay runs and the report's files are none
cp -r runs/tiny shared && rm -r shared/report
expect 0 "written to shared" report shared --out shared
expect 0 "12 done" status shared
expect 0 "written to shared" report shared --out shared
! grep -q summary.h5 out err || complain "a report in a folder with runs is taken for a run"
run_job name=report --out named
expect 0 "written to named/report" report named
run_job name=report "sweep.seed=[0,1,2,3]" --out named
expect 0 "16 done" status named
expect 0 "written to named/report" report named
expect 0 seed3 compare named
mkdir -p shared/.part-killed && cp "$SOURCE/tests/reference/schema1.h5" shared/.part-killed/summary.h5
expect 0 "12 done" status shared

# two reports at once: the second one waits for nobody, and loses nothing of the first
for at in first second; do
    {
        "$SKEL" report runs/tiny --format md --out both >$at.out 2>&1 && echo 0 >$at.status || echo $? >$at.status
    } &
done
wait
for at in first second; do
    case $(<$at.status) in
    0) ;;
    74) grep -q "another report is being written to both" $at.out || complain "$at report: $(<$at.out)" ;;
    *) complain "$at report: $(<$at.out)" ;;
    esac
done
grep -q '^0$' first.status second.status || complain "of two reports none was written"
[ "$(ls -A both)" = "$(printf '%s\n' .skel-report tables.md)" ] || complain "two reports leave $(ls -A both)"
exec 9>both/.skel-report.lock
flock 9
expect 74 "another report is being written to both" report runs/tiny --format md --out both 9>&-
exec 9>&-
expect 0 "written to both" report runs/tiny --format md --out both

mkdir empty
expect 65 "no runs found" report empty
[ -z "$(ls -A empty)" ] || complain "a report without runs leaves files"
expect 74 "nowhere" report nowhere
cp "$SOURCE/tests/reference/schema1.h5" one.h5
expect 0 "" report one.h5 --out older
[ ! -e .skel-report-cache ] || complain "a cache beside a file that was named"
expect 0 "too few runs for a test" report runs/tiny --where seed=0 --format md --out one
! grep -q 'paired' out || complain "a difference without a test has the name of one"
! grep -q '| first |' one/tables.md || complain "a table without rows has a head"
expect 0 "written to" report runs/tiny/*.h5 --format html --out files
grep -q '<h1>Report of runs/tiny/[^,]*h5 and 11 others</h1>' files/report.html || complain "the title of many files"
run_job "sweep.prune.method=[none,snip]" name=withdense
expect 0 " dense " report runs/withdense runs/tiny --format md --out dense
[ "$(awk '/^none / { print $2 != "-", $NF; exit }' out)" = "1 -" ] || complain "dense runs are not in a column of their own"

# runs that failed, and numbers that are not finite
log=$(echo runs/withdense/none-*-seed2-*.log.jsonl)
rm "${log%.log.jsonl}.h5"
sed -i 's/"result":"done"/"result":"failed"/' "$log"
expect 0 "none: seed 2 failed." report runs/withdense runs/tiny --out dense
grep -q '^none,0,2,failed,.*/none-' dense/absent.csv || complain "absent.csv does not tell of the failed run"
mkdir old
cp "$SOURCE/tests/reference/schema1.h5" old/a.h5
chmod u+w old/a.h5
/usr/bin/python3 -c 'import h5py; h5py.File("old/a.h5", "a")["summary"].attrs.modify("test_accuracy", float("nan"))'
expect 0 "not finite" report old
verdict
