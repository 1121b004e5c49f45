/* The list of engines, the choice among them, and the checks of arguments for all of them. */
#include "engine_impl.h"

#include "engine_options.h"
#include "loss.h"
#include "unpacked.h"

#include "skel/isa.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <math.h>
#include <string.h>

enum { TYPES = 3 };

static const skel_engine_type *const types[TYPES] = {&skel_engine_reference, &skel_engine_dense,
                                                     &skel_engine_sparse};

/* The kind that skel_engine_resolve() makes an engine of. */
static const char choice[] = "auto";

const char *const *skel_engine_names(size_t *count)
{
    static const char *names[TYPES];

    for (size_t i = 0; i < TYPES; i++) {
        names[i] = types[i]->name;
    }
    *count = TYPES;
    return names;
}

const char *const *skel_engine_kinds(size_t *count)
{
    static const char *kinds[1 + TYPES] = {choice};

    memcpy(kinds + 1, skel_engine_names(count), TYPES * sizeof *kinds);
    *count += 1;
    return kinds;
}

double skel_engine_sparse_work(void)
{
    static const double limits[SKEL_ISAS] = {
        [SKEL_ISA_BASELINE] = 0.2, [SKEL_ISA_AVX2] = 0.22, [SKEL_ISA_AVX512] = 0.22};

    return limits[skel_isa_best()];
}

const char *skel_engine_resolve(const char *kind, const skel_engine_options *options)
{
    double work = options->work > 0 ? options->work : options->density;
    bool possible = !options->second_order && !options->curvature &&
                    options->terms == SKEL_TERM_NONE && !(options->energy > 0);
    bool sparse = possible && work > 0 && work <= skel_engine_sparse_work();

    if (strcmp(kind, choice) != 0) {
        return kind;
    }
    return sparse ? skel_engine_sparse.name : skel_engine_dense.name;
}

/* NULL for an unknown name. */
static const skel_engine_type *type_of(const char *name)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(name, types[i]->name) == 0) {
            return types[i];
        }
    }
    return NULL;
}

bool skel_engine_can(const char *name, skel_engine_ability ability)
{
    const skel_engine_type *type = type_of(name);

    SKEL_ASSERT(type != NULL);
    switch (ability) {
    case SKEL_ENGINE_SKIPS_PRUNED:
        return type->skips_pruned;
    case SKEL_ENGINE_HESSIAN:
        return type->hessian != NULL;
    case SKEL_ENGINE_FLOW:
        return type->flow != NULL;
    case SKEL_ENGINE_TERMS:
        return type->terms != NULL;
    case SKEL_ENGINE_ENERGY:
        return type->has_energy;
    case SKEL_ENGINE_CURVATURE:
        break;
    }
    return type->curvature != NULL;
}

static skel_status find_type(const char *kind, const skel_engine_options *options,
                             const skel_engine_type **out)
{
    size_t count = 0;
    size_t index = 0;
    const char *const *kinds = skel_engine_kinds(&count);

    *out = type_of(skel_engine_resolve(kind, options));
    return skel_text_find("engine", kind, count, kinds, &index);
}

skel_status skel_engine_create(const char *kind, const skel_network *network,
                               const skel_engine_options *options, skel_engine **out)
{
    const skel_engine_type *type = NULL;
    skel_engine *engine = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(find_type(kind, options, &type));
    SKEL_TRY(skel_options_check(type, network, options));
    SKEL_TRY(SKEL_ALLOC(1, type->size, &engine));
    engine->type = type;
    engine->network = network;
    engine->options = skel_options_complete(options);
    SKEL_TRY(type->set_up(engine));
    if (skel_unpacked_is_needed(type, &engine->options)) {
        SKEL_TRY(skel_unpacked_create(network, engine->options.slots, &engine->unpacked));
    }
    *out = engine;
    engine = NULL;
done:
    skel_engine_destroy(&engine);
    return status;
}

