/* Takes spectra of a run: prepares it once more, with mask and weights of its file. */
#include "skel/probe.h"

#include "phases.h"

#include "skel/eigen.h"
#include "skel/jacobian.h"
#include "skel/kept.h"
#include "skel/layer_spectrum.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/sound.h"
#include "skel/text.h"
#include "skel/weight_file.h"
#include "skel/worker.h"

#include <stdio.h>
#include <string.h>

/* A probe that goes on: the point of the gradients, the images, the masks. */
typedef struct skel_probing {
    const skel_probe_options *options;
    skel_prepared run;
    skel_grid *grid;
    uint32_t *index; /* [samples] */
    float *buffers;  /* [buffer_count] running averages in use */
    skel_mask *mask; /* in use */
    double *target;  /* [samples * outputs] labels, one-hot, less their mean */
} skel_probing;

const char *skel_probe_kind_word(skel_probe_kind kind)
{
    static const char *const words[] = {"ntk", "jacobian", "gauss-newton", "layers", "mask"};

    SKEL_ASSERT(kind < SKEL_PROBE_KINDS);
    return words[kind];
}

const char *skel_probe_control_word(skel_probe_control control)
{
    static const char *const words[] = {"run", "shuffle", "random", "dense"};

    SKEL_ASSERT(control < SKEL_PROBE_CONTROLS);
    return words[control];
}

static skel_status load(skel_probing *probing)
{
    const skel_inputs *in = &probing->run.inputs;
    skel_mask *mask = probing->run.state.mask;
    bool has_mask = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_weight_file_read_group(
        in->comm, in->assignment->path, probing->options->trained ? "/weights" : "/initial",
        in->network, in->initial, probing->run.state.weights.buffers, mask->keep, &has_mask));
    skel_mask_recount(mask);
    if (!has_mask || mask->kept == 0) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: %s: there is no skeleton to take spectra of",
                           in->assignment->path,
                           has_mask ? "the mask keeps no weight" : "the file has no mask");
    }
    status = skel_comm_agree(in->comm, status);
done:
    return status;
}

/* Bytes of gradients, Gram matrix, eigenvalues and eigenvectors on a rank; 0 without a kernel. */
static skel_status count_bytes(const skel_probing *probing, int rows, int columns, double *bytes)
{
    const skel_probe_options *options = probing->options;
    const skel_network *network = probing->run.inputs.network;
    size_t outputs = options->sum && !options->kind[SKEL_PROBE_GAUSS_NEWTON] ? 1 : network->classes;
    size_t order = options->samples * outputs;
    size_t gram = 0;
    size_t eigen = 2 * skel_matrix_bytes(order, order, rows, columns) +
                   skel_eigen_bytes(order, true, rows, columns);
    skel_status status = SKEL_OK;

    *bytes = 0;
    if (options->kind[SKEL_PROBE_NTK] || options->kind[SKEL_PROBE_GAUSS_NEWTON]) {
        status = skel_ntk_bytes(network, options->kind_of_engine, options->threads,
                                options->samples, outputs, probing->run.state.mask->kept,
                                options->memory, rows, columns, &gram);
        *bytes = (double)(gram > eigen ? gram : eigen);
    }
    return status;
}

/* Refuses what the node has no memory for; nothing large is taken yet. */
static skel_status check_memory(const skel_comm *comm, double bytes)
{
    double available = skel_comm_memory(comm);
    char need[SKEL_TEXT_BYTES];
    char have[SKEL_TEXT_BYTES];

    if (bytes <= available) {
        return SKEL_OK;
    }
    skel_text_bytes(bytes, need);
    skel_text_bytes(available, have);
    return SKEL_FAIL(SKEL_ERR_MEMORY,
                     "the spectra take %s on each rank, and the node has %s for each; take fewer "
                     "samples, --outputs sum, less --memory, or more nodes",
                     need, have);
}

/* Says what will be taken, before it is. */
static void announce(const skel_probe_options *options, const char *path, const skel_probe *probe)
{
    char bytes[SKEL_TEXT_BYTES];

    if (probe->bytes > 0) {
        skel_text_bytes(probe->bytes, bytes);
        SKEL_INFO("%s: spectra of %zu image%s on %d x %d ranks, %s a rank", path, options->samples,
                  options->samples == 1 ? "" : "s", probe->grid_rows, probe->grid_columns, bytes);
    }
}

/* Refuses eigenvectors that ScaLAPACK cannot count; the alignment of the labels needs them. */
static skel_status check_vectors(const skel_probing *probing, int rows, int columns)
{
    const skel_probe_options *options = probing->options;
    size_t order = options->samples * probing->run.inputs.network->classes;

    return options->kind[SKEL_PROBE_NTK] && !options->sum ? skel_eigen_check(order, rows, columns)
                                                          : SKEL_OK;
}

static bool takes_gradients(const skel_probe_options *options)
{
    return options->kind[SKEL_PROBE_NTK] || options->kind[SKEL_PROBE_JACOBIAN] ||
           options->kind[SKEL_PROBE_GAUSS_NEWTON];
}

