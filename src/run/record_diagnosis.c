/* The diagnosis in the run file: its layers, and its attributes of /summary. */
#include "record_diagnosis.h"

#include "skel/layer_columns.h"
#include "skel/memory.h"

#include <stdio.h>

/* Multiply-adds of one image's forward pass through a parameter's own operation. */
static double layer_macs(const skel_network *network, size_t parameter)
{
    for (size_t op = 0; op < network->ops; op++) {
        if (network->op[op].weight == parameter) {
            return skel_network_op_macs(network, op);
        }
    }
    return 0;
}

static skel_status add_layer(const skel_network *network, const skel_diagnosis *diagnosis, size_t i,
                             skel_metrics *layers)
{
    const skel_path_layer *layer = &diagnosis->paths.layer[i];
    double size = (double)network->parameter[layer->parameter].count;
    double dense = layer_macs(network, layer->parameter);
    double kept = dense * (double)layer->kept / size;
    size_t no_gradient = diagnosis->no_gradient[i];

    return skel_metrics_add(layers,
                            (double[SKEL_LAYER_COLUMNS]){
                                [SKEL_LAYER_LAYER] = (double)i,
                                [SKEL_LAYER_SIZE] = size,
                                [SKEL_LAYER_KEPT] = (double)layer->kept,
                                [SKEL_LAYER_FLOPS_DENSE] = 2 * dense,
                                [SKEL_LAYER_FLOPS_KEPT] = 2 * kept,
                                [SKEL_LAYER_DENSITY] = (double)layer->kept / size,
                                [SKEL_LAYER_LIVE_INPUTS] = (double)layer->live_inputs,
                                [SKEL_LAYER_INPUTS] = (double)layer->inputs,
                                [SKEL_LAYER_LIVE_OUTPUTS] = (double)layer->live_outputs,
                                [SKEL_LAYER_OUTPUTS] = (double)layer->outputs,
                                [SKEL_LAYER_NO_PATH] = (double)(layer->kept - layer->on_path),
                                [SKEL_LAYER_NO_GRADIENT] = (double)no_gradient,
                                [SKEL_LAYER_EFFECTIVE] = (double)(layer->on_path - no_gradient),
                                [SKEL_LAYER_MACS_DENSE] = dense,
                                [SKEL_LAYER_MACS_KEPT] = kept,
                            });
}

/* The names, with scales for both of their dimensions. */
static skel_status record_names(const skel_inputs *in, skel_file *file)
{
    static const char names[] = "/metrics/layers/name";
    static const char bytes[] = "/metrics/name_bytes";
    size_t width = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_write_texts(file, names, in->layers, in->layer_name, &width));
    SKEL_TRY(skel_file_write_extent(file, bytes, width));
    SKEL_TRY(skel_file_set_scale(file, names, 0, "/metrics/layers/layer"));
    SKEL_TRY(skel_file_set_scale(file, names, 1, bytes));
done:
    return status;
}

/* Says of each figure that the names are its coordinates, as the CF conventions do. */
static skel_status name_coordinates(skel_file *file)
{
    skel_status status = SKEL_OK;

    for (size_t i = SKEL_LAYER_SIZE; i < SKEL_LAYER_COLUMNS && status == SKEL_OK; i++) {
        char path[64];

        (void)snprintf(path, sizeof path, "/metrics/layers/%s", skel_layer_columns[i].name);
        status = skel_file_set_text(file, path, "coordinates", "name");
    }
    return status;
}

skel_status skel_record_diagnosis_layers(const skel_inputs *in, const skel_diagnosis *diagnosis,
                                         skel_file *file)
{
    skel_metrics *layers = NULL;
    skel_status status = skel_metrics_create(skel_layer_columns, &layers);

    for (size_t i = 0; status == SKEL_OK && i < diagnosis->paths.layers; i++) {
        status = add_layer(in->network, diagnosis, i, layers);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    SKEL_TRY(record_names(in, file));
    SKEL_TRY(skel_metrics_write(layers, file, "/metrics/layers", "layer"));
    SKEL_TRY(name_coordinates(file));
done:
    skel_metrics_destroy(&layers);
    return status;
}

static double macs_kept(const skel_network *network, const skel_diagnosis *diagnosis)
{
    double macs = 0;

    for (size_t i = 0; i < diagnosis->paths.layers; i++) {
        const skel_path_layer *layer = &diagnosis->paths.layer[i];

        macs += layer_macs(network, layer->parameter) * (double)layer->kept /
                (double)network->parameter[layer->parameter].count;
    }
    return macs;
}

skel_status skel_record_diagnosis_summary(const skel_inputs *in, const skel_mask *mask,
                                          const skel_diagnosis *found, skel_file *file)
{
    static const char at[] = "/summary";
    double density = (double)found->effective / (double)mask->prunable;
    char *names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(in->comm, skel_diagnosis_names(&found->paths, in->network,
                                                            found->paths.collapsed, &names)));
    SKEL_TRY(skel_file_set_integer(file, at, "kept_effective", (int64_t)found->effective));
    SKEL_TRY(skel_file_set_double(file, at, "density_effective", density));
    SKEL_TRY(skel_file_set_double(file, at, "sparsity_effective", 1 - density));
    SKEL_TRY(skel_file_set_integer(file, at, "connected", found->paths.connected ? 1 : 0));
    SKEL_TRY(skel_file_set_integer(file, at, "collapsed_layers", (int64_t)found->paths.collapsed));
    SKEL_TRY(skel_file_set_text(file, at, "collapsed", names));
    SKEL_TRY(skel_file_set_double(file, at, "objective", found->figures.objective));
    SKEL_TRY(skel_file_set_double(file, at, "gradient_norm", found->figures.gradient_norm));
    SKEL_TRY(skel_file_set_double(file, at, "gradient_norm_all", found->figures.gradient_norm_all));
    SKEL_TRY(skel_file_set_double(file, at, "macs_dense", skel_network_macs(in->network)));
    SKEL_TRY(skel_file_set_double(file, at, "macs_kept", macs_kept(in->network, found)));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_diagnosis", found->seconds));
done:
    SKEL_FREE(&names);
    return status;
}
