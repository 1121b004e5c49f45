#!/usr/bin/python3
"""The peer of `skel bench`: PyTorch as it comes, one measurement per line of standard input.

peer_torch.py [THREADS]: 0 or none leaves the number of threads to PyTorch. First it says
"ready VERSION THREADS", or "absent REASON" if PyTorch cannot be imported. Then:

    prepare NAME gradient MODEL WIDTH CLASSES SIDE BATCH LAYOUT
    prepare NAME topk COUNT KEPT sorted|unsorted
                    both warm up once and answer "ok"
    run NAME        answers "seconds S"
    drop NAME       answers "ok"

A failure answers "error TEXT". It ends with its input.
"""
import os
import sys
import time


def use_all_processors():
    """mpirun binds its children to few processors; PyTorch as it comes is not bound."""
    os.sched_setaffinity(0, range(os.cpu_count()))


def resnet(torch, blocks, bottleneck, width, classes):
    """A residual network for 32x32 images: 3x3 stem, four stages, as the definitions of skel."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, inputs, planes, stride):
            super().__init__()
            outputs = planes * (4 if bottleneck else 1)
            shapes = ([(inputs, planes, 1, 1), (planes, planes, 3, stride), (planes, outputs, 1, 1)]
                      if bottleneck else [(inputs, planes, 3, stride), (planes, planes, 3, 1)])
            layers = []
            for index, (fan_in, fan_out, kernel, step) in enumerate(shapes):
                layers += [nn.Conv2d(fan_in, fan_out, kernel, step, kernel // 2, bias=False),
                           nn.BatchNorm2d(fan_out)]
                if index + 1 < len(shapes):
                    layers.append(nn.ReLU(inplace=True))
            self.body = nn.Sequential(*layers)
            self.downsample = None
            if stride != 1 or inputs != outputs:
                self.downsample = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            shortcut = x if self.downsample is None else self.downsample(x)
            return torch.relu_(self.body(x) + shortcut)

    layers = [nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
              nn.ReLU(inplace=True)]
    inputs = width
    for stage, count in enumerate(blocks):
        for index in range(count):
            layers.append(Block(inputs, width << stage, 2 if stage > 0 and index == 0 else 1))
            inputs = (width << stage) * (4 if bottleneck else 1)
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
    return nn.Sequential(*layers)


def vgg(torch, plan, width, classes):
    """A VGG with batch norm and one linear layer; the last pooling averages."""
    nn = torch.nn
    layers = []
    inputs = 3
    for stage, count in enumerate(plan):
        outputs = width * min(1 << stage, 8)
        for _ in range(count):
            layers += [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs),
                       nn.ReLU(inplace=True)]
            inputs = outputs
        if stage < 4:
            layers.append(nn.MaxPool2d(2))
    layers += [nn.AvgPool2d(2), nn.Flatten(), nn.Linear(inputs, classes)]
    return nn.Sequential(*layers)


RESNETS = {
    "resnet18": ((2, 2, 2, 2), False), "resnet34": ((3, 4, 6, 3), False),
    "resnet50": ((3, 4, 6, 3), True), "resnet101": ((3, 4, 23, 3), True),
    "resnet152": ((3, 8, 36, 3), True),
}
VGGS = {"vgg11": (1, 1, 2, 2, 2), "vgg13": (2, 2, 2, 2, 2), "vgg16": (2, 2, 3, 3, 3),
        "vgg19": (2, 2, 4, 4, 4)}


def model_by_name(torch, name, width, classes):
    if name in RESNETS:
        return resnet(torch, *RESNETS[name], width, classes)
    if name in VGGS:
        return vgg(torch, VGGS[name], width, classes)
    raise ValueError(f"no PyTorch definition of {name} here")


def prepare_gradient(torch, name, width, classes, side, batch, layout):
    """A function that computes the gradient of a model for one batch of random images."""
    form = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    model = model_by_name(torch, name, int(width), int(classes)).to(memory_format=form).train()
    images = torch.randn(int(batch), 3, int(side), int(side)).contiguous(memory_format=form)
    labels = torch.randint(int(classes), (int(batch),))

    def step():
        model.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()

    return step


def prepare_topk(torch, count, kept, order):
    """A function that finds the largest of exponentially distributed scores; torch sorts them too
    unless it is told not to."""
    scores = torch.empty(int(count)).exponential_()
    return lambda: torch.topk(scores, int(kept), sorted=order == "sorted")


def answer(torch, prepared, words):
    """The answer to one request."""
    if words[0] == "prepare":
        makers = {"gradient": prepare_gradient, "topk": prepare_topk}
        prepared[words[1]] = makers[words[2]](torch, *words[3:])
        prepared[words[1]]()
        return "ok"
    if words[0] == "drop":
        del prepared[words[1]]
        return "ok"
    started = time.perf_counter()
    prepared[words[1]]()
    return f"seconds {time.perf_counter() - started:.9f}"


def main():
    use_all_processors()
    try:
        import torch
    except ImportError as error:
        print(f"absent {error}", flush=True)
        return
    if len(sys.argv) > 1 and int(sys.argv[1]) > 0:
        torch.set_num_threads(int(sys.argv[1]))
    print(f"ready {torch.__version__} {torch.get_num_threads()}", flush=True)
    prepared = {}
    for line in sys.stdin:
        try:
            print(answer(torch, prepared, line.split()), flush=True)
        except Exception as error:  # whatever it is, skel bench should say so
            print("error", str(error).replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