/* Before memory is counted, which no node has for images that are not there. */
static skel_status check_samples(const skel_probing *probing)
{
    const skel_inputs *in = &probing->run.inputs;
    size_t samples = probing->options->samples;
    char text[64];

    if (samples > in->train.count) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%zu samples are asked for; the run's training part has %zu images",
                         samples, in->train.count);
    }
    if (probing->options->trained || !takes_gradients(probing->options)) {
        return SKEL_OK;
    }
    (void)snprintf(text, sizeof text, "--samples %zu", samples);
    return skel_sound_check_batch(in->job, in->network, text, samples);
}

/* The images, by the seed alone. */
static skel_status choose(skel_probing *probing)
{
    const skel_inputs *in = &probing->run.inputs;
    const skel_probe_options *options = probing->options;

    return skel_sampler_prune(&in->train, in->dataset->train.labels, in->network->classes,
                              SKEL_SAMPLING_SHUFFLED, options->seed, 0, 1, options->samples,
                              probing->index);
}

static skel_status allocate(skel_probing *probing)
{
    const skel_network *network = probing->run.inputs.network;
    const skel_mask *own = probing->run.state.mask;
    size_t rows = probing->options->samples * network->classes;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(probing->options->samples, sizeof(uint32_t), &probing->index));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &probing->buffers));
    SKEL_TRY(skel_mask_create(network->parameter_count, own->segments, own->segment, own->names,
                              &probing->mask));
    SKEL_TRY(SKEL_ALLOC(rows, sizeof(double), &probing->target));
    status = choose(probing);
done:
    return status;
}

/* The labels as a vector: 1 for the image's class and 0 for the others, less the mean of all. */
static void aim(skel_probing *probing)
{
    const skel_inputs *in = &probing->run.inputs;
    size_t classes = in->network->classes;

    for (size_t i = 0; i < probing->options->samples; i++) {
        uint16_t label = in->dataset->train.labels[probing->index[i]];

        for (size_t c = 0; c < classes; c++) {
            probing->target[i * classes + c] = (c == label ? 1 : 0) - 1 / (double)classes;
        }
    }
}

/* Batch norm's statistics at the mask in use: the file's running averages, or those of the images.
 */
static skel_status set_statistics(skel_probing *probing)
{
    const skel_inputs *in = &probing->run.inputs;
    skel_worker_options options = skel_settings_gradient_worker(in->job, &in->settings);
    skel_batches batches = {.view = &in->plain,
                            .samples = &in->dataset->train,
                            .count = probing->options->samples,
                            .batch_size = probing->options->samples,
                            .index = probing->index};
    skel_worker *worker = NULL;
    skel_result result;
    skel_status status = SKEL_OK;

    if (probing->options->trained || in->network->buffer_count == 0) {
        memcpy(probing->buffers, probing->run.state.weights.buffers,
               in->network->buffer_count * sizeof(float));
        return SKEL_OK;
    }
    options.keep = probing->mask->keep;
    options.batch_size = batches.count;
    options.batches = 1;
    SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &worker));
    status = skel_worker_gradient(worker, in->initial, &batches, probing->run.scratch.gradient,
                                  probing->buffers, &result);
done:
    skel_worker_destroy(&worker);
    return status;
}

/* Makes room for one more result. */
static skel_status add(const skel_comm *comm, skel_probe *out, skel_probe_result **result)
{
    skel_status status =
        skel_grow(out->count + 1, sizeof *out->result, (void **)(void *)&out->result);

    if (status == SKEL_OK) {
        *result = &out->result[out->count++];
        memset(*result, 0, sizeof **result);
    }
    return skel_comm_agree(comm, status);
}

static skel_status probe_gradients(skel_probing *probing, skel_probe_kind kind,
                                   skel_probe_control control, skel_probe *out)
{
    const skel_inputs *in = &probing->run.inputs;
    const skel_probe_options *options = probing->options;
    bool by_image = kind == SKEL_PROBE_JACOBIAN;
    skel_ntk_form form = kind == SKEL_PROBE_GAUSS_NEWTON ? SKEL_NTK_GAUSS_NEWTON
                         : options->sum                  ? SKEL_NTK_SUM
                                                         : SKEL_NTK_LOGITS;
    skel_ntk_point point = {.network = in->network,
                            .kind = options->kind_of_engine,
                            .threads = options->threads,
                            .parameters = in->initial,
                            .buffers = probing->buffers,
                            .keep = probing->mask->keep};
    skel_ntk_images images = {.view = &in->plain,
                              .samples = &in->dataset->train,
                              .count = options->samples,
                              .index = probing->index};
    skel_matrix *matrix = NULL;
    skel_probe_result *result = NULL;
    size_t passes = 0;
    skel_status status = SKEL_OK;

    if (!by_image) {
        SKEL_TRY(skel_ntk_matrix(probing->grid, &point, &images, form, options->memory, &passes,
                                 &matrix));
    }
    SKEL_TRY(add(in->comm, out, &result));
    SKEL_ASSERT(result != NULL);
    out->passes = passes > out->passes ? passes : out->passes;
    result->kind = kind;
    result->control = control;
    result->kept = probing->mask->kept;
    if (by_image) {
        status = skel_jacobian_spectrum(probing->grid, &point, &images, &result->spectrum);
    } else {
        status = skel_spectrum_of_matrix(probing->grid, matrix,
                                         form == SKEL_NTK_LOGITS ? probing->target : NULL,
                                         &result->spectrum);
    }
done:
    skel_matrix_destroy(&matrix);
    return status;
}

