/* The layers in the run file: what is kept of each, what of that takes part, what it costs. */
#include "experiment_impl.h"

#include "skel/memory.h"

/* The columns of /metrics/layers, beside the names. */
static const skel_column layer_columns[] = {
    {"size", "weights", true},
    {"kept", "weights", true},
    {"flops_dense", "FLOP/image", false},
    {"flops_kept", "FLOP/image", false},
    {"density", NULL, false},
    {"live_inputs", "channels", true},
    {"inputs", "channels", true},
    {"live_outputs", "channels", true},
    {"outputs", "channels", true},
    {"no_path", "weights", true},
    {"no_gradient", "weights", true},
    {"effective", "weights", true},
    {"macs_dense", "MAC/image", false},
    {"macs_kept", "MAC/image", false},
    {NULL, NULL, false},
};

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

static skel_status add_layer(const skel_experiment *run, size_t i, skel_metrics *layers)
{
    const skel_path_layer *layer = &run->diagnosis.paths.layer[i];
    size_t size = run->network->parameter[layer->parameter].count;
    size_t no_path = layer->kept - layer->on_path;
    size_t no_gradient = run->diagnosis.no_gradient[i];
    double density = (double)layer->kept / (double)size;
    double dense = layer_macs(run->network, layer->parameter);
    double kept = dense * (double)layer->kept / (double)size;

    return skel_metrics_add(layers,
                            (double[]){(double)size, (double)layer->kept, 2 * dense, 2 * kept,
                                       density, (double)layer->live_inputs, (double)layer->inputs,
                                       (double)layer->live_outputs, (double)layer->outputs,
                                       (double)no_path, (double)no_gradient,
                                       (double)(layer->on_path - no_gradient), dense, kept});
}

skel_status skel_experiment_record_layers(const skel_experiment *run, skel_file *file)
{
    skel_metrics *layers = NULL;
    skel_status status = skel_metrics_create(layer_columns, &layers);

    for (size_t i = 0; status == SKEL_OK && i < run->diagnosis.paths.layers; i++) {
        status = add_layer(run, i, layers);
    }
    SKEL_TRY(skel_comm_agree(run->comm, status));
    SKEL_TRY(skel_file_write_texts(file, "/metrics/layers/name", run->prunable_tensors,
                                   run->prunable_name));
    SKEL_TRY(skel_metrics_write(layers, file, "/metrics/layers"));
done:
    skel_metrics_destroy(&layers);
    return status;
}

static double macs_kept(const skel_experiment *run)
{
    double macs = 0;

    for (size_t i = 0; i < run->diagnosis.paths.layers; i++) {
        const skel_path_layer *layer = &run->diagnosis.paths.layer[i];

        macs += layer_macs(run->network, layer->parameter) * (double)layer->kept /
                (double)run->network->parameter[layer->parameter].count;
    }
    return macs;
}

skel_status skel_experiment_record_diagnosis(const skel_experiment *run, skel_file *file)
{
    static const char at[] = "/summary";
    const skel_diagnosis *found = &run->diagnosis;
    double density = (double)found->effective / (double)run->mask->prunable;
    char *names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(run->comm, skel_diagnosis_names(&found->paths, run->network,
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
    SKEL_TRY(skel_file_set_double(file, at, "macs_dense", skel_network_macs(run->network)));
    SKEL_TRY(skel_file_set_double(file, at, "macs_kept", macs_kept(run)));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_diagnosis", found->seconds));
done:
    SKEL_FREE(&names);
    return status;
}
