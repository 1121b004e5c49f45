/* Weight files. The names and shapes of the file are compared with the network's before any value
 * is read. The root reads; the other ranks receive. */
#include "skel/weight_file.h"

#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SHAPE_SIZE = 96,
    LISTED = 6, /* problems that a message spells out */
    REPORT_SIZE = 1536,
};

/* One tensor that is wanted: a parameter or a buffer. */
typedef struct wanted_tensor {
    const char *name;
    size_t dims;
    size_t shape[SKEL_MAX_DIMS];
    size_t offset;
    size_t count;
} wanted_tensor;

/* What does not fit, gathered so that the user sees all of it at once. */
typedef struct problem_report {
    size_t problems;
    size_t used;
    char text[REPORT_SIZE];
} problem_report;

/* The file, the network, and what the root reads into. */
typedef struct weight_source {
    skel_reader *reader;
    const skel_network *network;
    const char *group; /* of the weights */
    float *parameters;
    float *buffers;
    uint8_t *mask; /* NULL if not wanted */
    bool has_buffers;
    bool has_mask;
} weight_source;

static wanted_tensor want_parameter(const skel_parameter *parameter)
{
    wanted_tensor made = {
        parameter->name, parameter->dims, {0}, parameter->offset, parameter->count};

    memcpy(made.shape, parameter->shape, sizeof made.shape);
    return made;
}

static wanted_tensor want_buffer(const skel_buffer *buffer)
{
    wanted_tensor made = {buffer->name, 1, {buffer->count}, buffer->offset, buffer->count};

    return made;
}

static void shape_text(size_t dims, const size_t shape[], char out[SHAPE_SIZE])
{
    size_t used = 1;

    (void)snprintf(out, SHAPE_SIZE, "[");
    for (size_t i = 0; i < dims; i++) {
        used +=
            (size_t)snprintf(out + used, SHAPE_SIZE - used, "%s%zu", i > 0 ? ", " : "", shape[i]);
    }
    (void)snprintf(out + used, SHAPE_SIZE - used, "]");
}

static void note(problem_report *report, const char *format, ...) SKEL_FORMAT(2, 3);

static void note(problem_report *report, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof report->text - report->used;

    report->problems++;
    if (report->problems > LISTED || room < 2) {
        return;
    }
    if (report->problems > 1) {
        (void)snprintf(report->text + report->used, room, "; ");
        report->used += 2;
        room -= 2;
    }
    va_start(arguments, format);
    (void)vsnprintf(report->text + report->used, room, format, arguments);
    va_end(arguments);
    report->used += strlen(report->text + report->used);
}

static skel_status conclude(const weight_source *source, const problem_report *report)
{
    char more[64] = "";

    if (report->problems == 0) {
        return SKEL_OK;
    }
    if (report->problems > LISTED) {
        (void)snprintf(more, sizeof more, "; and %zu more", report->problems - LISTED);
    }
    return SKEL_FAIL(SKEL_ERR_DATA, "%s does not fit %s: %s%s", skel_reader_path(source->reader),
                     source->network->name, report->text, more);
}

static bool is_counter(const char *name)
{
    static const char ending[] = "num_batches_tracked";

    return strcmp(name, ending) == 0 || skel_text_ends_in(name, ending);
}

static const skel_parameter *find_parameter(const skel_network *network, const char *name)
{
    for (size_t i = 0; i < network->parameters; i++) {
        if (strcmp(network->parameter[i].name, name) == 0) {
            return &network->parameter[i];
        }
    }
    return NULL;
}

static const skel_buffer *find_buffer(const skel_network *network, const char *name)
{
    for (size_t i = 0; i < network->buffers; i++) {
        if (strcmp(network->buffer[i].name, name) == 0) {
            return &network->buffer[i];
        }
    }
    return NULL;
}