static skel_status probe_layers(skel_probing *probing, skel_probe_kind kind,
                                skel_probe_control control, skel_probe *out)
{
    const skel_inputs *in = &probing->run.inputs;
    const skel_network *network = in->network;
    skel_layer_matrix what = kind == SKEL_PROBE_MASK       ? SKEL_LAYER_MASK
                             : control == SKEL_PROBE_DENSE ? SKEL_LAYER_WEIGHTS
                                                           : SKEL_LAYER_MASKED;
    skel_status status = SKEL_OK;

    for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
         p = skel_network_prunable(network, p + 1)) {
        skel_probe_result *result = NULL;

        SKEL_TRY(add(in->comm, out, &result));
        SKEL_ASSERT(result != NULL);
        result->kind = kind;
        result->control = control;
        result->kept = skel_kept_count(network->parameter[p].count,
                                       probing->mask->keep + network->parameter[p].offset);
        memcpy(result->layer, network->parameter[p].name, sizeof result->layer);
        SKEL_TRY(skel_layer_spectrum(probing->grid, network, p, in->initial, probing->mask->keep,
                                     what, &result->spectrum));
    }
done:
    return status;
}

/* Puts the mask of a control into use. */
static void take_mask(skel_probing *probing, skel_probe_control control)
{
    const skel_mask *own = probing->run.state.mask;
    skel_mask *mask = probing->mask;

    memcpy(mask->keep, own->keep, own->count);
    mask->kept = own->kept;
    if (control == SKEL_PROBE_SHUFFLE) {
        skel_mask_shuffle(mask, probing->options->seed);
    } else if (control == SKEL_PROBE_RANDOM) {
        skel_mask_scatter(mask, own->kept, probing->options->seed);
    } else if (control == SKEL_PROBE_DENSE) {
        memset(mask->keep, 1, mask->count);
        skel_mask_recount(mask);
    }
}

static skel_status probe_mask(skel_probing *probing, skel_probe_control control, skel_probe *out)
{
    const skel_probe_options *options = probing->options;
    skel_status status = SKEL_OK;

    take_mask(probing, control);
    if (takes_gradients(options) && control != SKEL_PROBE_DENSE) {
        SKEL_TRY(set_statistics(probing));
    }
    for (size_t k = 0; k < SKEL_PROBE_KINDS; k++) {
        bool of_layers = k == SKEL_PROBE_LAYERS || k == SKEL_PROBE_MASK;

        if (!options->kind[k] || (control == SKEL_PROBE_DENSE && k != SKEL_PROBE_LAYERS)) {
            continue;
        }
        SKEL_TRY((of_layers ? probe_layers : probe_gradients)(probing, (skel_probe_kind)k, control,
                                                              out));
    }
done:
    return status;
}

skel_status skel_probe_make(const skel_assignment *assignment, const skel_probe_options *options,
                            skel_probe *out)
{
    const skel_comm *comm = assignment->comm;
    skel_probing probing = {.options = options};
    skel_status status = SKEL_OK;

    *out = (skel_probe){0};
    SKEL_TRY(skel_grid_create(comm, 0, 0, &probing.grid));
    skel_grid_shape(probing.grid, &out->grid_rows, &out->grid_columns);
    SKEL_TRY(skel_phase_prepare(assignment, &probing.run));
    SKEL_TRY(load(&probing));
    SKEL_TRY(skel_comm_agree(comm, check_samples(&probing)));
    SKEL_TRY(skel_comm_agree(
        comm, count_bytes(&probing, out->grid_rows, out->grid_columns, &out->bytes)));
    SKEL_TRY(skel_comm_agree(comm, check_memory(comm, out->bytes)));
    SKEL_TRY(skel_comm_agree(comm, check_vectors(&probing, out->grid_rows, out->grid_columns)));
    SKEL_TRY(skel_comm_agree(comm, allocate(&probing)));
    announce(options, assignment->path, out);
    aim(&probing);
    for (size_t c = 0; c < SKEL_PROBE_CONTROLS; c++) {
        if (c == SKEL_PROBE_RUN || options->control[c]) {
            SKEL_TRY(probe_mask(&probing, (skel_probe_control)c, out));
        }
    }
done:
    SKEL_FREE(&probing.index);
    SKEL_FREE(&probing.buffers);
    skel_mask_destroy(&probing.mask);
    SKEL_FREE(&probing.target);
    skel_phase_release(&probing.run);
    skel_grid_destroy(&probing.grid);
    return status;
}

void skel_probe_clear(skel_probe *probe)
{
    for (size_t i = 0; i < probe->count; i++) {
        skel_spectrum_clear(&probe->result[i].spectrum);
    }
    SKEL_FREE(&probe->result);
    SKEL_FREE(&probe->earlier);
    *probe = (skel_probe){0};
}
