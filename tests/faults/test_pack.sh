#!/usr/bin/env bash
# skel data pack and folders as they come: damaged, foreign and strange images, odd names, missing and wrong lists of labels,
# options that exclude each other, a disk that takes no more. Each with its exit status and its words, and nothing is left.
set -u
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

# shellcheck source=tests/support/verdict.sh
. "$SOURCE/tests/support/verdict.sh"
# shellcheck source=tests/support/commands.sh
. "$SOURCE/tests/support/commands.sh"

# STATUS TEXT DIR WORDS...: packs DIR on one rank into new.h5, which must not be there after an error.
refuse() {
    local status=$1 text=$2
    shift 2
    expect "$status" "$text" data pack "$@" --out new.h5
    [ ! -e new.h5 ] || complain "pack $*: new.h5 is there"
    [ ! -e new.h5.part ] || complain "pack $*: new.h5.part is left behind"
    rm -rf new.h5.packing
}

/usr/bin/python3 - "$SOURCE" <<'END' || exit 1
import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
from PIL import Image

subprocess.run([sys.executable, sys.argv[1] + "/tests/support/make_images.py", "good", "folders", "40", "4"], check=True)
image = Image.open("good/train/class-00/00000.jpg").convert("RGB")


def copy(name):
    shutil.copytree("good", name)
    return pathlib.Path(name)


