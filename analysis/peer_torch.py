#!/usr/bin/python3
"""The peer of `skel bench`: PyTorch as it comes, one measurement per line of standard input.

peer_torch.py [THREADS]: 0 or none leaves the number of threads to PyTorch. First it says
"ready VERSION THREADS", or "absent REASON" if PyTorch cannot be imported. Then:

    prepare NAME gradient MODEL WIDTH CLASSES CHANNELS SIDE BATCH LAYOUT
    prepare NAME hessian MODEL WIDTH CLASSES CHANNELS SIDE BATCH
    prepare NAME step MODEL WIDTH CLASSES CHANNELS SIDE BATCH DENSITY
    prepare NAME prune MODEL WIDTH CLASSES CHANNELS SIDE BATCH METHOD DENSITY ITERATIONS
    prepare NAME topk COUNT KEPT sorted|unsorted
    prepare NAME inference MODEL CHANNELS SIDE BATCH LAYOUT
                    with the weights of the file that SKEL_PEER_FILE in the environment names
                    all warm up once, `prune` with one gradient, and answer "ok"
    run NAME        answers "seconds S"
    drop NAME       answers "ok"

MODEL is a name, or the path of a description (network_torch.py), which also has the images' shape.
A failure answers "error TEXT". It ends with its input.
"""
import os
import sys
import time


def use_all_processors():
    """mpirun binds its children to few processors; PyTorch as it comes is not bound."""
    os.sched_setaffinity(0, range(os.cpu_count()))


def models():
    """The module beside this one with skel's definitions of models."""
    sys.dont_write_bytecode = True
    import skel_torch

    return skel_torch


def model_by_name(name, width, classes, channels):
    """skel's definition of a model, or the network of a description."""
    if os.path.isabs(name):
        sys.dont_write_bytecode = True
        import network_torch

        return network_torch.read(name)
    return models().build(name, classes, channels, width)


def trained_model(name):
    """The network of a description, or skel's definition of a model, with the weights of a file."""
    path = os.environ["SKEL_PEER_FILE"]
    if os.path.isabs(name):
        sys.dont_write_bytecode = True
        import network_torch

        return network_torch.load(name, path)
    return models().load(path, name)[0]


def draw(torch, model, batch, channels, side):
    """Random images for a model."""
    return torch.randn(int(batch), *getattr(model, "image", (int(channels), int(side), int(side))))


def prepare_gradient(torch, name, width, classes, channels, side, batch, layout):
    """A function that computes the gradient of a model for one batch of random images."""
    form = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    model = model_by_name(name, int(width), int(classes), int(channels))
    model = model.to(memory_format=form).train()
    images = draw(torch, model, batch, channels, side)
    images = images.contiguous(memory_format=form)
    labels = torch.randint(int(classes), (int(batch),))

    def step():
        model.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()

    return step


def prepare_hessian(torch, name, width, classes, channels, side, batch):
    """A function that computes a batch's gradient, and by double backward its Hessian times it."""
    model = model_by_name(name, int(width), int(classes), int(channels)).train()
    parameters = list(model.parameters())
    images = draw(torch, model, batch, channels, side)
    labels = torch.randint(int(classes), (int(batch),))

    def step():
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        gradient = torch.autograd.grad(loss, parameters, create_graph=True)
        torch.autograd.grad(gradient, parameters, [g.detach() for g in gradient])

    return step


def prepare_step(torch, name, width, classes, channels, side, batch, density):
    """A function that trains a model for one step under random masks: dense kernels, every pruned
    weight set to 0 behind the optimiser. A mask's shape does not change the time of dense kernels."""
    model = model_by_name(name, int(width), int(classes), int(channels)).train()
    weights = [p for p in model.parameters() if p.dim() > 1]
    masks = [(torch.rand_like(p) < float(density)).float() for p in weights]
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    images = draw(torch, model, batch, channels, side)
    labels = torch.randint(int(classes), (int(batch),))

    def apply_masks():
        with torch.no_grad():
            for weight, mask in zip(weights, masks):
                weight.mul_(mask)

    def step():
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimiser.step()
        apply_masks()

    apply_masks()
    return step


