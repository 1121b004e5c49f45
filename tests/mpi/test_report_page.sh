#!/usr/bin/env bash
# Figures and page of skel report: the numbers that are drawn, gnuplot's formats, and the page in a browser.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
logs=(out.txt err.txt)
python=/usr/bin/python3
home="it's <script>alert(1) & \"so\"" # a folder's name that must stay a text
figures=(accuracy accuracy-effective accuracy-macs accuracy-time training layers overlap iterations masks
    spectra accuracy-spectra)

cat >job.yaml <<'YAML'
name: page
data: {set: fashion-mnist, train-samples: 100, test-samples: 100}
model: {name: lenet-5, width: 4}
prune: {iterations: 3, batches: 1, batch-size: 50}
train: {epochs: 2, batch-size: 50, learning-rate: 0.05}
compute: {microbatch: 50}
sweep: {prune.method: [none, force, snip, random], prune.sparsity: [0.5, 0.9], seed: [0, 1]}
YAML
"$MPIEXEC" -n 1 "$SKEL" run job.yaml -q --out "$home" >/dev/null

# spectra as skel spectrum writes them, but drawn at random: some kernels are singular, and four runs differ in a setting
"$python" - "$home"/*/*.h5 <<'PYTHON'
import sys
import h5py
import numpy as np
generator = np.random.default_rng(0)
usual = {"weights": "initial", "outputs": "logits", "samples": 6}
others = {"force-s0.5-seed0": dict(usual, weights="trained"), "force-s0.9-seed0": dict(usual, outputs="sum"),
          "random-s0.9-seed1": dict(usual, samples=12), "snip-s0.5-seed0": {}}
for number, path in enumerate(sys.argv[1:]):
    values = np.sort(np.exp(3 * generator.normal(size=60)))[::-1]
    values[60 - number % 4:] = 1e-20
    with h5py.File(path + ".spectra", "w") as file:
        run = path.split("/")[-1].rsplit("-", 1)[0]
        file.create_group("provenance").attrs.update(others.get(run, usual))
        kernel = file.create_group("ntk/run")
        kernel["values"] = values
        kernel.attrs["condition"] = np.inf if number % 4 else values[0] / values[-1]
        kernel.attrs["effective_rank"] = 1 + 59 * generator.random()
PYTHON

report() {
    "$SKEL" report "$home" --out "$@" >out.txt 2>err.txt || fail "skel report exits with $?"
}

# without gnuplot: tables, page, data and scripts
PATH=$work/empty report bare
for name in "${figures[@]}"; do
    for ending in tsv gp; do
        [ -s "bare/$name.$ending" ] || complain "there is no $name.$ending without gnuplot"
    done
    [ ! -e "bare/$name.svg" ] || complain "$name is drawn without gnuplot"
done
grep -q "figures are not drawn: there is no program gnuplot" err.txt || complain "nothing tells that gnuplot is missing"
"$python" "$SOURCE/tests/reference/check_page.py" bare/report.html "gnuplot accuracy.gp" >out.txt ||
    complain "the page without gnuplot"

# the numbers in the data files are those of the run files
"$python" "$SOURCE/tests/reference/figure_data.py" bare "$home"/*/*.h5 >out.txt ||
    complain "data of figures"

# notes name bands, and runs that have no place; panels that are to be compared have the same axes
for name in training layers iterations; do
    grep -q 'means; 2 seeds; bands: 1 s\.d\.' "bare/$name.gp" || complain "the note of $name does not name the bands"
done
grep -q 'not drawn: [0-9]* runs with a' bare/accuracy-spectra.gp || complain "singular kernels are not counted"
for axis in x y; do
    [ "$(grep "^set ${axis}range" bare/accuracy-time.gp | uniq -c | awk '{ print $1 }')" = 2 ] ||
        complain "the panels of accuracy-time have different ranges of $axis"
done

# both captions name the settings; a tie takes those of the first run
captions() {
    [ "$(grep -o "$1" bare/report.html | sort | uniq -c | awk '{ print $1 }')" = 2 ] || complain "captions lack '$1'"
}
captions 'runs with spectra (initial weights, outputs logits, samples 6); 4 runs with other spectra are left out\.'
PATH=$work/empty report bare --where prune.method=force,prune.sparsity=0.5
captions 'runs with spectra (trained weights, outputs logits, samples 6); 1 run with other spectra is left out\.'
PATH=$work/empty report bare --where prune.method=snip,prune.sparsity=0.5
captions 'runs with spectra (unknown weights, outputs unknown, samples unknown); 1 run with'

if ! command -v gnuplot >/dev/null; then
    echo "not tested: there is no gnuplot"
    verdict
    exit
fi
report full
[ ! -s err.txt ] || complain "warnings"
for name in "${figures[@]}"; do
    "$python" -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "full/$name.svg" ||
        complain "$name.svg is no XML"
    head -c 5 "full/$name.pdf" | grep -q '%PDF-' || complain "$name.pdf"
    # 84 mm at 300 dots per inch
    [ "$(od -An -j16 -N4 -tu1 "full/$name.png" | awk '{ print $3 * 256 + $4 }')" -eq 992 ] ||
        complain "$name.png is not 84 mm wide"
    # 84 mm are 317 pixels of 1/96 inch, 8 points are 10.67
    grep -q 'width="317"' "full/$name.svg" || complain "$name.svg is not 84 mm wide"
    ! grep -o 'font-size="[^"]*"' "full/$name.svg" | grep -v '"10.67"' || complain "text of $name.svg"
done
"$python" "$SOURCE/tests/reference/check_page.py" full/report.html "$home" "lenet-5 on fashion-mnist" \
    "No warnings." >out.txt || complain "the page"
