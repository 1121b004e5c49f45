"""skel's networks as PyTorch modules, and skel's files loaded into them.

    import skel_torch
    model, masks = skel_torch.load("runs/quickstart/force-s0.99-seed0-HEX.h5", "vgg11")
    accuracy = (model.eval()(images).argmax(1) == labels).float().mean()

`masks` has a boolean tensor for every pruned weight, by its name in model.state_dict().
"""
import copy
import math

import torch
from torch import nn

RESNETS = {  # name: (bottleneck blocks, width, blocks per stage)
    "resnet20": (False, 16, (3, 3, 3)),
    "resnet32": (False, 16, (5, 5, 5)),
    "resnet44": (False, 16, (7, 7, 7)),
    "resnet56": (False, 16, (9, 9, 9)),
    "resnet110": (False, 16, (18, 18, 18)),
    "resnet18": (False, 64, (2, 2, 2, 2)),
    "resnet34": (False, 64, (3, 4, 6, 3)),
    "resnet50": (True, 64, (3, 4, 6, 3)),
    "resnet101": (True, 64, (3, 4, 23, 3)),
    "resnet152": (True, 64, (3, 8, 36, 3)),
}
WIDE_RESNETS = {  # name: (widening, blocks per stage)
    "wide-resnet-22-2": (2, 3),
    "wide-resnet-28-2": (2, 4),
    "wide-resnet-16-8": (8, 2),
}
VGGS = {  # name: convolutions per stage
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}


class LeNet300(nn.Module):
    def __init__(self, classes, channels, width, second=None):
        super().__init__()
        second = second or width // 3
        self.fc1 = nn.Linear(channels * 28 * 28, width)
        self.fc2 = nn.Linear(width, second)
        self.fc3 = nn.Linear(second, classes)

    def forward(self, x):
        x = torch.relu(self.fc1(x.flatten(1)))
        return self.fc3(torch.relu(self.fc2(x)))


