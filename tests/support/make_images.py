#!/usr/bin/env python3
"""Makes folders of images in the layouts of published data sets, with made-up content.

    make_images.py FOLDER folders|tiny-imagenet|imagenet|cifar100 [IMAGES [CLASSES]]

IMAGES (300) are made for training, a tenth as many for testing, of CLASSES (30). A class is a colour and the direction
of stripes, so that a small network learns it. The same arguments make the same files.
"""
import pathlib
import sys

import numpy as np
from PIL import Image


def picture(label, number, height, width):
    """Stripes of the class's colour and direction, with noise: [height][width][3]."""
    random = np.random.default_rng((label, number))
    y, x = np.mgrid[0:height, 0:width]
    angle = np.pi * (label * 7 % 16) / 16
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (24 / max(height, width)) + random.uniform(0, 6))
    colour = np.array([label * 89 % 256, label * 151 % 256, label * 211 % 256])
    image = colour * (0.6 + 0.4 * wave[..., None]) + random.normal(0, 10, (height, width, 3))
    return Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))


def save(image, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, format="JPEG", quality=90)


def folders(root, images, classes):
    for half, count in ("train", images), ("test", images // 10):
        for i in range(count):
            label = i % classes
            image = picture(label, i if half == "train" else images + i, 30 + i % 17, 28 + i % 23)
            save(image, root / half / f"class-{label:02d}" / f"{i:05d}.jpg")


def words(classes):
    return [f"n{1440764 + 37 * c:08d}" for c in range(classes)]


def tiny_imagenet(root, images, classes):
    names = words(classes)
    counts = dict.fromkeys(names, 0)
    for i in range(images):
        name = names[i % classes]
        image = picture(i % classes, i, 64, 64)
        save(image.convert("L") if i % 50 == 7 else image, root / "train" / name / "images" / f"{name}_{counts[name]}.JPEG")
        counts[name] += 1
    for name in names:
        (root / "train" / name / f"{name}_boxes.txt").write_text(f"{name}_0.JPEG\t0\t0\t63\t63\n")
    lines = []
    for i in range(images // 10):
        label = i * 7 % classes
        save(picture(label, images + i, 64, 64), root / "val" / "images" / f"val_{i}.JPEG")
        lines.append(f"val_{i}.JPEG\t{names[label]}\t0\t0\t62\t62\n")
        save(picture(label, 2 * images + i, 64, 64), root / "test" / "images" / f"test_{i}.JPEG")
    (root / "val" / "val_annotations.txt").write_text("".join(lines))
    (root / "wnids.txt").write_text("\n".join(reversed(names)) + "\n")
    (root / "words.txt").write_text("".join(f"{name}\tthing\n" for name in names))


def imagenet(root, images, classes):
    names = words(classes)
    for i in range(images):
        name = names[i % classes]
        image = picture(i % classes, i, 90 + i % 50, 100 + i % 40)
        path = root / "train" / name / f"{name}_{i}.JPEG"
        save(image.convert("CMYK") if i % 97 == 11 else image, path)
        if i % 101 == 13:  # ImageNet has a PNG whose name says JPEG
            image.save(path, format="PNG")
    lines = ["ImageId,PredictionString\n"]
    for i in range(images // 10):
        label = i * 7 % classes
        save(picture(label, images + i, 120, 100 + i % 60), root / "val" / f"ILSVRC2012_val_{i + 1:08d}.JPEG")
        lines.append(f"ILSVRC2012_val_{i + 1:08d},{names[label]} 1 2 99 98 \n")
    (root / "LOC_val_solution.csv").write_text("".join(lines))


def cifar100(root, images, classes):
    root.mkdir(parents=True, exist_ok=True)
    for half, first, count in ("train", 0, images), ("test", images, images // 10):
        with open(root / (half + ".bin"), "wb") as out:
            for i in range(first, first + count):
                planes = np.asarray(picture(i % classes, i, 32, 32)).transpose(2, 0, 1)
                out.write(bytes([i % classes // 5, i % classes]) + planes.tobytes())
    (root / "fine_label_names.txt").write_text("".join(f"thing_{c:03d}\n" for c in range(100)))


def main():
    root, layout = pathlib.Path(sys.argv[1]), sys.argv[2]
    images = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    classes = int(sys.argv[4]) if len(sys.argv) > 4 else 30
    {"folders": folders, "tiny-imagenet": tiny_imagenet, "imagenet": imagenet, "cifar100": cifar100}[layout](
        root, images, classes)


main()
