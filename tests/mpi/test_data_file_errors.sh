#!/usr/bin/env bash
# A data file with a fault is refused before anything is computed: by `skel data`, by `skel run` on
# two ranks with images in memory and in the file. The message names the value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >job.yaml <<'YAML'
data: {set: ~, pad-to: 32}
model: {name: resnet20, width: 2}
prune: {method: snip, sparsity: 0.5, batch-size: 8}
compute: {microbatch: 8}
YAML

cat >write.py <<'END'
"""Writes good.h5, floats.h5 and one file for each fault."""
import io

import h5py
import numpy
from PIL import Image


def write(name, change=None, kind="uint8", **attributes):
    """Writes a file of 32 training and 16 test images, changed by a function."""
    rng = numpy.random.default_rng(0)
    with h5py.File(name + ".h5", "w") as f:
        for part, count in (("train", 32), ("test", 16)):
            f[f"/{part}/images"] = rng.integers(0, 255, (count, 3, 16, 16)).astype(kind)
            f[f"/{part}/labels"] = numpy.arange(count) % 4
        f.attrs["classes"] = 4
        for key, value in attributes.items():
            f.attrs[key] = value
        if change:
            change(f)


def replace(path, values, **how):
    """A change that writes other values."""
    def change(f):
        del f[path]
        f.create_dataset(path, data=values, **how)
    return change


def put(path, at, value):
    """A change of one element."""
    def change(f):
        f[path][at] = value
    return change


def pack(f, part, form, count=16):
    """Puts packed images in the place of a part's: equal JPEG files of 12x20 pixels, or pixels."""
    stream = io.BytesIO()
    Image.fromarray(numpy.zeros((12, 20, 3), "uint8")).save(stream, format="JPEG")
    one = stream.getvalue() if form == "jpeg" else bytes(3 * 12 * 20)
    del f[part]
    f[part + "/bytes"] = numpy.frombuffer(one * count, "uint8")
    f[part + "/bytes"].attrs["format"] = form
    f[part + "/offsets"] = numpy.arange(count + 1) * len(one)
    f[part + "/heights"], f[part + "/widths"] = numpy.full(count, 12), numpy.full(count, 20)
    f[part + "/labels"] = numpy.arange(count) % 4


def write_packed(name, train, test, change=None, **attributes):
    """Writes a file of packed images."""
    def both(f):
        pack(f, "train", train)
        pack(f, "test", test)
        if change:
            change(f)
    write(name, both, mean=[0.5] * 3, deviation=[0.5] * 3, **attributes)


zeros = numpy.zeros
write("good")
write("floats", kind="float32")
write("label", put("/train/labels", 5, 4))
write("negative", put("/test/labels", 3, -1))
write("nan", put("/train/images", (7, 1, 2, 3), numpy.nan), kind="float32")
write("infinite", put("/test/images", (1, 2, 0, 5), numpy.inf), kind="float32")
write("one-class", replace("/train/labels", zeros(32, int)))
write("no-classes", lambda f: f.attrs.__delitem__("classes"))
write("classes", classes=1)
write("many-classes", classes=65537)
write("half-classes", classes=3.5)
write("no-test", lambda f: f.__delitem__("test"))
write("no-labels", lambda f: f.__delitem__("/train/labels"))
write("short-labels", replace("/train/labels", zeros(31, int)))
write("float-labels", replace("/train/labels", zeros(32)))
write("dims", replace("/train/images", zeros((32, 16, 16), "uint8")))
write("type", replace("/train/images", zeros((32, 3, 16, 16), "int32")))
write("zero", replace("/train/images", zeros((0, 3, 16, 16), "uint8")))
write("other-size", replace("/test/images", zeros((16, 3, 16, 8), "uint8")))
write("other-kind", replace("/test/images", zeros((16, 3, 16, 16), "float32")))
write("mean", mean=[0.5, 0.5], deviation=[1.0, 1.0])
write("only-mean", mean=[0.5, 0.5, 0.5])
write("deviation", mean=[0.5] * 3, deviation=[1.0, 0.0, 1.0])
write("tiny-deviation", mean=[0.5] * 3, deviation=[1.0, 1e-50, 1.0])
write("huge-mean", mean=[1e300] * 3, deviation=[1.0] * 3)
write("huge-deviation", mean=[0.5] * 3, deviation=[1e300] * 3)
write_packed("jpeg", "jpeg", "jpeg")
write_packed("pixels", "pixels", "pixels")
write_packed("two-formats", "pixels", "jpeg", channels=5)
write_packed("two-channels", "jpeg", "jpeg", channels=2)
write_packed("short-pixels", "pixels", "pixels", put("/train/widths", 3, 19))
write_packed("long-pixels", "pixels", "pixels", put("/test/heights", 2, 13))
write_packed("wide-pixels", "pixels", "pixels",
             replace("/train/heights", numpy.full(16, 2**31 - 1)))
