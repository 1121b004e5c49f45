/* Turns the layers' names in a job into rules for the network's prunable tensors. */
#include "skel/settings.h"
#include "skel/text.h"

#include <string.h>

/* "conv1" and "conv1.weight" both name the layer's weight. */
static bool is_named(const skel_parameter *parameter, const char *name)
{
    static const char suffix[] = ".weight";
    size_t length = strlen(name);

    return strncmp(parameter->name, name, length) == 0 &&
           (parameter->name[length] == '\0' || strcmp(parameter->name + length, suffix) == 0);
}

/* The prunable parameter after another one. */
static size_t next(const skel_network *network, size_t parameter)
{
    return skel_network_prunable(network, parameter + 1);
}

static skel_status refuse(const skel_network *network, const char *name)
{
    enum { MOST = 512 };
    const char *names[MOST];
    const char *nearest = NULL;
    size_t count = 0;

    for (size_t i = skel_network_prunable(network, 0); i < network->parameters && count < MOST;
         i = next(network, i)) {
        names[count++] = network->parameter[i].name;
    }
    nearest = skel_text_nearest(name, count, names);
    return SKEL_FAIL(SKEL_ERR_CONFIG, "prune.keep-layers: %s has no prunable layer \"%s\"%s%s%s",
                     network->name, name, nearest != NULL ? "; did you mean " : "; its first is ",
                     nearest != NULL ? nearest : names[0], nearest != NULL ? "?" : "");
}

static skel_status mark_whole(const skel_network *network, const char *name, bool whole[])
{
    bool found = false;
    size_t at = 0;

    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = next(network, i)) {
        bool named = is_named(&network->parameter[i], name);

        whole[at] = whole[at] || named;
        found = found || named;
        at++;
    }
    return found ? SKEL_OK : refuse(network, name);
}

/* Inputs, outputs, and height and width of the kernel: the dimensions, whatever their number. */
static double sum_of_shape(const skel_parameter *parameter)
{
    double sum = 0;

    for (size_t d = 0; d < parameter->dims; d++) {
        sum += (double)parameter->shape[d];
    }
    return sum;
}

skel_status skel_settings_rules(const skel_job *job, const skel_network *network, bool whole[],
                                double size[], skel_layer_rules *out)
{
    size_t at = 0;
    skel_status status = SKEL_OK;

    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = next(network, i)) {
        whole[at] = false;
        size[at++] = sum_of_shape(&network->parameter[i]);
    }
    for (size_t i = 0; i < job->prune.keep_layers; i++) {
        SKEL_TRY(mark_whole(network, job->prune.keep_layer[i], whole));
    }
    *out = (skel_layer_rules){.whole = whole, .floor = job->prune.per_layer_floor, .size = size};
done:
    return status;
}
