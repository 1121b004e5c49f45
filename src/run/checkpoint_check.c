/* A checkpoint's own numbers, against the job: a wrong one would cost hours of work on wrong state,
 * or never end. */
#include "checkpoint_check.h"
#include "rewind.h"

#include "skel/auxiliary.h"
#include "skel/memory.h"
#include "skel/stored.h"
#include "skel/traits.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER = 64, PATH_SIZE = 512 };

static const char at[] = "/state";

/* What is judged, and by what. */
typedef struct judged {
    const skel_inputs *in;
    const skel_checkpoint_state *state; /* as prepared */
    skel_reader *reader;
    const char *path;
    skel_position position;
    bool places;    /* weights may be in place for a leg, which may have no epochs */
    size_t epochs;  /* that may be done at this position */
    size_t batches; /* of the epoch that goes on; 0: none may go on */
} judged;

static skel_status take(const judged *of, const char *name, char out[NUMBER])
{
    skel_reader_attribute(of->reader, at, name, NUMBER, out);
    return out[0] != '\0' ? SKEL_OK
                          : SKEL_FAIL(SKEL_ERR_DATA, "%s: the attribute %s of %s is missing",
                                      of->path, name, at);
}

/* A whole number from `least` to `most`. */
static skel_status take_count(const judged *of, const char *name, size_t least, size_t most,
                              size_t *out)
{
    char text[NUMBER];
    char expected[NUMBER];
    char *end = text;
    unsigned long long value = 0;
    skel_status status = take(of, name, text);

    if (status != SKEL_OK) {
        return status;
    }
    errno = 0;
    if (isdigit((unsigned char)text[0]) != 0) {
        value = strtoull(text, &end, 10);
    }
    if (end == text || *end != '\0' || errno != 0 || value < least || value > most) {
        if (least == most) {
            (void)snprintf(expected, sizeof expected, "%zu", least);
        } else {
            (void)snprintf(expected, sizeof expected, "a whole number from %zu to %zu", least,
                           most);
        }
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the attribute %s of %s is %s, expected %s", of->path,
                         name, at, text, expected);
    }
    *out = (size_t)value;
    return SKEL_OK;
}

/* A finite number from 0 to `most`; where there may be none, NaN. */
static skel_status take_real(const judged *of, const char *name, double most, bool may_be_nan)
{
    char text[NUMBER];
    char *end = text;
    double value = 0;
    skel_status status = take(of, name, text);

    if (status != SKEL_OK) {
        return status;
    }
    value = strtod(text, &end);
    if (end == text || *end != '\0' || (isnan(value) ? !may_be_nan : value < 0 || value > most)) {
        return SKEL_FAIL(
            SKEL_ERR_DATA, "%s: the attribute %s of %s is %s, expected %s%.17g", of->path, name, at,
            text, most == DBL_MAX ? "a finite number from 0 to " : "a number from 0 to ", most);
    }
    return SKEL_OK;
}

/* How many iterations and epochs are done, and what may go on there. */
static skel_status check_position(judged *of)
{
    const skel_job *job = of->in->job;
    const skel_settings *settings = &of->in->settings;
    bool trains = false;
    skel_leg leg;
    skel_status status = SKEL_OK;

    SKEL_TRY(take_count(of, "iterations", 0, settings->iterations, &of->position.iterations));
    leg = skel_leg_after(job, settings, of->position.iterations);
    trains = skel_leg_count(settings) > 1 || of->position.iterations == settings->iterations;
    of->places = trains;
    of->epochs = trains ? leg.epochs : 0;
    SKEL_TRY(take_count(of, "epochs", 0, of->epochs, &of->position.epochs));
    if (trains && of->position.epochs < leg.epochs) {
        of->batches = (of->in->train.count + job->train.batch_size - 1) / job->train.batch_size;
        if (leg.most > 0 && leg.most < of->batches) { /* never done: then the epoch is */
            of->batches = leg.most;
        }
    }
done:
    return status;
}

