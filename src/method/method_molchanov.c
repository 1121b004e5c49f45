/* Taylor scores of channels: Theta_u is the mean over the images of |mean over the pixels of
 * z dL/dz|, z being what the channel's layer writes, behind its batch norm: what the image's loss
 * changes by, to first order, if the channel becomes 0. In each layer all Theta are divided by
 * their Euclidean norm; prune.flops-weight times the operations of the channel, in millions, is
 * subtracted. prune.magnitude-of pixels takes the mean of |z dL/dz| instead, as the authors' later
 * code does (NVlabs/Taylor_pruning, the pruning engine's method 6, Taylor_output, which also
 * divides by the layer's norm). The signal of each weight is the score of its output channel.
 * A trained network loses channels in iterations with 30 training steps between them. Deviations:
 * batch norm has its running averages, so that the images of a batch do not meet. The channels of
 * layers whose outputs are added are one unit, whose term is the sum of theirs, and share one norm.
 * Images are those of the iteration, not those of the training steps before it. An iteration may
 * remove several channels. Operations, 2 H W (C_in K^2 + 1) for each output channel, are those of
 * the whole network. A channel of a linear layer is one of its outputs. Source: Molchanov, Tyree,
 * Karras, Aila and Kautz 2017, the sections on the criteria, on their normalisation and on FLOPs
 * regularisation; the appendix on FLOPs. */
#include "methods.h"

const skel_method skel_method_molchanov = {
    .name = "molchanov",
    .summary = "train, prune whole channels by first-order terms of activations, fine-tune",
    .signal = SKEL_SIGNAL_CHANNELS,
    .rule = SKEL_RULE_FIRST,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .has_signs = true,
    .defaults = {.batches = 10, .iterations = 20, .finetune_epochs = 1, .finetune_steps = 30},
    .score = skel_score_signal,
};
