"""skel's networks as PyTorch modules, and skel's files loaded into them.

    import skel_torch
    model, masks = skel_torch.load("runs/quickstart/force-s0.99-seed0-HEX.h5", "vgg11")
    accuracy = (model.eval()(images).argmax(1) == labels).float().mean()

`masks` has a boolean tensor for every pruned weight, by its name in model.state_dict().
"""
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
    def __init__(self, block, classes, channels, width, blocks):
        super().__init__()
        self.stages = len(blocks)
        self.conv1 = nn.Conv2d(channels, width, 3, 1, 1, bias=False)
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
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


class VGG(nn.Module):
    def __init__(self, classes, channels, width, convolutions):
        super().__init__()
        layers = []
        for stage, count in enumerate(convolutions):
            if stage > 0:
                layers.append(nn.MaxPool2d(2))
            out = width * (1, 2, 4, 8, 8)[stage]
            for _ in range(count):
                layers += [nn.Conv2d(channels, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out),
                           nn.ReLU(inplace=True)]
                channels = out
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def names():
    """The names of all models."""
    return ["lenet-300-100", "lenet-40-20", "lenet-5", "lenet-5-caffe", *RESNETS, *VGGS]


def build(name, classes=10, channels=3, width=None):
    """A model by its name in a job file, with PyTorch's own initial weights."""
    if name == "lenet-300-100":
        return LeNet300(classes, channels, width or 300)
    if name == "lenet-40-20":
        return LeNet300(classes, channels, width or 40, second=(width or 40) // 2)
    if name == "lenet-5":
        return LeNet5(classes, channels, width or 20)
    if name == "lenet-5-caffe":
        return LeNet5(classes, channels, width or 20, rectified=False)
    if name in VGGS:
        return VGG(classes, channels, width or 64, VGGS[name])
    if name not in RESNETS:
        raise ValueError(f"unknown model {name!r}; there are {', '.join(names())}")
    bottleneck, own, blocks = RESNETS[name]
    return ResNet(Bottleneck if bottleneck else BasicBlock, classes, channels, width or own, blocks)


def load(path, name):
    """Builds the model that a run, checkpoint or weight file holds; returns it and its masks."""
    import h5py

    with h5py.File(path, "r") as file:
        weights = {k: torch.from_numpy(v[...]) for k, v in file["weights"].items()}
        buffers = {k: torch.from_numpy(v[...]) for k, v in file.get("buffers", {}).items()}
        masks = {k: torch.from_numpy(v[...]).bool() for k, v in file.get("masks", {}).items()}
    first = next((n for n in ("conv1.weight", "features.0.weight", "fc1.weight") if n in weights),
                 None)
    last = next((n for n in ("fc.bias", "classifier.bias", "fc3.bias", "fc2.bias")
                 if n in weights), None)
    if first is None or last is None:
        raise ValueError(f"{path}: /weights holds no model of skel's")
    channels = weights[first].shape[1] // (28 * 28 if weights[first].dim() == 2 else 1)
    model = build(name, len(weights[last]), channels, len(weights[first]))
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
    with torch.no_grad():
        model.eval()(torch.zeros(1, *image))
    for hook in hooks:
        hook.remove()
    return total