/* The part of the epoch that goes on. */
static skel_status check_part(const judged *of)
{
    size_t count = of->in->train.count;
    size_t steps = 0;
    size_t images = 0;
    size_t placed = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(take_count(of, "steps", 0, of->batches, &steps));
    images = steps * of->in->job->train.batch_size < count ? steps * of->in->job->train.batch_size
                                                           : count;
    images = steps == 0 ? 0 : images;
    SKEL_TRY(take_count(of, "step_images", images, images, &images));
    SKEL_TRY(take_real(of, "step_loss", steps > 0 ? DBL_MAX : 0, false));
    SKEL_TRY(take_real(of, "step_accuracy", (double)images, false));
    SKEL_TRY(take_real(of, "step_seconds", DBL_MAX, false));
    SKEL_TRY(take_count(of, "placed", of->position.epochs > 0 || steps > 0 ? 1 : 0,
                        of->places ? 1 : 0, &placed));
done:
    return status;
}

static skel_status check_figures(const judged *of)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(take_real(of, "seconds_prune", DBL_MAX, false));
    SKEL_TRY(take_real(of, "seconds_train", DBL_MAX, false));
    SKEL_TRY(take_real(of, "test_accuracy", 1, true));
    SKEL_TRY(take_real(of, "test_loss", DBL_MAX, true));
done:
    return status;
}

static skel_status check_rows(const judged *of, const char *column, size_t expected)
{
    size_t dims = 0;
    size_t shape[4];
    skel_status status = SKEL_OK;

    if (!skel_reader_has(of->reader, column)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is missing", of->path, column);
    }
    SKEL_TRY(skel_reader_shape(of->reader, column, &dims, shape));
    if (dims != 1 || shape[0] != expected) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: %s has %zu rows, expected %zu after %zu iterations and %zu epochs",
                           of->path, column, dims == 1 ? shape[0] : 0, expected,
                           of->position.iterations, of->position.epochs);
    }
done:
    return status;
}

static skel_status check_tables(const judged *of)
{
    const skel_job *job = of->in->job;
    const skel_settings *settings = &of->in->settings;
    size_t trained =
        skel_leg_epochs_left(job, settings, 0, 0) -
        skel_leg_epochs_left(job, settings, of->position.iterations, of->position.epochs);
    skel_status status = SKEL_OK;

    SKEL_TRY(check_rows(of, "/metrics/prune/iteration", of->position.iterations));
    SKEL_TRY(check_rows(of, "/metrics/train/epoch", trained));
    if (of->state->tables.sparsity != NULL) { /* of the last leg */
        trained = of->position.iterations == settings->iterations ? of->position.epochs : 0;
        SKEL_TRY(check_rows(of, "/metrics/sparsity/epoch", trained));
    }
done:
    return status;
}

/* Bytes of one dataset, none above `most`; adds them up. */
static skel_status check_bytes(const judged *of, const char *path, size_t expected, uint8_t most,
                               size_t *sum)
{
    uint8_t *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(of->reader, path)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is missing", of->path, path);
    }
    SKEL_TRY(skel_reader_bytes(of->reader, path, &count, &values));
    if (count != expected) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu values, expected %zu", of->path, path,
                           count, expected));
    }
    for (size_t i = 0; i < count; i++) {
        if (values[i] > most) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %u, expected 0 to %u",
                               of->path, i, path, values[i], most));
        }
        *sum += values[i];
    }
done:
    SKEL_FREE(&values);
    return status;
}

/* Whether the schedule promises the number of kept weights: not of a mask that swells, of a
 * reparameterised leg, or of units of several weights. */
static bool is_promised(const judged *of)
{
    const skel_settings *settings = &of->in->settings;

    return settings->method->movement != SKEL_MOVEMENT_SWELL &&
           !skel_method_reparameterises(settings->method) &&
           settings->unit.kind == SKEL_UNIT_WEIGHT;
}

/* The number of kept weights. A run that has pruned nothing has the mask that it was prepared with.
 */
