/* ProsPr, prospect pruning: score_i = |dL(theta_M)/dc_i| at c = 1, where theta_0 = c theta, and M
 * steps of descent lead to theta_M, all on the same images. With lambda_M the gradient at theta_M
 * and H_t the Hessian at theta_t, lambda_t = lambda_t+1 - rate H_t lambda_t+1, and dL/dc_i =
 * theta_i lambda_0,i: derivatives of full second order. The signal is lambda_0. All parameters
 * move, only weights have a c. Deviations: the authors' code takes other images in each step by
 * default; here all steps have the images of the iteration, as the method's first form in the
 * paper. M = 3, rate 0.1, no momentum. Source: Alizadeh et al. 2022, section 3 and algorithm 1. */
#include "methods.h"

const skel_method skel_method_prospr = {
    .name = "prospr",
    .summary = "gradient by a weight's presence of the loss after the first training steps",
    .signal = SKEL_SIGNAL_LOOKAHEAD,
    .rule = SKEL_RULE_TERMS,
    .defaults = {.lookahead_steps = 3, .lookahead_rate = 0.1},
    .score = skel_score_saliency,
};
