/* An engine plans all its memory to say how much it is, which takes milliseconds. */
#include "worker_memory.h"

#include "skel/memory.h"

#include <string.h>

struct skel_worker_answer {
    const skel_network *network;
    skel_worker_options options; /* `kind` is one of skel_engine_names() */
    int ranks;
    size_t bytes;
    size_t earlier; /* number, from 1, of the answer before it in its chain */
};

void skel_worker_memory_clear(skel_worker_memory *memory)
{
    SKEL_FREE(&memory->answer);
    *memory = (skel_worker_memory){0};
}

/* The engine's name in static storage: options may borrow theirs from a job. */
static const char *engine_of(const skel_worker_options *options)
{
    const char *kind = skel_engine_resolve(options->kind, &options->engine);
    size_t count = 0;
    const char *const *names = skel_engine_names(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], kind) == 0) {
            return names[i];
        }
    }
    return NULL; /* the engine itself refuses it */
}

/* The options with all that the memory does not depend on set to zero. */
static skel_worker_options reduce_options(const skel_worker_options *options)
{
    skel_worker_options out = *options;

    out.kind = engine_of(options);
    out.keep = NULL;
    if (out.kind != NULL && !skel_engine_can(out.kind, SKEL_ENGINE_SKIPS_PRUNED) &&
        !options->engine.kept_only) {
        out.engine.density = 0;
    }
    out.engine.work = 0; /* it decides the engine alone */
    out.engine.label_smoothing = 0;
    out.engine.temperature = 0;
    return out;
}

static bool is_same_engine(const skel_engine_options *a, const skel_engine_options *b)
{
    return a->microbatch == b->microbatch && a->slots == b->slots && a->inference == b->inference &&
           a->profile == b->profile && a->threads == b->threads && a->kept_only == b->kept_only &&
           a->loss == b->loss && a->second_order == b->second_order &&
           a->curvature == b->curvature && a->samples == b->samples && a->terms == b->terms &&
           (a->energy > 0) == (b->energy > 0);
}

static bool is_same_worker(const skel_worker_options *a, const skel_worker_options *b)
{
    return a->engine.density == b->engine.density && a->kind == b->kind &&
           is_same_engine(&a->engine, &b->engine) && a->batch_size == b->batch_size &&
           a->batches == b->batches && a->test_images == b->test_images &&
           a->reduction == b->reduction && a->batchnorm_over_batch == b->batchnorm_over_batch &&
           a->loads_ahead == b->loads_ahead;
}

/* The chain of the answers that a question may be among: a long sweep asks for many densities. */
static size_t chain_of(const struct skel_worker_answer *question)
{
    uint64_t bits = 0;

    memcpy(&bits, &question->options.engine.density, sizeof bits);
    bits ^= bits >> 29;
    bits += question->options.batch_size + 131 * question->options.engine.microbatch;
    return bits % SKEL_WORKER_MEMORY_CHAINS;
}

static skel_status ask(skel_worker_memory *memory, const struct skel_worker_answer *question,
                       const skel_worker_options *options)
{
    size_t *last = &memory->last[chain_of(question)];
    skel_status status = SKEL_OK;

    if (memory->count == memory->room) {
        size_t room = memory->room == 0 ? 16 : 2 * memory->room;

        SKEL_TRY(SKEL_GROW(room, sizeof *memory->answer, &memory->answer));
        memory->room = room;
    }
    memory->answer[memory->count] = *question;
    SKEL_TRY(skel_worker_bytes(question->network, options, question->ranks,
                               &memory->answer[memory->count].bytes));
    memory->answer[memory->count].earlier = *last;
    *last = ++memory->count;
done:
    return status;
}

skel_status skel_worker_memory_of(skel_worker_memory *memory, const skel_network *network,
                                  const skel_worker_options *options, int ranks, size_t *bytes)
{
    struct skel_worker_answer question = {
        .network = network, .options = reduce_options(options), .ranks = ranks};
    size_t i = memory->last[chain_of(&question)];
    skel_status status = SKEL_OK;

    while (i > 0 &&
           !(memory->answer[i - 1].network == network && memory->answer[i - 1].ranks == ranks &&
             is_same_worker(&memory->answer[i - 1].options, &question.options))) {
        i = memory->answer[i - 1].earlier;
    }
    if (i == 0) {
        SKEL_TRY(ask(memory, &question, options));
        i = memory->count;
    }
    *bytes = memory->answer[i - 1].bytes;
done:
    return status;
}