static size_t kept_at(const judged *of)
{
    const skel_settings *settings = &of->in->settings;
    const skel_mask *mask = of->state->mask;

    if (of->position.iterations == 0) {
        return mask->kept;
    }
    return skel_schedule_kept(settings->schedule, mask->prunable, 1 - of->in->job->prune.sparsity,
                              of->position.iterations, settings->iterations);
}

static skel_status check_masks(const judged *of)
{
    const skel_network *network = of->in->network;
    char path[SKEL_READER_PATH];
    size_t kept = 0;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(of->reader, "/masks")) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the group /masks is missing", of->path);
    }
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (parameter->prunable) {
            skel_reader_member("/masks", parameter->name, path);
            SKEL_TRY(check_bytes(of, path, parameter->count, 1, &kept));
        }
    }
    if (is_promised(of) && kept != kept_at(of)) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: the masks keep %zu weights, expected %zu after %zu of %zu "
                           "iterations",
                           of->path, kept, kept_at(of), of->position.iterations,
                           of->in->settings.iterations);
    }
done:
    return status;
}

static skel_status check_vector(const judged *of, const char *path, size_t count)
{
    float *values = NULL;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(of->reader, path)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is missing", of->path, path);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(count, sizeof *values, &values));
    SKEL_TRY(skel_reader_floats(of->reader, path, count, values));
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %g, not a finite number",
                               of->path, i, path, (double)values[i]));
        }
    }
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status check_auxiliary(const judged *of)
{
    const skel_method *method = of->in->settings.method;
    const skel_network *network = of->in->network;
    char path[PATH_SIZE];
    skel_status status = SKEL_OK;

    for (size_t q = 0; q < SKEL_AUXILIARIES && of->state->auxiliary[q] != NULL; q++) {
        (void)snprintf(path, sizeof path, "/auxiliary/%s",
                       method->reparameterisation->auxiliary[q].name);
        SKEL_TRY(check_vector(of, path, skel_auxiliary_total(method, network, q)));
    }
    if (of->state->moments != NULL) {
        status =
            check_vector(of, "/state/auxiliary_moments", skel_auxiliary_moments(method, network));
    }
done:
    return status;
}

static skel_status check_vectors(const judged *of)
{
    size_t count = of->in->network->parameter_count;
    skel_checkpoint_state there = *of->state;
    size_t unused = 0;
    skel_status status = SKEL_OK;

    there.position = of->position;
    there.part.steps = (size_t)skel_stored_number(of->reader, at, "steps");
    SKEL_TRY(check_bytes(of, "/state/lineage", count, 3, &unused));
    SKEL_TRY(check_vector(of, "/state/velocity", count));
    if (skel_rewind_is_saved(of->in, &there)) {
        SKEL_TRY(check_vector(of, "/state/rewound_parameters", count));
        SKEL_TRY(check_vector(of, "/state/rewound_velocity", count));
        SKEL_TRY(check_vector(of, "/state/rewound_buffers", of->in->network->buffer_count));
    }
    if (of->state->first_keep != NULL) {
        SKEL_TRY(check_bytes(of, "/state/first_mask", count, 1, &unused));
    }
    if (of->state->growth != NULL) {
        SKEL_TRY(check_vector(of, "/state/growth", count));
    }
    SKEL_TRY(check_auxiliary(of));
done:
    return status;
}

skel_status skel_checkpoint_check(const skel_inputs *in, const skel_checkpoint_state *state,
                                  skel_reader *reader)
{
    judged of = {.in = in, .state = state, .reader = reader, .path = skel_reader_path(reader)};
    skel_status status = SKEL_OK;

    SKEL_TRY(check_position(&of));
    if (skel_stored_number(reader, "/", "schema_version") > 1) { /* 1 had no parts of epochs */
        SKEL_TRY(check_part(&of));
    }
    SKEL_TRY(check_figures(&of));
    SKEL_TRY(check_tables(&of));
    SKEL_TRY(check_masks(&of));
    SKEL_TRY(check_vectors(&of));
done:
    return status;
}