# Every kind of file that must be named, and every kind that is read.
damaged = copy("damaged") / "train" / "class-01"
jpeg = (damaged / "00001.jpg").read_bytes()
(damaged / "empty.jpg").write_bytes(b"")
(damaged / "short.jpg").write_bytes(jpeg[:len(jpeg) // 2])
(damaged / "text.jpg").write_text("no image\n")
(damaged / "page.jpeg").write_text("<html>")
(damaged / "lfs.png").write_text("version https://git-lfs.github.com/spec/v1\n")
image.save(damaged / "gif.gif")
image.save(damaged / "gif-inside.jpg", format="GIF")
image.save(damaged / "bitmap.bmp")
image.save(damaged / "web.webp")
image.save(damaged / "moving.png", save_all=True, append_images=[image.rotate(90)])
os.symlink("nowhere.jpg", damaged / "link.jpg")
os.mkfifo(damaged / "pipe.jpg")
png = damaged / "short.png"
image.save(png)
(damaged / "zero.png").write_bytes(png.read_bytes()[:16] + bytes(8) + png.read_bytes()[24:])
(damaged / "zero.jpg").write_bytes(re.sub(b"(\xff\xc0\0.\x08)....", b"\\1\0\0\0\0", jpeg, flags=re.S))
png.write_bytes(png.read_bytes()[:-30])

strange = copy("strange") / "train"
for name in "a\nb", "quote's \"x\"", "\u00e9t\u00e9 \u732b", "-dash", "back\\slash":
    (strange / name).mkdir()
    image.save(strange / name / (name + ".JPG"), format="JPEG")
    image.rotate(90).save(strange / name / "one.Png", format="PNG")
image.convert("CMYK").save(strange / "-dash" / "cmyk.jpg")
image.convert("L").save(strange / "-dash" / "grey.jpg")
image.quantize(7).save(strange / "-dash" / "palette.png")
image.convert("RGBA").save(strange / "-dash" / "alpha.png")
Image.fromarray(np.arange(0, 64000, 100, dtype=np.uint16).reshape(20, 32)).save(strange / "-dash" / "deep.png")
image.resize((1, 1)).save(strange / "-dash" / "dot.png")
exif = Image.Exif()
exif[0x0112] = 6
image.save(strange / "-dash" / "turned.jpg", exif=exif)
(strange / "-dash" / ".hidden.jpg").write_text("a resource fork")
(strange / "-dash" / "notes.txt").write_text("no image")

one = copy("one")
for c in 1, 2, 3:
    shutil.rmtree(one / "train" / f"class-{c:02d}")
copy("empty").joinpath("train/aaa").mkdir()
copy("more").joinpath("test/other").mkdir()
shutil.rmtree(copy("untested") / "test")
os.symlink("..", copy("loop") / "train/class-02/up")
os.mkdir(os.path.join(os.fsencode(copy("latin")), b"train/caf\xe9"))
shutil.copy("good/train/class-00/00000.jpg", b"latin/train/caf\xe9/a.jpg")
os.mkdir("nothing")
records = pathlib.Path("records")
records.mkdir()
(records / "train.bin").write_bytes(b"\0\1" + bytes(3072) + b"\0\x70" + bytes(3072))
(records / "test.bin").write_bytes(b"\0\1" + bytes(3072))
short = pathlib.Path("short")
short.mkdir()
(short / "train.bin").write_bytes(bytes(3074))
(short / "test.bin").write_bytes(bytes(3000))

listed = copy("listed")
shutil.rmtree(listed / "test")
(listed / "val").mkdir()
for i in range(3):
    shutil.copy("good/train/class-00/00000.jpg", listed / "val" / f"v{i}.JPEG")
lists = {
    "right": "v0.JPEG class-01\nv1.JPEG 3\nv2.JPEG class-00\n", "fewer": "v0\tclass-01\n",
    "unknown": "v0.JPEG class-01\nv1.JPEG n123\n", "large": "v0.JPEG 4\n", "numbers": "490\n361\n",
    "missing": "v7.JPEG 1\n", "twice": "v0.JPEG 1\nv0.JPEG 2\n", "nothing": "\n", "binary": "\0\0\0\n",
    "long": "v" * 9000 + " 1\n",
}
for name, text in lists.items():
    pathlib.Path("list-" + name).write_text(text)
END

# Damaged images are all named at once, and left out only when that is asked for.
refuse 65 '15 of 59 images cannot be packed' damaged --size 24
for words in 'empty.jpg: the file is empty' 'short.jpg: a damaged JPEG: ' 'text.jpg: it is neither JPEG nor PNG' \
    'page.jpeg: it is neither' 'lfs.png: it is a pointer of Git LFS' 'gif.gif: it is a GIF' 'gif-inside.jpg: it is a GIF' \
    'bitmap.bmp: it is a BMP' 'web.webp: it is a WebP' 'moving.png: an animated PNG of 2 pictures' \
    'short.png: a damaged PNG: ' 'link.jpg: there is no file: ' 'pipe.jpg: it is a pipe' \
    'zero.png: a PNG without a pixel' 'zero.jpg: a damaged JPEG: Empty JPEG image'; do
    grep -qF "damaged/train/class-01/$words" err || complain "no '$words'"
done
expect 0 'left out: 15 damaged images' data pack damaged --out skipped.h5 --size 24 --skip-damaged
expect 0 '' data pack good --out good.h5 --size 24
/usr/bin/python3 - <<'END' || complain "skipped.h5: not the images of good.h5, or not the names of the others"
import h5py
with h5py.File("skipped.h5") as a, h5py.File("good.h5") as b:
    for half in "train", "test":
        assert (a[half + "/images"][()] == b[half + "/images"][()]).all() and (a[half + "/labels"][()] == b[half + "/labels"][()]).all()
    names = [row.tobytes().rstrip(b"\0").decode() for row in a["skipped"][()]]
    assert len(names) == 15 and "damaged/train/class-01/empty.jpg" in names, names
    assert "skipped" not in b
END

# Odd names, and every kind of image that is read.
expect 0 '57 training and 4 test images, 3 x 16 x 16, 9 classes' data pack strange --out strange.h5 --size 16
grep -q 'images with an EXIF orientation, which is not obeyed, as in torchvision (--turn obeys it): 1' err || complain "EXIF's orientation is passed over in silence"
grep -q 'images with transparency, which is ignored: 1' err || complain "transparency is passed over in silence"
grep -q 'files that are no images, and are passed over: 1' err || complain "notes.txt"
expect 0 '' data pack strange --out turned.h5 --size 16 --turn
/usr/bin/python3 - <<'END' || complain "strange.h5: not PIL's images, or not the names"
import pathlib
import h5py
import numpy as np
from PIL import Image
with h5py.File("strange.h5") as file, h5py.File("turned.h5") as turned:
    names = [row.tobytes().rstrip(b"\0").decode() for row in file["names"][()]]
    assert names == sorted(path.name for path in pathlib.Path("strange/train").iterdir()), names
    dash = sorted(path for path in pathlib.Path("strange/train/-dash").iterdir() if path.suffix.lower() in (".jpg", ".png") and path.name[0] != ".")
    at = np.flatnonzero(file["train/labels"][()] == names.index("-dash"))
    assert len(at) == len(dash), dash
    for i, path in zip(at, dash):
        image = Image.open(path)
        if path.name == "deep.png":  # 16 bits of grey: PIL cuts them off, skel rounds
            image = Image.fromarray(np.round(np.asarray(image) / 257).astype(np.uint8))
        for values, picture in (file, image), (turned, image):
            if values is turned and path.name == "turned.jpg":
                picture = picture.transpose(Image.Transpose.ROTATE_270)
            picture = picture.convert("RGB")
            w, h = picture.size
            size = (16, int(16 * h / w)) if w <= h else (int(16 * w / h), 16)
            picture = picture.resize(size, Image.BILINEAR)
            left, top = round((size[0] - 16) / 2), round((size[1] - 16) / 2)
            expected = np.asarray(picture.crop((left, top, left + 16, top + 16))).transpose(2, 0, 1)
            assert (values["train/images"][i] == expected).all(), path
END

# Folders that are no data set.
refuse 74 'nowhere: there is no such folder' nowhere
refuse 65 'nothing has no folder train; expected train/CLASS' nothing
refuse 65 'one/train has 1 folder, class-00; a folder for each of at least two classes' one
refuse 65 'empty/train/aaa: this class has no image' empty
refuse 65 'more/test has a folder other, but train has none' more
refuse 65 'untested has no images to test on' untested
refuse 65 'is one a link to a folder above?' loop
refuse 65 'its name is not UTF-8; rename the folder' latin
refuse 65 'the images have several sizes: good/train/class-00/00000.jpg is 30 x 28 pixels' good
grep -qF -- '--size N makes all N x N, --keep-size packs them as they are' err || complain "what to do with several sizes"
refuse 65 'records/train.bin, record 1: its label is 112; there are 100 classes' records
refuse 65 'short/test.bin: 3000 bytes; records of 3074 bytes are expected' short

# Lists of labels.
refuse 65 'listed/val has no folder of a class' listed --size 8
expect 0 '3 test images' data pack listed --out listed.h5 --size 8 --validation list-right
/usr/bin/python3 -c 'import h5py; assert list(h5py.File("listed.h5")["test/labels"]) == [1, 3, 0]' || complain "the labels of the list"
expect 0 '1 test images' data pack listed --out fewer.h5 --size 8 --validation list-fewer
grep -q 'images of listed/val that list-fewer does not name, and that are left out: 2' err || complain "images that the list does not name"
refuse 65 'list-unknown:2: there is no class n123' listed --validation list-unknown
refuse 65 'list-large:1: class 4; numbers from 0 to 3 are expected' listed --validation list-large
refuse 65 'list-numbers:1: the name of an image and its class are expected' listed --validation list-numbers
refuse 65 'list-missing:1: listed/val has no image v7.JPEG' listed --validation list-missing
refuse 65 'list-twice:2: the image v0.JPEG has a label in an earlier line' listed --validation list-twice
refuse 65 'list-nothing names no image' listed --validation list-nothing
refuse 65 'list-binary' listed --validation list-binary
refuse 65 'list-long:1: a line of more than' listed --validation list-long
refuse 74 'no-list' listed --validation no-list
refuse 64 'omit --validation and --test-share' records --validation list-right

# A folder of classes, without images to test on: a share of each class.
expect 0 '28 training and 12 test images' data pack untested --out share.h5 --size 8 --test-share 0.33
expect 0 '28 training and 12 test images' data pack untested/train --out share2.h5 --size 8 --test-share 0.33
/usr/bin/python3 - <<'END' || complain "share.h5: not every third image of each class"
import h5py
with h5py.File("share.h5") as a, h5py.File("share2.h5") as b:
    assert (a["train/images"][()] == b["train/images"][()]).all() and (a["test/images"][()] == b["test/images"][()]).all()
    for c in range(4):
        assert (a["train/labels"][()] == c).sum() == 7 and (a["test/labels"][()] == c).sum() == 3
END

# The folder of the blocks is no class, though it lies among the classes.
status=0
(cd untested/train && SKEL_STOP_AFTER=1 "$SKEL" data pack . --out mine.h5 --size 8 --test-share 0.33 >../../out 2>../../err) || status=$?
[ "$status" = 75 ] || complain "a packing among the classes that is stopped ends with $status"
[ -d untested/train/mine.h5.packing ] || complain "no folder of blocks among the classes"
(cd untested/train && "$SKEL" data pack . --out mine.h5 --size 8 --test-share 0.33 >../../out 2>../../err) || complain "the same command again"
cmp untested/train/mine.h5 share2.h5 || complain "another file among the classes"
refuse 64 'good has images to test on, in test: omit --test-share' good --size 8 --test-share 0.1
refuse 64 'exclude each other' listed --size 8 --validation list-right --test-share 0.1
expect 64 '--test-share' data pack good --out a.h5 --test-share 1.5

# The command line.
expect 64 'a folder and --out FILE are expected' data pack good
expect 64 'a folder and --out FILE are expected' data pack --out a.h5
expect 64 '--size 0: expected N' data pack good --out a.h5 --size 0
expect 64 '--size 12x: expected N' data pack good --out a.h5 --size 12x
expect 64 '--channels' data pack good --out a.h5 --channels 4
expect 64 '--keep-size and --size exclude each other' data pack good --out a.h5 --size 9 --keep-size
expect 64 'omit --keep-size' data pack good --out a.h5 --keep-bytes --keep-size
expect 64 'takes one number for --size' data pack good --out a.h5 --keep-bytes --size 8x9
expect 64 '--turn changes the images' data pack good --out a.h5 --keep-bytes --turn
while read -r option words; do
    # shellcheck disable=SC2086 # words of a command line
    expect 64 "skel data: error: $option is for" data $words
done <<'END'
--verify pack good --out a.h5 --verify
--store pack good --out a.h5 --store
--dir pack good --out a.h5 --dir good
--augment pack good --out a.h5 --augment none
--images pack good --out a.h5 --images 3
--side pack good --out a.h5 --side 3
--size mnist --size 8
--augment mnist --augment none
--images mnist --images 3
--store mnist --store
--out mnist --out a.h5
--dir good.h5 --dir good
--verify good.h5 --verify
--side good.h5 --side 3
--verify show good.h5 --out a.png --verify
--store show good.h5 --out a.png --store
--dir show good.h5 --out a.png --dir good
--turn show good.h5 --out a.png --turn
--side show mnist --out a.png --side 8
--dir --dir good
--verify --verify
END
# shellcheck disable=SC2016 # the words of the message
expect 64 'good is a folder; `skel data pack good --out FILE.h5` makes' data good
expect 64 './good/ is a folder; ' data ./good/
expect 74 'nowhere: MNIST is not there' data show mnist --dir nowhere --out a.png
expect 0 'a.png: 2 images of good.h5' data show good.h5 --out a.png --images 2
expect 64 'the images of records are no JPEG files' data pack records --out a.h5 --keep-bytes
expect 74 'good.h5 is there already' data pack good --out good.h5 --size 24
expect 0 '' data pack good --out new/folder/a.h5 --size 8
: >file
expect 74 'file' data pack good --out file/a.h5 --size 8
[ ! -e a.h5 ] || complain "a.h5 is there"

# A full disk: nothing half-written is left, and the blocks that are done serve the next attempt.
mkdir disk
for size in 64k 500k; do # too small for a block; for the blocks and the file
    if mount -t tmpfs -o size=$size none disk 2>/dev/null; then
        expect 74 'No space left on device' data pack good --out disk/a.h5 --size 64
        [ -z "$(find disk -name '*.h5' -o -name '*.part')" ] || complain "a full disk of $size: a part is left"
        mount -o remount,size=9m disk
        expect 0 '' data pack good --out disk/a.h5 --size 64
        [ "$(ls disk)" = a.h5 ] || complain "left behind: $(ls disk)"
        umount disk
    fi
done
verdict
