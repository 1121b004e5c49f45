"""The masks of skel's methods, computed by PyTorch: what skel's own are compared with.

    import skel_masks
    state = skel_masks.prune(model.double(), batches, "force", 0.98, iterations=3)
    state.mask          # flat, of the prunable weights in the model's order

`batches` is a list of (images, labels); batch norm normalises over each of them. Nothing is
taken from skel but the meaning of its numbers (src/NUMBERS.md).
"""
import contextlib
import dataclasses
import math

import torch
from torch import nn

METHODS = ("snip", "iter-snip", "force", "grasp", "synflow")
SNIP, ITER_SNIP, FORCE, GRASP, SYNFLOW = METHODS
ITERATIVE = (ITER_SNIP, FORCE, SYNFLOW)
PERMANENT = (ITER_SNIP, SYNFLOW)  # a pruned weight stays pruned
NEAR = 1e-4  # relative distance from the threshold within which a choice may be another


@dataclasses.dataclass
class State:
    """What one pruning iteration has come to; all tensors are [prunable]."""

    iteration: int
    mask: torch.Tensor
    scores: torch.Tensor  # minus infinity where a pruned weight stays pruned
    threshold: float  # halfway between the lowest score kept and the highest removed

    def distance(self):
        """Of every score from the threshold, relative to it."""
        return (self.scores - self.threshold).abs() / abs(self.threshold)


def prunable(model):
    """Every convolution's and linear layer's weight."""
    return [p for p in model.parameters() if p.dim() > 1]


def flat(tensors):
    return torch.cat([t.detach().reshape(-1) for t in tensors])


def kept_after(schedule, weights, density, iteration, iterations):
    """Weights to keep after an iteration, from 1 to `iterations`."""
    progress = iteration / iterations
    kept = weights * density
    if iteration < iterations and schedule == "exponential":
        kept = weights * math.exp(progress * math.log(density))
    elif iteration < iterations:
        kept = weights * (1 - progress * (1 - density))
    return max(1, math.floor(kept + 1e-6))


@contextlib.contextmanager
def masked(model, mask):
    """The weights are theta * mask inside; all of the model's state is put back after it."""
    state = {name: value.clone() for name, value in model.state_dict().items()}
    training = model.training
    try:
        with torch.no_grad():
            for p, m in zip(prunable(model), mask.split([p.numel() for p in prunable(model)])):
                p.mul_(m.view_as(p))
        yield
    finally:
        model.load_state_dict(state)
        model.train(training)


def losses(model, batches, temperature):
    """Each batch's share of the mean cross-entropy over all images."""
    images = sum(len(labels) for _, labels in batches)
    for x, labels in batches:
        loss = nn.functional.cross_entropy(model(x) / temperature, labels, reduction="sum")
        yield loss / images


def mean_gradient(model, batches, temperature=1.0):
    """By every prunable weight, those that are 0, too."""
    weights = prunable(model.train())
    mean = [torch.zeros_like(w) for w in weights]
    for loss in losses(model, batches, temperature):
        mean = [m + g for m, g in zip(mean, torch.autograd.grad(loss, weights))]
    return mean


def hessian_times(model, batches, vector, temperature=1.0):
    """The Hessian of the mean loss by the prunable weights, times a vector: double backward."""
    weights = prunable(model.train())
    product = [torch.zeros_like(w) for w in weights]
    for loss in losses(model, batches, temperature):
        gradient = torch.autograd.grad(loss, weights, create_graph=True)
        along = sum((g * v).sum() for g, v in zip(gradient, vector))
        product = [p + h for p, h in zip(product, torch.autograd.grad(along, weights))]
    return product


def synaptic_flow(model, shape):
    """Gradient of the sum of all logits by the magnitudes of the weights, on an image of ones."""
    with torch.no_grad():
        for value in model.state_dict().values():
            value.abs_()
    model.eval()
    weights = prunable(model)
    total = model(torch.ones(1, *shape, dtype=weights[0].dtype)).sum()
    return torch.autograd.grad(total, weights)


def scores(model, batches, method, mask, temperature):
    """Of all prunable weights, at theta * mask; what scores high is kept."""
    theta = flat(prunable(model))
    with masked(model, mask):
        if method == SYNFLOW:
            return theta.abs() * flat(synaptic_flow(model, batches[0][0].shape[1:]))
        if method == GRASP:
            vector = mean_gradient(model, batches, temperature)
            products = theta * flat(hessian_times(model, batches, vector, temperature))
            return products / (products.sum().abs() + 1e-10)
        return (theta * flat(mean_gradient(model, batches))).abs()


def choose(values, kept):
    """The mask of the largest, of equal ones the first, and the threshold."""
    order = torch.sort(values, descending=True, stable=True)
    mask = torch.zeros_like(values)
    mask[order.indices[:kept]] = 1
    threshold = order.values[kept - 1].item()
    if kept < len(values) and math.isfinite(order.values[kept].item()):
        threshold = (threshold + order.values[kept].item()) / 2
    return mask, threshold


def iterate(model, batches, method, sparsity, iterations=1, schedule="exponential",
            temperature=200.0):
    """Yields the State after each iteration; the model is left as it was. The temperature is
    GraSP's."""
    theta = flat(prunable(model))
    mask = torch.ones_like(theta)
    iterations = iterations if method in ITERATIVE else 1
    for t in range(1, iterations + 1):
        values = scores(model, batches, method, mask, temperature)
        if method in PERMANENT:
            values = values.masked_fill(mask == 0, -math.inf)
        kept = kept_after(schedule, len(theta), 1 - sparsity, t, iterations)
        mask, threshold = choose(values, kept)
        yield State(t, mask, values, threshold)


def prune(*arguments, **options):
    """The last State of iterate()."""
    *_, last = iterate(*arguments, **options)
    return last
