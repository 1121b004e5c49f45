#!/usr/bin/env python3
"""Writes the seeds of the fuzzing targets: corpus.py FOLDER SOURCE

FOLDER gets a folder for each target.
"""
import gzip
import pathlib
import struct
import sys
import zlib

import h5py
import numpy as np

import hdf5_seeds


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def jobs(folder, source):
    for path in sorted((source / "jobs").glob("*.yaml")):
        write(folder, path.name, path.read_bytes())
    write(folder, "sweep", b"name: a\nsweep: {prune.sparsity: [0.9, 0.99], seed: [0, 1], prune.method: [force, set]}\n")
    write(folder, "anchors", b"a: &a [1, 2]\ndata: {set: mnist}\ntrain: {milestones: *a}\n")


def idx(folder):
    pixels = bytes(range(6 * 16))
    images = struct.pack(">IIII", 2051, 6, 4, 4) + pixels
    labels = struct.pack(">II", 2049, 6) + bytes(range(6))
    write(folder, "images", b"\0" + images)
    write(folder, "labels", b"\1" + labels)
    write(folder, "images.gz", b"\2" + gzip.compress(images, mtime=0))
    write(folder, "labels.gz", b"\3" + gzip.compress(labels, mtime=0))


def records(folder):
    content = b"".join(bytes([label]) + bytes(range(48)) for label in range(6))
    write(folder, "records", b"\0" + content)
    write(folder, "records.gz", b"\2" + gzip.compress(content, mtime=0))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, colour, depth, channels):
    row = b"\0" + bytes(range(width * channels * depth // 8))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
            + (chunk(b"PLTE", bytes(range(48))) if colour == 3 else b"")
            + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b""))


def sheets(folder):
    labels = b"[3, 1, 4, 1]"
    for name, image in {"rgb": png(4, 3, 2, 8, 3), "rgba": png(4, 3, 6, 8, 4), "grey": png(4, 3, 0, 8, 1),
                        "deep": png(4, 3, 2, 16, 3), "palette": png(4, 3, 3, 8, 1)}.items():
        write(folder, name, struct.pack(">H", len(labels)) + labels + image)


def journals(folder):
    start = (b'{"time":"2026-01-01T00:00:00.000Z","event":"start","start_at":0,"schema_name":"skel-journal",'
             b'"schema_version":1,"file":"a.h5","job":"a","index":0,"runs":1}\n')
    epoch = b'{"time":"2026-01-01T00:00:01.000Z","event":"epoch","start_at":0,"iteration":1,"iterations":1,"epoch":1}\n'
    end = b'{"time":"2026-01-01T00:00:02.000Z","event":"end","start_at":0,"result":"done","exit_status":0}\n'
    write(folder, "done", start + epoch + end)
    write(folder, "cut", start + epoch + end[:30])
    write(folder, "long", start + epoch * 400)


def pack(part, images, heights, widths):
    """Images of many sizes, one behind the other."""
    part["bytes"] = np.frombuffer(b"".join(images), np.uint8)
    part["offsets"] = np.cumsum([0] + [len(image) for image in images])
    part["heights"], part["widths"] = heights, widths


def data(folder, source):
    """Data files of each kind of images, small, with and without what may be missing."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    pictures = source / "tests/reference/pictures"
    for kind in "uint8", "float32", "pixels", "jpeg":
        with h5py.File(folder / kind, "w") as out:
            for name, count in ("train", 5), ("test", 2), ("validation", 2):
                part = out.create_group(name)
                part["labels"] = np.arange(count, dtype=np.uint8 if kind == "uint8" else np.int64) % 3
                if kind == "jpeg":
                    image = (pictures / "grey.jpg").read_bytes()
                    height, width = struct.unpack(">HH", image[image.index(b"\xff\xc0") + 5:][:4])
                    pack(part, [image] * count, [height] * count, [width] * count)
                elif kind == "pixels":
                    sizes = [(3 + i, 9 - i) for i in range(count)]
                    pack(part, [bytes(range(height * width)) for height, width in sizes], *zip(*sizes))
                else:
                    part["images"] = rng.integers(0, 256, (count, 2, 3, 4)).astype(kind)
                if "bytes" in part:
                    part["bytes"].attrs["format"] = kind
            out.attrs["classes"] = 3
            if kind in ("jpeg", "pixels"):
                out.attrs["channels"], out.attrs["mean"], out.attrs["deviation"] = 1, [0.5], [0.25]
    with h5py.File(folder / "compressed", "w", libver="latest") as out:
        for name in "train", "test":
            out.create_dataset(name + "/images", data=np.zeros((4, 1, 4, 4), np.uint8), compression="gzip")
            out[name + "/labels"] = np.arange(4, dtype=">i2")
        out.attrs["classes"] = np.float32(4)


def pictures(folder, source):
    for path in sorted((source / "tests/reference/pictures").glob("*.[jp][pn]g")):
        write(folder, path.name, path.read_bytes())


def labels(folder):
    write(folder, "tiny-imagenet", b"a.JPEG\tn01440764\t0\t32\t44\t62\nb c.png\t7\t1\t2\t3\t4\n")
    write(folder, "csv", b"ImageId,PredictionString\na,n01440764 111 108 353 218 \n")
    write(folder, "numbers", b"a.JPEG 0\nb c.png 1\r\n\n")
    write(folder, "names", b"a n01440764\nd,1.jpg 7\n")


def models(folder, source):
    for path in (source / "tests/reference/onnx").glob("*.onnx"):
        write(folder, path.stem, path.read_bytes())


def main():
    folder, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    jobs(folder / "fuzz_job", source)
    idx(folder / "fuzz_idx")
    records(folder / "fuzz_records")
    sheets(folder / "fuzz_sheet")
    journals(folder / "fuzz_journal")
    pictures(folder / "fuzz_picture", source)
    labels(folder / "fuzz_labels")
    data(folder / "fuzz_data", source)
    models(folder / "fuzz_onnx", source)
    for target in "weights", "run", "checkpoint":
        hdf5_seeds.weights(folder / ("fuzz_" + target))
    hdf5_seeds.run(folder / "fuzz_run/run")
    hdf5_seeds.checkpoint(folder / "fuzz_checkpoint/checkpoint")


if __name__ == "__main__":
    main()
