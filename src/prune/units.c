/* Tables of units: scores of units, and masks of weights from masks of units. */
#include "skel/units.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

skel_status skel_units_create(skel_unit unit, size_t elements, size_t segments, skel_units **out)
{
    skel_units *units = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *units, &units));
    units->unit = unit;
    units->elements = elements;
    SKEL_TRY(SKEL_ALLOC(segments, sizeof *units->segment, &units->segment));
    SKEL_TRY(SKEL_ALLOC(segments, sizeof *units->name, &units->name));
    SKEL_TRY(SKEL_ALLOC(segments, sizeof *units->whole, &units->whole));
    SKEL_TRY(SKEL_ALLOC(segments, sizeof *units->size, &units->size));
    SKEL_TRY(SKEL_ALLOC(elements, sizeof *units->of, &units->of));
    SKEL_TRY(SKEL_ALLOC(elements, 1, &units->role));
    memset(units->of, 0xff, elements * sizeof *units->of);
    if (unit.kind == SKEL_UNIT_CHANNEL) {
        SKEL_TRY(SKEL_ALLOC(elements, sizeof *units->reads, &units->reads));
        memset(units->reads, 0xff, elements * sizeof *units->reads);
    }
    *out = units;
    units = NULL;
done:
    skel_units_destroy(&units);
    return status;
}

void skel_units_destroy(skel_units **units)
{
    if (*units == NULL) {
        return;
    }
    SKEL_FREE(&(*units)->reads);
    SKEL_FREE(&(*units)->role);
    SKEL_FREE(&(*units)->of);
    SKEL_FREE(&(*units)->size);
    SKEL_FREE(&(*units)->whole);
    SKEL_FREE(&(*units)->name);
    SKEL_FREE(&(*units)->segment);
    SKEL_FREE(units);
}

/* Adds up an element's term; a channel's sum starts anew with its first one of batch norm. */
static void add_term(const skel_units *units, size_t i, double term, uint8_t normed[], float out[])
{
    uint32_t unit = units->of[i];
    bool is_norm = units->role[i] == SKEL_ROLE_NORM;

    if (is_norm && !normed[unit]) {
        normed[unit] = 1;
        out[unit] = 0;
    }
    if (is_norm || !normed[unit]) {
        out[unit] += (float)term;
    }
}

/* Sums of parameter * signal; signs count with a method whose scores have signs. */
static void sum_terms(const skel_units *units, const skel_method *method, const float parameters[],
                      const float signal[], uint8_t normed[], float out[])
{
    memset(normed, 0, units->count);
    memset(out, 0, units->count * sizeof *out);
    for (size_t i = 0; i < units->elements; i++) {
        if (units->of[i] != SKEL_UNITS_NONE) {
            add_term(units, i, (double)parameters[i] * (double)signal[i], normed, out);
        }
    }
    for (size_t u = 0; u < units->count; u++) {
        out[u] = method->has_signs ? -out[u] : fabsf(out[u]);
    }
}

static void sum_scores(const skel_units *units, const float scores[], float out[])
{
    memset(out, 0, units->count * sizeof *out);
    for (size_t i = 0; i < units->elements; i++) {
        if (units->of[i] != SKEL_UNITS_NONE && units->role[i] == SKEL_ROLE_WEIGHT) {
            out[units->of[i]] += scores[i];
        }
    }
}

static void take_first(const skel_units *units, const float scores[], float out[])
{
    for (size_t i = units->elements; i-- > 0;) {
        if (units->of[i] != SKEL_UNITS_NONE && units->role[i] == SKEL_ROLE_WEIGHT) {
            out[units->of[i]] = scores[i];
        }
    }
}

void skel_units_score(const skel_units *units, const skel_method *method, const float parameters[],
                      const float signal[], const float scores[], uint8_t normed[], float out[])
{
    switch (method->rule) {
    case SKEL_RULE_SUM:
        sum_scores(units, scores, out);
        break;
    case SKEL_RULE_TERMS:
        sum_terms(units, method, parameters, signal, normed, out);
        break;
    case SKEL_RULE_FIRST:
        take_first(units, scores, out);
        break;
    }
}

void skel_units_kept(const skel_units *units, const skel_mask *mask, uint8_t out[])
{
    memset(out, 0, units->count);
    for (size_t s = 0; s < mask->segments; s++) {
        for (size_t i = 0; i < mask->segment[s].count; i++) {
            size_t at = mask->segment[s].offset + i;

            if (units->of[at] != SKEL_UNITS_NONE && mask->keep[at]) {
                out[units->of[at]] = 1;
            }
        }
    }
}

static bool stays(uint32_t unit, const uint8_t kept[])
{
    return unit == SKEL_UNITS_NONE || kept[unit];
}

void skel_units_expand(const skel_units *units, const uint8_t kept[], const skel_mask *mask,
                       uint8_t keep[])
{
    for (size_t s = 0; s < mask->segments; s++) {
        for (size_t i = 0; i < mask->segment[s].count; i++) {
            size_t at = mask->segment[s].offset + i;

            keep[at] = stays(units->of[at], kept) &&
                       (units->reads == NULL || stays(units->reads[at], kept));
        }
    }
}
