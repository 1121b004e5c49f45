/* DSR, dynamic sparse reparameterisation: at each change all weights with |theta_i| < H go, H being
 * one threshold for all layers, and as many weights that were pruned before grow as 0: layer l gets
 * the share R_l / sum R of them, R_l being the weights that it has left, at random places. With N_p
 * the number that should go (prune.drop-fraction of the kept weights), H doubles for the next
 * change if fewer than 0.9 N_p went, and is halved if more than 1.1 N_p went. The steps between two
 * changes double after an eighth, two fifths and seven tenths of the training, as in the paper's
 * 25th, 80th and 140th of 200 epochs. Deviations: N_p is a share, where the authors have a number
 * for each network: 600 weights of LeNet-300-100, which are 4.5 % of those kept at 95 % and 23 % at
 * 99 %, and 20,000 of WRN-28-2, 14 % at 90 %. They stop the changes after 9/10 or 19/20 of the
 * training (prune.update-until). In a short training the first distance is at most a 32nd of the
 * steps, where theirs is 100 always; layers get whole numbers by largest remainder, so that the
 * number of all weights is exact; a layer keeps at least one weight. The wide ResNet of the paper
 * has a first convolution, shortcuts and a last layer that are whole (prune.keep-layers); all
 * layers of its LeNet-300-100 are sparse, and have batch norm in place of biases. Source: Mostafa
 * and Wang 2019, algorithm 1, and their code. */
#include "methods.h"

const skel_method skel_method_dsr = {
    .name = "dsr",
    .summary = "sparse from the start, one threshold drops weights, layers grow by what is left",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_UNIFORM,
    .movement = SKEL_MOVEMENT_THRESHOLD,
    .defaults = {.update_every = 0 /* moves.h */, .update_until = 1, .drop_fraction = 0.1},
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