def prepare_prune(torch, name, width, classes, channels, side, batch, method, density, iterations):
    """A function that prunes a model in exponential iterations, force or iter-snip: dense kernels
    at weights times mask, the saliency of all weights, and the largest of them by topk."""
    model = model_by_name(name, int(width), int(classes), int(channels)).train()
    weights = [p for p in model.parameters() if p.dim() > 1]
    theta = [p.detach().clone() for p in weights]
    total = sum(p.numel() for p in weights)
    images = draw(torch, model, batch, channels, side)
    labels = torch.randint(int(classes), (int(batch),))

    def saliencies(masks):
        with torch.no_grad():
            for weight, start, mask in zip(weights, theta, masks):
                torch.mul(start, mask, out=weight)
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        gradients = torch.autograd.grad(loss, weights)
        return [(start * gradient).abs() for start, gradient in zip(theta, gradients)]

    def iterate(masks, kept):
        scores = saliencies(masks)
        if method == "iter-snip":  # a pruned weight stays pruned
            scores = [score.masked_fill(mask == 0, -1) for score, mask in zip(scores, masks)]
        best = torch.topk(torch.cat([score.flatten() for score in scores]), kept, sorted=False)
        threshold = best.values.min()
        return [(score >= threshold).float() for score in scores]

    def prune():
        masks = [torch.ones_like(weight) for weight in weights]
        for t in range(1, int(iterations) + 1):
            share = float(density) ** (t / int(iterations))
            masks = iterate(masks, max(1, int(total * share + 1e-6)))

    if method not in ("force", "iter-snip", "snip"):
        raise ValueError(f"does not know the method {method}")
    prune.warm_up = lambda: saliencies([torch.ones_like(weight) for weight in weights])
    return prune


def prepare_inference(torch, name, channels, side, batch, layout):
    """A function that computes the logits of random images with a file's weights."""
    form = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    model = trained_model(name).to(memory_format=form).eval()
    images = draw(torch, model, batch, channels, side)
    images = images.contiguous(memory_format=form)

    def step():
        with torch.inference_mode():
            model(images)

    return step


def prepare_topk(torch, count, kept, order):
    """A function that finds the largest of exponentially distributed scores; torch sorts them too
    unless it is told not to."""
    scores = torch.empty(int(count)).exponential_()
    return lambda: torch.topk(scores, int(kept), sorted=order == "sorted")


def answer(torch, prepared, words):
    """The answer to one request."""
    if words[0] == "prepare":
        makers = {"gradient": prepare_gradient, "hessian": prepare_hessian, "step": prepare_step,
                  "prune": prepare_prune, "topk": prepare_topk, "inference": prepare_inference}
        prepared[words[1]] = makers[words[2]](torch, *words[3:])
        getattr(prepared[words[1]], "warm_up", prepared[words[1]])()
        return "ok"
    if words[0] == "drop":
        del prepared[words[1]]
        return "ok"
    started = time.perf_counter()
    prepared[words[1]]()
    return f"seconds {time.perf_counter() - started:.9f}"


def threads_wanted():
    """The number of threads on the command line; 0 leaves it to PyTorch."""
    sys.dont_write_bytecode = True
    import usage

    return usage.read(__doc__, ("threads", int, "of PyTorch; 0 leaves it to PyTorch", "?")).threads or 0


def main():
    threads = threads_wanted()
    use_all_processors()
    try:
        import torch
    except ImportError as error:
        print(f"absent {error}", flush=True)
        return
    if threads > 0:
        torch.set_num_threads(threads)
    print(f"ready {torch.__version__} {torch.get_num_threads()}", flush=True)
    prepared = {}
    for line in sys.stdin:
        try:
            print(answer(torch, prepared, line.split()), flush=True)
        except Exception as error:  # whatever it is, skel bench should say so
            print("error", str(error).replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
