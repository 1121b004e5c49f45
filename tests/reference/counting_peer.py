"""The peer of `skel eval`, which also writes how many test images its network gets right into counted.txt.

The images are those of the archive that check_onnx.py made of the network NETWORK (environment).
"""
import os
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "analysis"))
sys.dont_write_bytecode = True
import network_torch
import peer_torch

load = network_torch.load


def counting_load(path, run):
    model = load(path, run).eval()
    data = np.load(f"{os.environ['NETWORK']}-test.npz")
    with torch.inference_mode():
        right = model(torch.from_numpy(data["images"])).argmax(1).numpy() == data["labels"]
    pathlib.Path("counted.txt").write_text(str(int(right.sum())))
    return model


network_torch.load = counting_load
peer_torch.main()