/* Notes what is wrong with one wanted tensor in a group. */
static skel_status check_one(const weight_source *source, const char *group,
                             const wanted_tensor *wanted, problem_report *report)
{
    char path[SKEL_READER_PATH];
    char expected[SHAPE_SIZE];
    char found[SHAPE_SIZE];
    size_t dims = 0;
    size_t shape[4];
    skel_status status = SKEL_OK;

    skel_reader_member(group, wanted->name, path);
    shape_text(wanted->dims, wanted->shape, expected);
    if (!skel_reader_has(source->reader, path)) {
        note(report, "%s %s is missing", path, expected);
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_shape(source->reader, path, &dims, shape));
    if (dims != wanted->dims || memcmp(shape, wanted->shape, dims * sizeof *shape) != 0) {
        shape_text(dims, shape, found);
        note(report, "%s has shape %s, expected %s", path, found, expected);
    }
done:
    return status;
}

/* Whether a name of the file has a place in the network, in that group. */
static bool is_known(const skel_network *network, const char *group, const char *name)
{
    bool in_weights = strcmp(group, "/weights") == 0;
    bool in_buffers = strcmp(group, "/buffers") == 0;

    /* A state_dict has the running averages among the weights. */
    return ((in_weights || in_buffers) &&
            (is_counter(name) || find_buffer(network, name) != NULL)) ||
           (!in_buffers && find_parameter(network, name) != NULL);
}

static skel_status check_extra(const weight_source *source, const char *group,
                               problem_report *report)
{
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(source->reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        if (!is_known(source->network, group, names[i])) {
            note(report, "%s/%s is not known to the network", group, names[i]);
        }
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* The group in which the running averages are: their own, or the weights', or NULL. */
static const char *buffer_group(const weight_source *source)
{
    char path[SKEL_READER_PATH];

    if (source->network->buffers == 0) {
        return NULL;
    }
    if (skel_reader_has(source->reader, "/buffers")) {
        return "/buffers";
    }
    skel_reader_member("/weights", source->network->buffer[0].name, path);
    return skel_reader_has(source->reader, path) ? "/weights" : NULL;
}

/* Compares all names and shapes before anything is read. */
static skel_status check_names(const weight_source *source)
{
    const skel_network *network = source->network;
    const char *buffers = buffer_group(source);
    problem_report report = {0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < network->parameters; i++) {
        wanted_tensor parameter = want_parameter(&network->parameter[i]);

        SKEL_TRY(check_one(source, source->group, &parameter, &report));
        if (source->has_mask && network->parameter[i].prunable) {
            SKEL_TRY(check_one(source, "/masks", &parameter, &report));
        }
    }
    for (size_t i = 0; buffers != NULL && i < network->buffers; i++) {
        wanted_tensor buffer = want_buffer(&network->buffer[i]);

        SKEL_TRY(check_one(source, buffers, &buffer, &report));
    }
    SKEL_TRY(check_extra(source, source->group, &report));
    SKEL_TRY(check_extra(source, "/buffers", &report));
    if (source->has_mask) {
        SKEL_TRY(check_extra(source, "/masks", &report));
    }
    SKEL_TRY(conclude(source, &report));
done:
    return status;
}

/* Reads one tensor into its slice of the flat vector. */
static skel_status read_floats(const weight_source *source, const char *group,
                               const wanted_tensor *wanted, bool positive, float flat[])
{
    char path[SKEL_READER_PATH];
    size_t count = 0;
    double *values = NULL;
    skel_status status = SKEL_OK;

    skel_reader_member(group, wanted->name, path);
    if (!skel_reader_is_float(source->reader, path)) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s does not hold floating-point numbers",
                           skel_reader_path(source->reader), path));
    }
    SKEL_TRY(skel_reader_doubles(source->reader, path, &count, &values));
    SKEL_ASSERT(count == wanted->count);
    for (size_t i = 0; i < count; i++) {
        float value = (float)values[i];

        if (!isfinite(value) || (positive && value < 0.0F)) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %g, %s",
                               skel_reader_path(source->reader), i, path, values[i],
                               isfinite(value) ? "a negative variance" : "not a finite float32"));
        }
        flat[wanted->offset + i] = value;
    }
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status read_mask(const weight_source *source, const skel_parameter *parameter)
{
    char path[SKEL_READER_PATH];
    size_t count = 0;
    double *values = NULL;
    skel_status status = SKEL_OK;

    skel_reader_member("/masks", parameter->name, path);
    if (!skel_reader_has(source->reader, path)) {
        return SKEL_OK; /* only a parameter that is not prunable can do without */
    }
    SKEL_TRY(skel_reader_doubles(source->reader, path, &count, &values));
    for (size_t i = 0; i < count && i < parameter->count; i++) {
        bool ok = values[i] == 1.0 || (values[i] == 0.0 && parameter->prunable);

        if (!ok) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %g; a mask %s",
                               skel_reader_path(source->reader), i, path, values[i],
                               parameter->prunable ? "holds 0 and 1 only"
                                                   : "of what is never pruned holds 1 only"));
        }
        if (source->mask != NULL) {
            source->mask[parameter->offset + i] = values[i] != 0.0;
        }
    }
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status read_all(weight_source *source)
{
    const skel_network *network = source->network;
    const char *buffers = buffer_group(source);
    skel_status status = SKEL_OK;

    source->has_buffers = buffers != NULL;
    for (size_t i = 0; i < network->parameters; i++) {
        wanted_tensor parameter = want_parameter(&network->parameter[i]);

        SKEL_TRY(read_floats(source, source->group, &parameter, false, source->parameters));
        if (source->has_mask) {
            SKEL_TRY(read_mask(source, &network->parameter[i]));
        }
    }
    for (size_t i = 0; buffers != NULL && i < network->buffers; i++) {
        wanted_tensor buffer = want_buffer(&network->buffer[i]);

        SKEL_TRY(
            read_floats(source, buffers, &buffer, network->buffer[i].is_variance, source->buffers));
    }
done:
    return status;
}