write_packed("jpeg-size", "jpeg", "jpeg", put("/train/heights", 3, 11))
write("booleans", replace("/train/images", zeros((32, 3, 16, 16), bool)))
write("big-endian", replace("/train/images", zeros((32, 3, 16, 16), ">f4")))
write("two-classes", classes=[4, 4])
write("channels-last", lambda f: [replace(f"/{part}/images", zeros((n, 8, 8, 3), "uint8"))(f)
                                  for part, n in (("train", 32), ("test", 16))])
write("only-labels", lambda f: f.create_dataset("/validation/labels", data=[1, 2]))
write("twice", lambda f: f.create_dataset("/train/bytes", data=zeros(9, "uint8")))
write("filter", replace("/train/images", zeros((32, 3, 16, 16), "uint8"), compression="lzf"))
write("flat", replace("/train/images", numpy.full((32, 3, 16, 16), 1e-30, "float32")), kind="float32")
write("names", lambda f: f.create_dataset("names", data=["a", "b", "c"]))
write("numbered", lambda f: f.create_dataset("names", data=[1, 2, 3, 4]))
write("named", lambda f: f.create_dataset("names", data=["a", "b", "caf\u00e9", "d"]))
write("external", replace("/train/images", None, shape=(32, 3, 16, 16), dtype="uint8",
                          external=[("other.bin", 0, 24576)]))
write("chunks", replace("/train/images", zeros((32, 3, 16, 16), "uint8"), chunks=(1, 3, 16, 16),
                        compression=1))
write("never", replace("/train/images", None, shape=(32, 3, 16, 16), dtype="uint8"))

# HDF5 1.10 never comes to the end of texts of which one has no bytes.
texts = bytearray(open("named.h5", "rb").read())
at = texts.index(b"GCOL")
texts[at + 16:at + 18] = bytes(2)
texts[at + 24:at + 32] = bytes(8)
open("texts.h5", "wb").write(texts)
END
/usr/bin/python3 write.py
head -c 20000 good.h5 >cut.h5
head -c 3000 /dev/urandom >noise.h5
: >empty.h5

refused() { # STATUS NAME WORDS
    local code=0
    "$SKEL" data "$2.h5" >log 2>&1 || code=$?
    if [ "$code" != "$1" ] || ! grep -qF "$3" log; then
        echo "skel data $2.h5: $code"; cat log; exit 1
    fi
}

refused_by_run() { # NAME WORDS KEY=VALUE...
    local code=0
    "$MPIEXEC" -n 2 --oversubscribe "$SKEL" run job.yaml data.file="$1.h5" --out out -q "${@:3}" \
        >log 2>&1 || code=$?
    if [ "$code" = 0 ] || ! grep -qF "$2" log; then
        echo "skel run on $1.h5 ${*:3}: $code"; cat log; exit 1
    fi
    [ -z "$(find out -name '*.h5' 2>/dev/null)" ] || { find out; exit 1; }
}

