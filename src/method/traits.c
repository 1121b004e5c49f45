/* Questions about a method whose answers follow from its traits. */
#include "skel/traits.h"

bool skel_method_prunes(const skel_method *method)
{
    return method->score != NULL;
}

bool skel_method_is_iterative(const skel_method *method)
{
    return method->iterative;
}

/* The first mask of a moving one depends on the scope, whichever densities the method asks for. */
bool skel_method_reads_scope(const skel_method *method)
{
    return skel_method_reads_floor(method) &&
           (method->sharing == SKEL_SHARING_BY_SCOPE ||
            (method->sharing == SKEL_SHARING_ERK && skel_method_moves(method)));
}

bool skel_method_reads_floor(const skel_method *method)
{
    return skel_method_chooses(method) && !skel_method_walks(method);
}

bool skel_method_walks(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_WALK;
}

bool skel_method_has_final_mask(const skel_method *method)
{
    return skel_method_prunes(method) && !skel_method_moves(method) &&
           !skel_method_reparameterises(method);
}

bool skel_method_grows_by_gradient(const skel_method *method)
{
    return method->grows_by_gradient;
}

bool skel_method_grows_at_random(const skel_method *method)
{
    return skel_method_moves(method) && method->movement == SKEL_MOVEMENT_EXCHANGE &&
           !method->grows_by_gradient;
}

bool skel_method_grows_by_momentum(const skel_method *method)
{
    return method->movement == SKEL_MOVEMENT_MOMENTUM || method->movement == SKEL_MOVEMENT_SWELL;
}

bool skel_method_regrows(const skel_method *method)
{
    return method->grows_by_gradient || method->movement == SKEL_MOVEMENT_MOMENTUM;
}

bool skel_method_drops_by_threshold(const skel_method *method)
{
    return method->movement == SKEL_MOVEMENT_THRESHOLD;
}

/* The curvature of a trained network, too, is taken with its running averages; training has moved
 * those. */
bool skel_method_scores_at_averages(const skel_method *method)
{
    return skel_method_flows(method);
}

/* Whether training changes the mask by a choice among all weights. */
static bool chooses_again(const skel_method *method)
{
    return skel_method_reparameterises(method) &&
           method->reparameterisation->remask == SKEL_REMASK_CHOICE;
}

bool skel_method_has_units(const skel_method *method)
{
    return (skel_method_has_final_mask(method) && method->signal != SKEL_SIGNAL_ELIMINATION) ||
           chooses_again(method) || skel_method_moves_units(method);
}

static bool follows_rule(const skel_method *method)
{
    return skel_method_reparameterises(method) &&
           method->reparameterisation->remask == SKEL_REMASK_RULE;
}

/* A block has no sign that it could lose. */
bool skel_method_moves_units(const skel_method *method)
{
    return follows_rule(method) ||
           (skel_method_moves(method) && method->movement != SKEL_MOVEMENT_REWIRE);
}

bool skel_method_scores_channels(const skel_method *method)
{
    return skel_method_scores_terms(method) || skel_method_has_energy(method);
}

bool skel_method_scores_terms(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_CHANNELS;
}

bool skel_method_has_energy(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_ENERGY;
}

bool skel_method_looks_ahead(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_LOOKAHEAD;
}

bool skel_method_disturbs(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_DISTURBANCE;
}

bool skel_method_flows(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_FLOW || method->signal == SKEL_SIGNAL_SQUARED_FLOW ||
           skel_method_follows_paths(method);
}

bool skel_method_follows_paths(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_ACTIVE_PATHS;
}

bool skel_method_has_temperature(const skel_method *method)
{
    return method->defaults.temperature > 0;
}

bool skel_method_rewinds(const skel_method *method)
{
    return method->timing == SKEL_TIMING_REWOUND;
}

bool skel_method_finetunes(const skel_method *method)
{
    return method->timing == SKEL_TIMING_TRAINED;
}

bool skel_method_moves(const skel_method *method)
{
    return method->timing == SKEL_TIMING_MOVING;
}

bool skel_method_reparameterises(const skel_method *method)
{
    return method->reparameterisation != NULL;
}

bool skel_method_sparsity_is_outcome(const skel_method *method)
{
    return skel_method_reparameterises(method) && !chooses_again(method);
}

bool skel_method_misses_share(double kept, double asked)
{
    const double tolerance = 1.05;

    return kept > tolerance * asked || kept < asked / tolerance;
}

/* The first mask of a trained network is a choice also where later ones are not. */
bool skel_method_chooses(const skel_method *method)
{
    return skel_method_prunes(method) &&
           (!skel_method_sparsity_is_outcome(method) || method->timing != SKEL_TIMING_DURING);
}

bool skel_method_updates(const skel_method *method)
{
    return method->defaults.update_until > 0;
}

bool skel_method_updates_by_steps(const skel_method *method)
{
    return chooses_again(method) ||
           (skel_method_moves(method) && method->movement != SKEL_MOVEMENT_REWIRE);
}

bool skel_method_exchanges(const skel_method *method)
{
    return method->defaults.drop_fraction > 0;
}

bool skel_method_has_strength(const skel_method *method)
{
    return method->defaults.strength > 0;
}

bool skel_method_strengthens(const skel_method *method)
{
    return method->defaults.strength_growth > 0;
}

bool skel_method_has_noise(const skel_method *method)
{
    return method->defaults.noise > 0;
}

static skel_auxiliary_rule auxiliary_rule(const skel_method *method)
{
    return skel_method_reparameterises(method) ? method->reparameterisation->auxiliary[0].rule
                                               : SKEL_AUXILIARY_OWN;
}

bool skel_method_learns_auxiliary(const skel_method *method)
{
    return auxiliary_rule(method) != SKEL_AUXILIARY_OWN;
}

bool skel_method_decays_auxiliary(const skel_method *method)
{
    return auxiliary_rule(method) == SKEL_AUXILIARY_SGD;
}

bool skel_method_starts_auxiliary(const skel_method *method)
{
    return method->defaults.auxiliary_start != 0; /* a default is a number, never computed */
}

bool skel_method_refreshes(const skel_method *method)
{
    return method->defaults.refresh_decay > 0;
}

bool skel_method_needs_training(const skel_method *method)
{
    return method->timing != SKEL_TIMING_INITIAL;
}

bool skel_method_operates(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_FISHER || method->signal == SKEL_SIGNAL_ELIMINATION;
}

bool skel_method_uses_worker(const skel_method *method)
{
    return method->signal != SKEL_SIGNAL_NONE && method->signal != SKEL_SIGNAL_WALK &&
           method->signal != SKEL_SIGNAL_DISTURBANCE && !skel_method_operates(method);
}

bool skel_method_needs_second_derivatives(const skel_method *method)
{
    return method->signal == SKEL_SIGNAL_HESSIAN || method->signal == SKEL_SIGNAL_CURVATURE ||
           method->signal == SKEL_SIGNAL_LOOKAHEAD || skel_method_operates(method);
}