bool skel_engine_serves(const skel_engine *engine, const char *kind,
                        const skel_engine_options *options)
{
    skel_engine_options wanted = skel_options_complete(options);
    const skel_engine_options *has = engine == NULL ? NULL : &engine->options;

    return has != NULL && type_of(skel_engine_resolve(kind, options)) == engine->type &&
           skel_options_serve(has, &wanted);
}

void skel_engine_destroy(skel_engine **engine)
{
    if (*engine != NULL) {
        (*engine)->type->tear_down(*engine);
        skel_unpacked_destroy(&(*engine)->unpacked);
    }
    SKEL_FREE(engine);
}

const char *skel_engine_kind(const skel_engine *engine)
{
    return engine->type->name;
}

skel_status skel_engine_bytes(const char *kind, const skel_network *network,
                              const skel_engine_options *options, size_t *bytes)
{
    const skel_engine_type *type = NULL;
    skel_engine_options completed;
    skel_status status = SKEL_OK;

    *bytes = 0;
    SKEL_TRY(find_type(kind, options, &type));
    SKEL_TRY(skel_options_check(type, network, options));
    completed = skel_options_complete(options);
    SKEL_TRY(type->bytes(network, &completed, bytes));
    *bytes += type->size;
    if (skel_unpacked_is_needed(type, &completed)) {
        *bytes += skel_unpacked_bytes(network, completed.slots);
    }
done:
    return status;
}

skel_status skel_engine_load(skel_engine *engine, const float parameters[], const uint8_t mask[])
{
    engine->packing = NULL;
    return engine->type->load(engine, parameters, mask);
}

skel_status skel_engine_load_packed(skel_engine *engine, const skel_packing *packing,
                                    const float parameters[])
{
    SKEL_ASSERT(engine->options.kept_only && !engine->options.inference);
    if (packing->index == NULL) {
        return skel_engine_load(engine, parameters, NULL);
    }
    engine->packing = packing;
    return engine->unpacked != NULL ? skel_unpacked_load(engine, parameters)
                                    : engine->type->load_packed(engine, parameters);
}

static void check_batch(const skel_engine *engine, const skel_batch *batch)
{
    SKEL_ASSERT(batch->count > 0 && batch->count <= engine->options.microbatch);
    SKEL_ASSERT(batch->images != NULL);
}

static void check_batches(const skel_engine *engine, size_t count, const skel_batch batches[],
                          const skel_pass passes[])
{
    SKEL_ASSERT(!engine->options.inference);
    SKEL_ASSERT(count <= engine->options.slots);
    for (size_t i = 0; i < count; i++) {
        check_batch(engine, &batches[i]);
        SKEL_ASSERT(batches[i].labels != NULL && passes[i].gradient != NULL);
    }
}

static skel_status check_losses(const skel_engine *engine, size_t count, const skel_pass passes[])
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(passes[i].loss)) {
            return SKEL_FAIL(SKEL_ERR_NUMBER,
                             "%s: the loss of a microbatch is not finite: weights or images "
                             "are too large, or the learning rate is",
                             engine->network->name);
        }
    }
    return SKEL_OK;
}

static skel_status cannot(const skel_engine *engine, const char *what)
{
    return SKEL_FAIL(SKEL_ERR_CONFIG, "the engine %s does not compute %s", engine->type->name,
                     what);
}

skel_status skel_engine_gradient(skel_engine *engine, size_t count, const skel_batch batches[],
                                 double scale, skel_pass passes[])
{
    skel_status status = SKEL_OK;

    check_batches(engine, count, batches, passes);
    status = engine->packing != NULL && engine->unpacked != NULL
                 ? skel_unpacked_gradient(engine, count, batches, scale, passes)
                 : engine->type->gradient(engine, count, batches, scale, passes);
    return status != SKEL_OK ? status : check_losses(engine, count, passes);
}