! grep -q 'no journal' full/report.html || complain "a journal is not found"

# what the runs have warned of: by their journals, also from the cache; without these, by the files
file=$(echo "$home"/*/force-s0.9-seed1-*.h5)
cp -r "$home" warned
file=warned/page/${file##*/}
rm -f warned/.skel-report-cache
echo '{"event":"warning","message":"the mask never <moves>"}' >>"${file%.h5}.log.jsonl"
for again in 1 2; do
    "$SKEL" report warned --format html --out "warned$again" >out.txt 2>err.txt || complain "a run that warned"
    grep -q "${file##*/}: the mask never &lt;moves&gt;</li>" "warned$again/report.html" ||
        complain "the page lacks a warning of a run"
    grep -q '<summary>Of 14 runs that are done, 1 warned</summary>' "warned$again/report.html" ||
        complain "the page does not count the runs that warned"
done
"$MPIEXEC" -n 1 "$SKEL" run job.yaml -q --out collapsed sweep=none prune.method=random prune.sparsity=0.9999 \
    >/dev/null 2>&1
"$SKEL" report collapsed --format html --out collapsed1 >out.txt 2>err.txt || complain "a run that collapsed"
grep -q 'layer collapse: .* nothing can be learned</li>' collapsed1/report.html || complain "the page lacks a collapse"
rm collapsed/*/*.jsonl collapsed/.skel-report-cache
"$SKEL" report collapsed --format html --out collapsed2 >out.txt 2>err.txt || complain "a run without a journal"
grep -q 'layer collapse: .* nothing connects the two</li>' collapsed2/report.html || complain "the file tells of a collapse"
rm warned/page/*.jsonl warned/.skel-report-cache
"$SKEL" report warned --format html --out warned3 >out.txt 2>err.txt || complain "runs without journals"
grep -q '>14 runs have no journal, which would keep warnings\.<' warned3/report.html ||
    complain "the page does not tell that no warning can be known"

# a user changes the data, and draws again by one command
sed -i 's/^# Draw again/&/; s/weights kept (%)/kept share (%)/' full/accuracy.gp
(cd full && rm accuracy.svg accuracy.pdf accuracy.png && gnuplot accuracy.gp) || complain "gnuplot accuracy.gp"
grep -q 'kept share (%)' full/accuracy.svg || complain "the changed script draws the old figure"
for ending in pdf png; do
    [ -s "full/accuracy.$ending" ] || complain "accuracy.$ending is not drawn again"
done

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
    echo "not tested: there is no chromium"
    verdict
    exit
fi

# PAGE WIDTH: what a script that is added to the page finds there, as text
probe() {
    "$python" - "$1" >probe.html <<'PYTHON'
import sys
script = """<script>
var refused = 0;
addEventListener('securitypolicyviolation', function () { refused++; });
addEventListener('load', function () {
    var table = document.querySelector('table'), buttons = table.querySelectorAll('th button'), found = [];
    function column(k) { return Array.from(table.tBodies[0].rows).map(function (row) {
        return parseFloat(row.cells[k].getAttribute('data-v')); }).filter(function (x) { return !isNaN(x); }); }
    function rises(list, sign) { return list.length > 1 && list.every(function (x, i) {
        return i === 0 || sign * (x - list[i - 1]) >= 0; }); }
    var k = 1; // the first column with numbers to sort
    while (k + 1 < buttons.length && column(k).length < 2) { k++; }
    buttons[k].focus();
    found.push('focus ' + (document.activeElement === buttons[k]));
    buttons[k].click();
    found.push('up ' + rises(column(k), 1) + ' ' + buttons[k].parentNode.getAttribute('aria-sort'));
    buttons[k].click();
    found.push('down ' + rises(column(k), -1) + ' ' + buttons[k].parentNode.getAttribute('aria-sort'));
    var wide = Array.from(document.querySelectorAll('.wide'));
    function marked() { return wide.every(function (d) {
        return d.classList.contains('more') === (d.scrollLeft + d.clientWidth + 2 < d.scrollWidth); }); }
    found.push('marked ' + marked() + (innerWidth > 600 || wide.some(function (d) { return d.classList.contains('more'); })));
    // a browser without a window may draw no frame in time, and tells of a scroll with a frame
    wide.forEach(function (d) { d.scrollLeft = d.scrollWidth; d.dispatchEvent(new Event('scroll')); });
    found.push('fits ' + (document.documentElement.scrollWidth <= innerWidth));
    setTimeout(function () {
        found.push('scrolled ' + marked());
        found.push('requests ' + performance.getEntriesByType('resource').length + ' refused ' + refused);
        document.title = 'found: ' + found.join(', ');
    }, 200);
});
</script>"""
page = open(sys.argv[1], encoding="utf-8").read()
sys.stdout.write(page.replace("</body>", script + "</body>"))
PYTHON
    timeout 100 "$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$work/browser" --no-first-run \
        --disable-background-networking --virtual-time-budget=2000 --window-size="$2,900" --dump-dom \
        "file://$work/probe.html" 2>err.txt | grep -o '<title>found: [^<]*' | sed 's/.*found: //' | head -n 1
}

expected='focus true, up true ascending, down true descending, marked truetrue, fits true, scrolled true, requests 0 refused 0'
for width in 1280 500; do # chromium has no narrower window
    found=$(probe full/report.html "$width")
    [ "$found" = "$expected" ] || complain "the page at $width pixels: $found"
done
# the same test notices a page that asks for an image
sed 's,<main id="main">,&<img src="http://127.0.0.1:9/x.png">,' full/report.html >loud.html
found=$(probe loud.html 1280)
[[ $found == *"requests 1"* ]] || complain "a request is not noticed: $found"
verdict
