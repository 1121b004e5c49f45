"""Networks as researchers write them, exported by PyTorch: the files of tests/reference/onnx.

    /usr/bin/python3 tests/reference/onnx_networks.py tests/reference/onnx
"""
import pathlib
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional
from torch.onnx import TrainingMode

SHAPES = {"depthwise": (12, 64, 64), "wide": (3, 32, 32), "squeeze": (3, 24, 32), "densely": (1, 28, 28)}
CLASSES = {"depthwise": 200, "wide": 10, "squeeze": 7, "densely": 10}


class Depthwise(nn.Module):
    """Depthwise separable convolutions, ReLU6 and leaky ReLU, dropout; x.view() before the last layer."""

    def __init__(self):
        super().__init__()

        def block(inputs, outputs, stride):
            return nn.Sequential(
                nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6(),
                nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1))

        self.stem = nn.Sequential(nn.Conv2d(12, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.body = nn.Sequential(block(8, 16, 2), block(16, 24, 2), block(24, 24, 1))
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(24, 200)

    def forward(self, x):
        x = functional.adaptive_avg_pool2d(self.body(self.stem(x)), 1)
        return self.fc(self.drop(x.view(x.size(0), -1)))


class WideBlock(nn.Module):
    """Norm and ReLU before each convolution (He et al. 2016, identity mappings)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs else None

    def forward(self, x):
        y = torch.relu(self.bn1(x))
        short = x if self.shortcut is None else self.shortcut(y)
        return self.conv2(torch.relu(self.bn2(self.conv1(y)))) + short


class Wide(nn.Module):
    """A Wide ResNet of 10 layers; the mean over the pixels is x.mean()."""

    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, 1, 1, bias=False)
        self.blocks = nn.Sequential(WideBlock(4, width, 1), WideBlock(width, 2 * width, 2),
                                    WideBlock(2 * width, 4 * width, 2))
        self.norm = nn.BatchNorm2d(4 * width)
        self.linear = nn.Linear(4 * width, 10)

    def forward(self, x):
        return self.linear(torch.relu(self.norm(self.blocks(self.conv(x)))).mean([2, 3]))


class Gate(nn.Module):
    """Squeeze and excite (Hu et al. 2018), with linear layers and x.view()."""

    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Linear(channels, channels // 4)
        self.fc2 = nn.Linear(channels // 4, channels, bias=False)

    def forward(self, x):
        batch, channels = x.size(0), x.size(1)
        gate = functional.adaptive_avg_pool2d(x, 1).view(batch, channels)
        gate = torch.sigmoid(self.fc2(functional.silu(self.fc1(gate))))
        return x * gate.view(batch, channels, 1, 1)


class Squeeze(nn.Module):
    """Swish, squeeze and excite, unequal kernels, strides and padding, dilation, pooling with padding."""

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 8, (3, 5), stride=(1, 2), padding=(1, 2))
        self.b1 = nn.BatchNorm2d(8, eps=1e-3)
        self.gate = Gate(8)
        self.c2 = nn.Conv2d(8, 16, 3, padding=2, dilation=2, groups=2)
        self.out = nn.Linear(16 * 3 * 2, 7)

    def forward(self, x):
        x = self.gate(functional.silu(self.b1(self.c1(x))))
        x = functional.avg_pool2d(functional.silu(self.c2(x)), 3, 2, 1)
        x = functional.max_pool2d(x, 3, 2, 1)
        return self.out(torch.flatten(functional.max_pool2d(x, 2, 2), 1))


class Densely(nn.Module):
    """All layers before a layer are its input (Huang et al. 2017)."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 8, 3, 2, 1)
        self.layers = nn.ModuleList(nn.Conv2d(8 + 4 * i, 4, 3, padding=1) for i in range(3))
        self.linear = nn.Linear(20, 10, bias=False)

    def forward(self, x):
        parts = [self.first(x)]
        for layer in self.layers:
            parts.append(layer(torch.relu(torch.cat(parts, 1))))
        return self.linear(functional.adaptive_avg_pool2d(torch.cat(parts, 1), 1).flatten(1))


NETWORKS = {"depthwise": Depthwise, "wide": Wide, "squeeze": Squeeze, "densely": Densely}


def export(model, shape, path, **options):
    """As README.md says; the number of images stays open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.train(), torch.randn(2, *shape), str(path), training=TrainingMode.TRAINING,
                          do_constant_folding=False, input_names=["image"], output_names=["logits"],
                          dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}}, **options)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for name, network in NETWORKS.items():
        torch.manual_seed(0)
        export(network(), SHAPES[name], folder / f"{name}.onnx")


if __name__ == "__main__":
    main()