skel_status skel_engine_hessian(skel_engine *engine, const float vector[], size_t count,
                                const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_status status = SKEL_OK;

    if (engine->type->hessian == NULL) {
        return cannot(engine, "products with the Hessian");
    }
    SKEL_ASSERT(engine->options.second_order && engine->packing == NULL);
    check_batches(engine, count, batches, passes);
    status = engine->type->hessian(engine, vector, count, batches, scale, passes);
    return status != SKEL_OK ? status : check_losses(engine, count, passes);
}

skel_status skel_engine_flow(skel_engine *engine, const float parameters[], const uint8_t mask[],
                             const float buffers[], const float shares[], float flow[],
                             double *logarithm)
{
    if (engine->type->flow == NULL) {
        return cannot(engine, "the synaptic flow");
    }
    SKEL_ASSERT(!engine->options.inference);
    return engine->type->flow(engine, parameters, mask, buffers, shares, flow, logarithm);
}

skel_status skel_engine_terms(skel_engine *engine, const skel_batch *batch, const float buffers[],
                              float terms[], skel_pass *pass)
{
    skel_status status = SKEL_OK;

    if (engine->type->terms == NULL) {
        return cannot(engine, "first-order terms or energies of channels");
    }
    SKEL_ASSERT(engine->options.terms != SKEL_TERM_NONE && !engine->options.inference &&
                engine->packing == NULL);
    check_batches(engine, 1, batch, pass);
    status = engine->type->terms(engine, batch, buffers, terms, pass);
    return status != SKEL_OK ? status : check_losses(engine, 1, pass);
}

skel_status skel_engine_curvature(skel_engine *engine, const float parameters[],
                                  const uint8_t mask[], const float buffers[],
                                  const skel_batch *batch, double scale, skel_pass *pass)
{
    skel_status status = SKEL_OK;

    if (engine->type->curvature == NULL) {
        return cannot(engine, "the diagonal of the Hessian");
    }
    if (engine->options.loss != SKEL_LOSS_CROSS_ENTROPY) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "the diagonal of the Hessian is known for the loss cross-entropy only");
    }
    SKEL_ASSERT(engine->options.curvature);
    check_batches(engine, 1, batch, pass);
    status = engine->type->curvature(engine, parameters, mask, buffers, batch, scale, pass);
    return status != SKEL_OK ? status : check_losses(engine, 1, pass);
}

skel_status skel_engine_forward(skel_engine *engine, const skel_batch *batch, const float buffers[],
                                float logits[])
{
    check_batch(engine, batch);
    engine->images = batch->count;
    return engine->type->forward(engine, batch, buffers, logits);
}

skel_status skel_engine_activation(const skel_engine *engine, size_t tensor, double out[])
{
    if (engine->type->activation == NULL) {
        return cannot(engine, "activations for others to read");
    }
    SKEL_ASSERT(tensor < engine->network->tensors && engine->images > 0);
    engine->type->activation(engine, tensor, engine->images, out);
    return SKEL_OK;
}

void skel_engine_evaluate(const skel_engine *engine, const skel_batch *batch, const float logits[],
                          double *loss, size_t *correct)
{
    skel_engine_options options = engine->options;

    options.label_smoothing = 0;
    skel_loss_batch(&options, engine->network->classes, batch, logits, 1.0, NULL, loss, correct);
}

skel_engine_profile skel_engine_profile_get(const skel_engine *engine)
{
    return engine->profile;
}

const char *skel_engine_kernel(const skel_engine *engine, size_t op, size_t direction)
{
    SKEL_ASSERT(op < engine->network->ops && direction < 3);
    return engine->type->kernel != NULL ? engine->type->kernel(engine, op, direction) : "";
}

bool skel_engine_profile_layer(const skel_engine *engine, size_t op, skel_engine_layer_profile *out)
{
    *out = (skel_engine_layer_profile){0, 0, 0};
    SKEL_ASSERT(op < engine->network->ops);
    if (engine->type->layer == NULL) {
        return false;
    }
    *out = engine->type->layer(engine, op);
    return true;
}
