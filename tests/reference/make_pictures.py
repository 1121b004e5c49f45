#!/usr/bin/env python3
"""Writes tests/reference/pictures: small JPEG and PNG files, and the pixels that PIL makes of them.

    make_pictures.py FOLDER

`expected.bin` has, for each case, a line `FILE CASE CHANNELS HEIGHT WIDTH` and then the pixels, plane by plane. CASE is
`decode`, `centre COVER SIDE` (torchvision's Resize and CenterCrop, in PIL's terms) or `window TOP LEFT H W ROWS COLUMNS`
(torchvision's resized_crop), with `-` in place of blanks.
"""
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image


def scene(height, width, channels, seed):
    """Smooth colours with edges and noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 + c)) + 30 * (x > y) for c in range(channels)]
    noise = random.normal(0, 12, (height, width, channels))
    return np.clip(np.stack(planes, -1) + noise, 0, 255).astype(np.uint8)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png16(path, pixels, colour):
    """A PNG of 16 bits a channel; the low bytes are the high ones, so that scaling to 8 bits is exact."""
    height, width = pixels.shape[:2]
    wide = np.repeat(pixels.reshape(height, -1), 2, axis=1)
    rows = b"".join(b"\0" + row.tobytes() for row in wide)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_files(folder):
    rgb = Image.fromarray(scene(37, 53, 3, 1))
    grey = Image.fromarray(scene(30, 21, 1, 2)[..., 0])
    rgb.save(folder / "colour.jpg", quality=90)
    rgb.save(folder / "full.jpg", quality=90, subsampling=0)
    rgb.save(folder / "progressive.jpg", quality=80, progressive=True)
    grey.save(folder / "grey.jpg", quality=85)
    Image.fromarray(scene(24, 18, 4, 3), "CMYK").save(folder / "cmyk.jpg", quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb.save(folder / "turned.jpg", quality=90, exif=exif)
    Image.fromarray(scene(150, 200, 3, 4)).save(folder / "large.jpg", quality=85)
    rgb.save(folder / "colour.png")
    grey.save(folder / "grey.png")
    grey.convert("1").save(folder / "bits.png")
    rgb.quantize(16).save(folder / "palette.png")
    alpha = np.concatenate([scene(15, 17, 3, 5), scene(15, 17, 1, 6)], axis=2)
    Image.fromarray(alpha, "RGBA").save(folder / "alpha.png")
    Image.fromarray(alpha[..., 2:], "LA").save(folder / "grey-alpha.png")
    png16(folder / "deep.png", scene(11, 13, 3, 7), 2)
    clear = rgb.quantize(16)
    clear.save(folder / "transparent.png", transparency=3)


def planes(image):
    pixels = np.asarray(image)
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def centre(image, cover, side):
    width, height = image.size
    size = (cover, int(cover * height / width)) if width <= height else (int(cover * width / height), cover)
    image = image.resize(size, Image.BILINEAR)
    left, top = int(round((size[0] - side) / 2.0)), int(round((size[1] - side) / 2.0))
    return image.crop((left, top, left + side, top + side))


def window(image, top, left, height, width, rows, columns):
    return image.crop((left, top, left + width, top + height)).resize((columns, rows), Image.BILINEAR)


def cases(folder):
    for path in sorted(folder.glob("*.[jp][pn]g")):
        if path.name == "large.jpg":
            continue  # its windows are enough
        for mode in "RGB", "L":
            yield path, "decode", mode, Image.open(path).convert(mode)
    for name in "colour.jpg", "grey.jpg", "large.jpg", "palette.png":
        image = Image.open(folder / name).convert("RGB")
        for cover, side in (16, 16), (24, 17), (70, 64):
            yield folder / name, f"centre-{cover}-{side}", "RGB", centre(image, cover, side)
    image = Image.open(folder / "large.jpg").convert("RGB")
    for numbers in (0, 0, 150, 200, 32, 32), (17, 33, 90, 61, 40, 40), (140, 190, 10, 10, 24, 20), (3, 5, 1, 1, 4, 4):
        yield folder / "large.jpg", "window-" + "-".join(map(str, numbers)), "RGB", window(image, *numbers)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    write_files(folder)
    with open(folder / "expected.bin", "wb") as out:
        for path, case, mode, image in cases(folder):
            pixels = planes(image)
            out.write(f"{path.name} {case} {' '.join(map(str, pixels.shape))}\n".encode() + pixels.tobytes())


main()
