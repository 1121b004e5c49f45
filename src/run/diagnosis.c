/* The diagnosis: paths, one gradient, and the kept weights without a path or without a gradient. */
#include "diagnosis.h"

#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"

#include <stdio.h>
#include <string.h>

enum { WARNED = 4 }; /* layers that a warning names */

/* Counts the weights on a path whose gradient is exactly 0, and those that are left. */
static void count_effective(const skel_network *network, const uint8_t on_path[],
                            const float gradient[], skel_diagnosis *out)
{
    for (size_t i = 0; i < out->paths.layers; i++) {
        const skel_path_layer *layer = &out->paths.layer[i];
        const skel_parameter *parameter = &network->parameter[layer->parameter];

        for (size_t j = parameter->offset; j < parameter->offset + parameter->count; j++) {
            out->no_gradient[i] += on_path[j] != 0 && gradient[j] == 0;
        }
        out->effective += layer->on_path - out->no_gradient[i];
    }
}

/* The paths, on every rank; and room for the rest. */
static skel_status find_paths(const skel_diagnosis_request *request, uint8_t **on_path,
                              skel_diagnosis *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(request->network->parameter_count, 1, on_path));
    SKEL_TRY(skel_paths_find(request->network, request->mask->keep, *on_path, &out->paths));
    SKEL_TRY(SKEL_ALLOC(out->paths.layers, sizeof *out->no_gradient, &out->no_gradient));
done:
    return status;
}

skel_status skel_diagnosis_make(const skel_diagnosis_request *request, skel_diagnosis *out)
{
    skel_worker *worker = NULL;
    uint8_t *on_path = NULL;
    skel_worker_options options = *request->worker;
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    options.keep = request->mask->keep;
    SKEL_TRY(skel_comm_agree(request->comm, find_paths(request, &on_path, out)));
    SKEL_TRY(skel_worker_create(request->comm, request->network, &options, &worker));
    SKEL_TRY(skel_worker_gradient(worker, request->parameters, request->batches, request->gradient,
                                  NULL, &out->result));
    count_effective(request->network, on_path, request->gradient, out);
    out->figures = skel_foresight_of(request->mask, request->parameters, request->gradient);
    out->seconds = skel_comm_roots(request->comm, skel_seconds() - started);
done:
    skel_worker_destroy(&worker);
    SKEL_FREE(&on_path);
    return status;
}

void skel_diagnosis_clear(skel_diagnosis *diagnosis)
{
    SKEL_FREE(&diagnosis->no_gradient);
    skel_paths_clear(&diagnosis->paths);
    memset(diagnosis, 0, sizeof *diagnosis);
}

skel_status skel_diagnosis_names(const skel_paths *paths, const skel_network *network, size_t most,
                                 char **out)
{
    static const char more[] = " and %zu more";
    size_t room = paths->collapsed * (SKEL_NAME + sizeof ", ") + sizeof more + 20;
    size_t used = 0;
    size_t named = 0;
    skel_status status = SKEL_ALLOC(room, 1, out);

    for (size_t i = 0; status == SKEL_OK && i < paths->layers && named < most; i++) {
        if (paths->layer[i].on_path == 0) {
            used += (size_t)snprintf(*out + used, room - used, "%s%s", named > 0 ? ", " : "",
                                     network->parameter[paths->layer[i].parameter].name);
            named++;
        }
    }
    if (status == SKEL_OK && named < paths->collapsed) {
        (void)snprintf(*out + used, room - used, more, paths->collapsed - named);
    }
    return status;
}

/* Layers that keep no weight at all: where a collapse starts. */
static size_t count_empty(const skel_paths *paths)
{
    size_t empty = 0;

    for (size_t i = 0; i < paths->layers; i++) {
        empty += paths->layer[i].kept == 0;
    }
    return empty;
}

void skel_diagnosis_warn(const skel_diagnosis *diagnosis, const skel_network *network)
{
    const skel_paths *paths = &diagnosis->paths;
    size_t bare = count_empty(paths);
    char empty[64] = "";
    char *names = NULL;

    if (paths->collapsed == 0) {
        return;
    }
    if (bare > 0) {
        (void)snprintf(empty, sizeof empty, "; %zu of them %s no weight at all", bare,
                       bare == 1 ? "has" : "have");
    }
    if (skel_diagnosis_names(paths, network, WARNED, &names) == SKEL_OK) {
        SKEL_WARN("layer collapse: %zu of %zu layers (%s) %s no weight on a path from image to "
                  "output%s; %s",
                  paths->collapsed, paths->layers, names, paths->collapsed == 1 ? "has" : "have",
                  empty,
                  paths->connected ? "other paths connect the two"
                                   : "nothing connects the two, so nothing can be learned");
    }
    SKEL_FREE(&names);
}
