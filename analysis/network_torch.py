"""A network as PyTorch executes it, from the description that `skel bench` writes for its peer.

One line for each operation, in their order; a tensor is a number, the image is 0:

    image CHANNELS HEIGHT WIDTH
    conv IN OUT INPUTS OUTPUTS WINDOW GROUPS BIAS NAMES
    linear IN OUT INPUTS OUTPUTS BIAS NAMES
    norm IN OUT CHANNELS EPSILON NAMES
    relu IN OUT
    leaky_relu IN OUT SLOPE
    clip IN OUT LOW HIGH
    sigmoid IN OUT
    add IN OTHER OUT, mul IN OTHER OUT, concat IN OTHER OUT
    maxpool IN OUT WINDOW, avgpool IN OUT WINDOW COUNTS_PADDING

WINDOW is kernel, stride, dilation, padding before and padding after, each vertical, horizontal.
NAMES are those of weight, bias, running mean and running variance in skel's files, of those that
the layer has.
"""
import torch
from torch import nn
from torch.nn import functional


KINDS = {"conv": 14, "linear": 3, "norm": 2}  # layers: words before the names


class Window:
    """How a window slides, from ten words."""

    def __init__(self, words):
        pairs = [tuple(int(word) for word in words[2 * i:2 * i + 2]) for i in range(5)]
        self.kernel, self.stride, self.dilation, before, after = pairs
        self.even = before == after
        self.padding = before if self.even else (0, 0)
        self.sides = (before[1], after[1], before[0], after[0])

    def pad(self, x, value=0.0):
        """The input with what PyTorch's own padding, the same on both sides, cannot express."""
        return x if self.even else functional.pad(x, self.sides, value=value)


def layer_of(kind, words):
    """The module of a layer with parameters."""
    if kind == "conv":
        window = Window(words[2:12])
        return nn.Conv2d(int(words[0]), int(words[1]), window.kernel, window.stride, window.padding,
                         window.dilation, int(words[12]), bias=words[13] == "1")
    if kind == "linear":
        return nn.Linear(int(words[0]), int(words[1]), bias=words[2] == "1")
    return nn.BatchNorm2d(int(words[0]), eps=float(words[1]))


def plain_step(kind, words):
    """A function of the operands of an operation without parameters."""
    if kind in ("add", "concat", "mul"):
        return {"add": torch.add, "mul": torch.mul,
                "concat": lambda a, b: torch.cat((a, b), 1)}[kind]
    if kind == "sigmoid":
        return torch.sigmoid
    if kind in ("maxpool", "avgpool"):
        return pooling(kind, Window(words[:10]), words[10:] == ["1"])
    return in_place(kind, [float(word) for word in words])


def in_place(kind, numbers):
    """ReLU and its kind: in place, as torchvision's models do, where nobody else reads the input."""
    plain = {"relu": torch.relu, "leaky_relu": functional.leaky_relu, "clip": functional.hardtanh}
    placed = {"relu": torch.relu_, "leaky_relu": functional.leaky_relu_,
              "clip": functional.hardtanh_}

    def step(x, alone):
        return (placed if alone else plain)[kind](x, *numbers)

    step.takes_place = True
    return step


def pooling(kind, window, counts):
    """A function that pools."""
    if kind == "maxpool":
        return lambda x: functional.max_pool2d(window.pad(x, float("-inf")), window.kernel,
                                               window.stride, window.padding)

    def mean(x):
        return functional.avg_pool2d(window.pad(x), window.kernel, window.stride, window.padding,
                                     count_include_pad=counts)

    # What differs from side to side is padded before, where it counts: the share of ones takes it out.
    return mean if window.even or counts else lambda x: mean(x) / mean(torch.ones_like(x[:1, :1]))


class Described(nn.Module):
    """The network of a description."""

    def __init__(self, lines):
        super().__init__()
        words = lines[0].split()
        assert words[0] == "image", lines[0]
        self.image = tuple(int(word) for word in words[1:])
        self.layers = nn.ModuleList()
        self.names = {}  # key of state_dict(): name in skel's files
        self.steps = []
        for line in lines[1:]:
            self.add(*line.split(" "))
        self.last = {}
        self.readers = {}
        for number, (_, operands, _, _) in enumerate(self.steps):
            for operand in operands:
                self.last[operand] = number
                self.readers[operand] = self.readers.get(operand, 0) + 1

    def add(self, kind, *words):
        """Appends an operation: (function, operands, output, window of unequal padding)."""
        count = 2 if kind in ("add", "mul", "concat") else 1
        operands = [int(word) for word in words[:count]]
        rest = words[count + 1:]
        window = None
        if kind in KINDS:
            step = layer_of(kind, rest)
            members = ["weight"] + ["bias"] * (step.bias is not None)
            members += ["running_mean", "running_var"] * (kind == "norm")
            for member, name in zip(members, rest[KINDS[kind]:]):
                self.names[f"layers.{len(self.layers)}.{member}"] = name
            self.layers.append(step)
            window = Window(rest[2:12]) if kind == "conv" else None
            window = None if window is None or window.even else window
        else:
            step = plain_step(kind, list(rest))
        self.steps.append((step, operands, int(words[count]), window))

    def forward(self, image):
        value = {0: image}
        for number, (step, operands, output, window) in enumerate(self.steps):
            taken = [value[operand] for operand in operands]
            if window is not None:
                taken[0] = window.pad(taken[0])
            if isinstance(step, nn.Linear):
                taken[0] = taken[0].flatten(1)
            elif taken[0].dim() == 2:
                taken[0] = taken[0][:, :, None, None]
            if getattr(step, "takes_place", False):
                taken.append(operands[0] != 0 and self.readers[operands[0]] == 1)
            value[output] = step(*taken)
            for operand in operands:
                if self.last[operand] == number:
                    value.pop(operand, None)
        return value[output].flatten(1)


def read(path):
    """The network of a description in a file."""
    with open(path, encoding="utf-8") as file:
        return Described(file.read().rstrip("\n").split("\n"))


def load(path, run):
    """The same with the weights and running averages of a run file."""
    import h5py

    model = read(path)
    state = model.state_dict()
    with h5py.File(run, "r") as file:
        for key, name in model.names.items():
            group = "buffers" if "running" in key.rsplit(".", 1)[1] else "weights"
            state[key] = torch.from_numpy(file[group][name][...])
    model.load_state_dict(state)
    return model