/* Root only: everything up to the broadcast. */
static skel_status read_file(const char *path, weight_source *source)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &source->reader));
    if (!skel_reader_has(source->reader, source->group)) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s has no group %s: it is not a %s file", path,
                           source->group,
                           strcmp(source->group, "/weights") == 0 ? "weight" : "run"));
    }
    source->has_mask = skel_reader_has(source->reader, "/masks");
    if (source->has_mask && source->mask != NULL) {
        memset(source->mask, 1, source->network->parameter_count);
    }
    SKEL_TRY(check_names(source));
    SKEL_TRY(read_all(source));
done:
    return skel_reader_close(&source->reader, status);
}

skel_status skel_weight_file_read(const skel_comm *comm, const char *path,
                                  const skel_network *network, float parameters[], float buffers[],
                                  uint8_t mask[], bool *has_mask)
{
    return skel_weight_file_read_group(comm, path, "/weights", network, parameters, buffers, mask,
                                       has_mask);
}

skel_status skel_weight_file_read_group(const skel_comm *comm, const char *path, const char *group,
                                        const skel_network *network, float parameters[],
                                        float buffers[], uint8_t mask[], bool *has_mask)
{
    weight_source source = {.network = network,
                            .group = group,
                            .parameters = parameters,
                            .buffers = buffers,
                            .mask = mask};
    bool has[2] = {false, false};
    skel_status status = SKEL_OK;

    *has_mask = false;
    if (skel_comm_is_root(comm)) {
        status = read_file(path, &source);
        has[0] = source.has_buffers;
        has[1] = source.has_mask;
    }
    SKEL_TRY(skel_comm_agree(comm, status));

    skel_comm_broadcast(comm, sizeof has, has);
    skel_comm_broadcast(comm, network->parameter_count * sizeof *parameters, parameters);
    if (has[0]) {
        skel_comm_broadcast(comm, network->buffer_count * sizeof *buffers, buffers);
    }
    if (has[1] && mask != NULL) {
        skel_comm_broadcast(comm, network->parameter_count, mask);
    }
    *has_mask = has[1];
done:
    return status;
}
