/* From a method's formula for one tensor to the scores of the whole network. */
#include "scores.h"

/* What the formula may read. Plain data, borrowed. */
typedef struct inputs {
    const skel_mask *mask;
    const float *parameters;
    const float *signal;
    uint64_t seed;
    double total;
} inputs;

static skel_method_tensor tensor_at(const inputs *in, size_t s)
{
    const skel_segment *segment = &in->mask->segment[s];

    return (skel_method_tensor){
        .number = s,
        .count = segment->count,
        .parameters = in->parameters + segment->offset,
        .signal = in->signal != NULL ? in->signal + segment->offset : NULL,
        .seed = in->seed,
        .total = in->total,
    };
}

static double total_of(const skel_method *method, const inputs *in)
{
    double total = 0;

    for (size_t s = 0; method->total != NULL && s < in->mask->segments; s++) {
        const skel_method_tensor tensor = tensor_at(in, s);

        total += method->total(&tensor);
    }
    return total;
}

void skel_scores_compute(const skel_method *method, const skel_mask *mask, const float parameters[],
                         const float signal[], uint64_t seed, float scores[])
{
    inputs in = {mask, parameters, signal, seed, 0};

    in.total = total_of(method, &in);
    for (size_t s = 0; s < mask->segments; s++) {
        const skel_method_tensor tensor = tensor_at(&in, s);

        method->score(&tensor, scores + mask->segment[s].offset);
    }
}