refused 65 label "element 5 of /train/labels is 4, expected 0 to 3"
refused 65 negative "element 3 of /test/labels is -1, expected 0 to 3"
refused 65 nan "image 7 of /train/images is nan in channel 1 at row 2, column 3"
refused 65 infinite "image 1 of /test/images is inf in channel 2 at row 0, column 5"
refused 65 one-class "nothing to learn from one class"
refused 65 no-classes 'f.attrs["classes"] = 10'
refused 65 classes "the attribute classes is 1, expected a whole number from 2 to 65536"
refused 65 many-classes "the attribute classes is 65537, expected"
refused 65 half-classes "the attribute classes is 3.5, expected"
refused 65 no-test "there is no /test/images"
refused 65 no-labels "there is no /train/labels"
refused 65 short-labels "/train/labels is int64 [31], expected whole numbers (an integer type) [32]"
refused 65 float-labels "/train/labels is float64 [32], expected whole numbers"
refused 65 dims "/train/images is uint8 [32][16][16], expected uint8 or float32 [images][channels]"
refused 65 type "/train/images is int32 [32][3][16][16], expected uint8 or float32"
refused 65 zero "/train/images is uint8 [0][3][16][16], expected"
refused 65 other-size "/test/images is uint8 [16][3][16][8], expected [16][3][16][16] like the training"
refused 65 other-kind "expected all images of one type"
refused 65 mean "the attribute mean has 2 values, expected one for each of the 3 channels"
refused 65 only-mean "there is an attribute mean and none deviation"
refused 65 deviation "deviation of channel 1 is 0, expected a number above 0"
refused 65 tiny-deviation "deviation of channel 1 is 1e-50, expected a number above 0"
refused 65 huge-mean "mean of channel 0 is 1e+300, expected a number within the range of float32"
refused 65 huge-deviation "deviation of channel 0 is 1e+300, expected a number above 0"
refused 65 two-formats "/train/bytes and /test/bytes: expected all images of one type"
refused 65 two-channels "JPEG images of 2 channels, expected 1 or 3"
refused 65 short-pixels "image 3 of /train/bytes has 720 bytes, expected 3 x 12 x 19 (channels, height, width)"
refused 65 long-pixels "image 2 of /test/bytes has 720 bytes, expected 3 x 13 x 20 ("
refused 65 wide-pixels "image 0 of /train/bytes has 720 bytes, expected 3 x 2147483647 x 20 ("
refused 65 jpeg-size "image 3 of /train/bytes: 12x20 pixels, expected 11x20"
refused 65 booleans "/train/images is an enumeration [32][3][16][16], expected uint8 or float32"
refused 65 big-endian "/train/images is float32 (big-endian) [32][3][16][16], expected uint8"
refused 65 two-classes "the attribute classes has 2 values, expected one number"
refused 65 only-labels "there is /validation/labels, but no /validation/images"
refused 65 twice "there are /train/images and /train/bytes; leave one of them out"
refused 65 filter "/train/images: it needs the filter 32000 (lzf), which HDF5 does not have here"
refused 65 texts "a text is not where it should be"
refused 65 names "/names has 3 texts, expected one for each of the 4 classes"
refused 65 numbered "/names are no texts, expected one for each of the 4 classes"
refused 65 external "in another file"
refused 65 never "it was created and never written"
refused 65 cut "cut.h5 is damaged or truncated"
refused 65 noise "is not an HDF5 file"
refused 65 empty "is empty"
refused 74 missing "No such file"

refused_by_run label "element 5 of /train/labels is 4"
refused_by_run nan "image 7 of /train/images is nan" data.cache=memory
refused_by_run nan "image 7 of /train/images is nan" data.cache=file
refused_by_run infinite "channel 2 is inf at row 0, column 5" data.cache=file train.epochs=1
refused_by_run chunks "write them without chunks= and compression=" data.cache=file
refused_by_run short-pixels "image 3 of /train/bytes has 720 bytes" data.side=32
refused_by_run jpeg-size "image 3: a JPEG of 12x20 pixels, expected 11x20" data.side=32 prune.batch-size=16 data.cache=file
refused_by_run good "two data sets; leave one of them out" data.set=mnist
refused_by_run good "data.side: the images of good.h5 all have 16x16 pixels" data.side=32
refused_by_run good "data.dir and data.unverified make no sense" data.dir=/tmp

# What is no fault: compressed images in memory, floats.
for name in good floats chunks; do
    "$SKEL" data "$name.h5" >log
    "$SKEL" run job.yaml data.file="$name.h5" name="$name" --out ok -q >log 2>&1 || { cat log; exit 1; }
done
"$SKEL" data jpeg.h5 >log
"$SKEL" data pixels.h5 >log
[ "$(find ok -name '*.h5' | wc -l)" -eq 3 ]
"$SKEL" data named.h5 >log
"$SKEL" inspect named.h5 | grep "4: a, b, café, d"
"$SKEL" data channels-last.h5 2>&1 | grep "if they are \[images\]\[height\]\[width\]\[channels\], write images.transpose(0, 3, 1, 2)"
"$SKEL" data flat.h5 | grep "^  deviation  *1 1 1$" # of equal pixels: nothing to divide by

# A file that another program has open and writes, whether or not what is written so far looks whole.
cp good.h5 busy.h5
mkfifo hold
exec 9<>hold
/usr/bin/python3 -c '
import h5py
with h5py.File("busy.h5", "r+"):
    print("open", flush=True)
    input()
' <hold >held 9>&- &
for _ in {1..300}; do [ ! -s held ] || break; sleep 0.1; done
refused 65 busy "another program has the file open and writes it"
refused_by_run busy "another program has the file open and writes it"
echo >&9
wait $!
"$SKEL" data busy.h5 >log

# --store writes what is computed, and only when it is asked for.
sum=$(sha256sum <good.h5)
"$SKEL" data good.h5 | grep "computed from the training images"
[ "$sum" = "$(sha256sum <good.h5)" ]
"$SKEL" data good.h5 --store >log
"$SKEL" data good.h5 | grep "the file's"
/usr/bin/python3 - <<'END'
import h5py
import numpy

with h5py.File("good.h5") as f:
    images = f["/train/images"][()] / 255
    assert numpy.allclose(f.attrs["mean"], images.mean(axis=(0, 2, 3)), rtol=1e-6)
    assert numpy.allclose(f.attrs["deviation"], images.std(axis=(0, 2, 3)), rtol=1e-6)
END