class LeNet5(nn.Module):
    def __init__(self, classes, channels, width, rectified=True):
        super().__init__()
        self.between = torch.relu if rectified else lambda x: x
        self.conv1 = nn.Conv2d(channels, width, 5)
        self.conv2 = nn.Conv2d(width, width // 2 * 5, 5)
        self.fc1 = nn.Linear(width // 2 * 5 * 16, width * 25)
        self.fc2 = nn.Linear(width * 25, classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.between(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(self.between(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


def shortcut(channels, out, stride):
    if stride == 1 and channels == out:
        return None
    return nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, channels, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = shortcut(channels, planes, stride)

    def forward(self, x):
        y = torch.relu_(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu_(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels, planes, stride):
        super().__init__()
        out = planes * self.expansion
        self.conv1 = nn.Conv2d(channels, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = shortcut(channels, out, stride)

    def forward(self, x):
        y = torch.relu_(self.bn1(self.conv1(x)))
        y = torch.relu_(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return torch.relu_(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, block, classes, channels, width, blocks, imagenet):
        super().__init__()
        self.stages = len(blocks)
        self.imagenet = imagenet
        window = (7, 2, 3) if imagenet else (3, 1, 1)
        self.conv1 = nn.Conv2d(channels, width, *window, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        inside = width
        for stage, count in enumerate(blocks):
            layer = []
            for i in range(count):
                stride = 2 if stage > 0 and i == 0 else 1
                layer.append(block(inside, width << stage, stride))
                inside = (width << stage) * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.fc = nn.Linear(inside, classes)

    def forward(self, x):
        x = torch.relu_(self.bn1(self.conv1(x)))
        if self.imagenet:
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


class WideBlock(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.downsample = None
        if stride > 1 or channels != out:
            self.downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False))

    def forward(self, x):
        first = torch.relu(self.bn1(x))
        y = self.conv2(torch.relu(self.bn2(self.conv1(first))))
        return y + (x if self.downsample is None else self.downsample(first))


class WideResNet(nn.Module):
    def __init__(self, classes, channels, width, widening, blocks):
        super().__init__()
        inside = width // widening
        self.conv1 = nn.Conv2d(channels, inside, 3, 1, 1, bias=False)
        for stage in range(3):
            layer = []
            for i in range(blocks):
                layer.append(WideBlock(inside, width << stage, 2 if stage > 0 and i == 0 else 1))
                inside = width << stage
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.bn1 = nn.BatchNorm2d(inside)
        self.fc = nn.Linear(inside, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.fc(torch.relu(self.bn1(x)).mean((2, 3)))


def normed(channels, out, kernel=1, stride=1, groups=1, active=nn.ReLU6):
    """Convolution, batch norm and activation."""
    return [nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out), *([] if active is None else [active()])]


class MobileNet1(nn.Module):
    PAIRS = ((2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2), *[(16, 1)] * 5, (32, 2), (32, 1))

    def __init__(self, classes, channels, width):
        super().__init__()
        layers = [nn.Sequential(*normed(channels, width, 3, 2, active=nn.ReLU))]
        inside = width
        for ratio, stride in self.PAIRS:
            layers.append(nn.Sequential(
                *normed(inside, inside, 3, stride, inside, nn.ReLU),
                *normed(inside, width * ratio, active=nn.ReLU)))
            inside = width * ratio
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(inside, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class InvertedResidual(nn.Module):
    def __init__(self, channels, out, factor, stride):
        super().__init__()
        wide = channels * factor
        self.adds = stride == 1 and channels == out
        layers = [nn.Sequential(*normed(channels, wide))] if factor > 1 else []
        layers.append(nn.Sequential(*normed(wide, wide, 3, stride, wide)))
        self.conv = nn.Sequential(*layers, *normed(wide, out, active=None))

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNet2(nn.Module):
    # times wider inside, quarters of the width, blocks, stride of the first
    STAGES = ((1, 2, 1, 1), (6, 3, 2, 2), (6, 4, 3, 2), (6, 8, 4, 2), (6, 12, 3, 1), (6, 20, 3, 2),
              (6, 40, 1, 1))

    def __init__(self, classes, channels, width):
        super().__init__()
        layers = [nn.Sequential(*normed(channels, width, 3, 2))]
        inside = width
        for factor, quarters, blocks, stride in self.STAGES:
            for i in range(blocks):
                out = width // 4 * quarters
                layers.append(InvertedResidual(inside, out, factor, stride if i == 0 else 1))
                inside = out
        layers.append(nn.Sequential(*normed(inside, 40 * width)))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(40 * width, classes))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class VGG(nn.Module):
    def __init__(self, classes, channels, width, convolutions, imagenet=None):
        """`imagenet`: pixels of the image, whose size the first linear layer depends on."""
        super().__init__()
        layers = []
        for stage, count in enumerate(convolutions):
            if stage > 0:
                layers.append(nn.MaxPool2d(2))
            out = width * (1, 2, 4, 8, 8)[stage]
            for _ in range(count):
                layers += [nn.Conv2d(channels, out, 3, 1, 1, bias=imagenet is not None),
                           nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
                channels = out
        self.imagenet = imagenet is not None
        if self.imagenet:
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        if self.imagenet:
            self.classifier = nn.Sequential(
                nn.Linear(channels * (imagenet // 32**2), 64 * width), nn.ReLU(), nn.Identity(),
                nn.Linear(64 * width, 64 * width), nn.ReLU(), nn.Identity(),
                nn.Linear(64 * width, classes))
        else:
            self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.flatten(1) if self.imagenet else x.mean((2, 3)))


def names():
    """The names of all models."""
    large = [n for n, (_, own, _) in RESNETS.items() if own == 64]
    return ["lenet-300-100", "lenet-40-20", "lenet-5", "lenet-5-caffe", *RESNETS,
            *[n + "-imagenet" for n in large], *WIDE_RESNETS, "mobilenet-v1", "mobilenet-v2",
            *VGGS, *[n + "-imagenet" for n in VGGS]]


def build(name, classes=10, channels=3, width=None, pixels=224 * 224):
    """A model by its name in a job file, with PyTorch's own initial weights.

    `pixels` of the image: of vgg*-imagenet alone, whose first linear layer depends on them.
    """
    family, imagenet, _ = name.partition("-imagenet")
    if name == "lenet-300-100":
        return LeNet300(classes, channels, width or 300)
    if name == "lenet-40-20":
        return LeNet300(classes, channels, width or 40, second=(width or 40) // 2)
    if name == "lenet-5":
        return LeNet5(classes, channels, width or 20)
    if name == "lenet-5-caffe":
        return LeNet5(classes, channels, width or 20, rectified=False)
    if name not in names():
        raise ValueError(f"unknown model {name!r}; there are {', '.join(names())}")
    if name in WIDE_RESNETS:
        widening, blocks = WIDE_RESNETS[name]
        return WideResNet(classes, channels, width or 16 * widening, widening, blocks)
    if name.startswith("mobilenet"):
        return (MobileNet1 if name == "mobilenet-v1" else MobileNet2)(classes, channels, width or 32)
    if family in VGGS:
        return VGG(classes, channels, width or 64, VGGS[family], pixels if imagenet else None)
    bottleneck, own, blocks = RESNETS[family]
    return ResNet(Bottleneck if bottleneck else BasicBlock, classes, channels, width or own, blocks,
                  imagenet != "")


def load(path, name):
    """Builds the model that a run, checkpoint or weight file holds; returns it and its masks."""
    import h5py

    with h5py.File(path, "r") as file:
        weights = {k: torch.from_numpy(v[...]) for k, v in file["weights"].items()}
        buffers = {k: torch.from_numpy(v[...]) for k, v in file.get("buffers", {}).items()}
        masks = {k: torch.from_numpy(v[...]).bool() for k, v in file.get("masks", {}).items()}
    first = next((n for n in ("conv1.weight", "features.0.weight", "features.0.0.weight",
                              "fc1.weight") if n in weights), None)
    last = next((n for n in ("fc.bias", "classifier.bias", "classifier.1.bias", "classifier.6.bias",
                             "fc3.bias", "fc2.bias") if n in weights), None)
    if first is None or last is None:
        raise ValueError(f"{path}: /weights holds no model of skel's")
    channels = weights[first].shape[1] // (28 * 28 if weights[first].dim() == 2 else 1)
    width = len(weights[first]) * WIDE_RESNETS.get(name, (1, 0))[0]
    pixels = 32**2
    if "classifier.0.weight" in weights:
        pixels *= weights["classifier.0.weight"].shape[1] // (8 * width)
    model = build(name, len(weights[last]), channels, width, pixels)
    missing, unexpected = model.load_state_dict({**weights, **buffers}, strict=False)
    missing = [n for n in missing if not n.endswith("num_batches_tracked")]
    if buffers == {}:
        missing = [n for n in missing if not n.endswith(("running_mean", "running_var"))]
    if missing or unexpected:
        raise ValueError(f"{path} is no {name}: {len(missing)} missing {missing[:3]}, "
                         f"{len(unexpected)} unexpected {unexpected[:3]}")
    return model, masks


def describe(model):
    """(name, shape) of every parameter and of every buffer that skel keeps, in PyTorch's order."""
    parameters = [(n, tuple(p.shape)) for n, p in model.named_parameters()]
    buffers = [(n, tuple(b.shape)) for n, b in model.named_buffers() if b.dim() > 0]
    return parameters, buffers


def macs(model, image):
    """Multiply-adds of convolutions and linear layers for one image of shape (c, h, w)."""
    total = 0

    def count(module, _, output):
        nonlocal total
        total += module.weight.numel() * math.prod(output.shape[2:])

    hooks = [m.register_forward_hook(count) for m in model.modules()
             if isinstance(m, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():  # shapes alone are computed
        copy.deepcopy(model).eval().to("meta")(torch.zeros(1, *image, device="meta"))
    for hook in hooks:
        hook.remove()
    return total
