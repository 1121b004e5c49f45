/* Masks of units, and back to masks of weights. */
#include "skel/unit_mask.h"

#include "skel/memory.h"

#include <math.h>

/* Means over each unit's weights of their magnitudes. */
static skel_status mean_magnitudes(const skel_unit_mask *of, const skel_mask *mask,
                                   const float values[], float **out)
{
    double *sum = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(of->mask.count, sizeof **out, out));
    SKEL_TRY(SKEL_ALLOC(of->mask.count, sizeof *sum, &sum));
    for (size_t s = 0; s < mask->segments; s++) {
        size_t end = mask->segment[s].offset + mask->segment[s].count;

        for (size_t i = mask->segment[s].offset; i < end; i++) {
            sum[of->units->of[i]] += fabs((double)values[i]);
        }
    }
    for (size_t u = 0; u < of->mask.count; u++) {
        (*out)[u] = (float)(sum[u] / (double)of->size[u]);
    }
done:
    SKEL_FREE(&sum);
    return status;
}

static void measure_sizes(const skel_mask *mask, skel_unit_mask *of)
{
    for (size_t s = 0; s < mask->segments; s++) {
        size_t end = mask->segment[s].offset + mask->segment[s].count;

        for (size_t i = mask->segment[s].offset; i < end; i++) {
            of->size[of->units->of[i]]++;
        }
    }
}

static void add_segment(skel_unit_mask *of, size_t offset, size_t end, const char *name)
{
    if (offset < end) {
        of->segment[of->mask.segments] = (skel_segment){offset, end - offset};
        of->names[of->mask.segments++] = name;
    }
}

/* The segments of the units; the smaller units of each, which are its last ones, apart if asked
 * for. */
static void divide(skel_unit_mask *of, bool by_size)
{
    const skel_units *units = of->units;

    for (size_t s = 0; s < units->segments; s++) {
        size_t offset = units->segment[s].offset;
        size_t end = offset + units->segment[s].count;
        size_t small = end;

        while (by_size && small > offset && of->size[small - 1] < units->unit.of) {
            small--;
        }
        add_segment(of, offset, small, units->name[s]);
        add_segment(of, small, end, units->name[s]);
    }
    of->mask.segment = of->segment;
    of->mask.names = of->names;
}

skel_status skel_unit_mask_open(const skel_units *units, const skel_mask *mask, bool by_size,
                                const float parameters[], const float velocity[],
                                const float growth[], skel_unit_mask *out)
{
    skel_status status = SKEL_OK;

    SKEL_ASSERT(units->unit.kind == SKEL_UNIT_BLOCK);
    *out =
        (skel_unit_mask){.units = units, .mask = {.count = units->count, .prunable = units->count}};
    SKEL_TRY(SKEL_ALLOC(units->count, sizeof *out->size, &out->size));
    SKEL_TRY(SKEL_ALLOC(2 * units->segments, sizeof *out->segment, &out->segment));
    SKEL_TRY(SKEL_ALLOC(2 * units->segments, sizeof *out->names, &out->names));
    SKEL_TRY(SKEL_ALLOC_RAW(units->count, 1, &out->mask.keep));
    measure_sizes(mask, out);
    divide(out, by_size);
    skel_units_kept(units, mask, out->mask.keep);
    skel_mask_recount(&out->mask);
    SKEL_TRY(mean_magnitudes(out, mask, parameters, &out->parameters));
    if (velocity != NULL) {
        SKEL_TRY(mean_magnitudes(out, mask, velocity, &out->velocity));
    }
    if (growth != NULL) {
        SKEL_TRY(mean_magnitudes(out, mask, growth, &out->growth));
    }
done:
    return status;
}

void skel_unit_mask_apply(const skel_unit_mask *of, skel_mask *mask, float parameters[],
                          float velocity[])
{
    for (size_t s = 0; s < mask->segments; s++) {
        size_t end = mask->segment[s].offset + mask->segment[s].count;

        for (size_t i = mask->segment[s].offset; i < end; i++) {
            uint8_t next = of->mask.keep[of->units->of[i]];

            if (mask->keep[i] != next) {
                mask->keep[i] = next;
                parameters[i] = 0;
                velocity[i] = 0;
            }
        }
    }
    skel_mask_recount(mask);
}

void skel_unit_mask_close(skel_unit_mask *of)
{
    SKEL_FREE(&of->growth);
    SKEL_FREE(&of->velocity);
    SKEL_FREE(&of->parameters);
    SKEL_FREE(&of->mask.keep);
    SKEL_FREE(&of->names);
    SKEL_FREE(&of->segment);
    SKEL_FREE(&of->size);
}
