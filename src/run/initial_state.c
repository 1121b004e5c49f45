/* Initial weights are drawn by the functions of libm and LAPACK, whose last bits differ between
 * machines, or are read from files; averages of a warm-up come from the engine's kernels. */
#include "initial_state.h"

#include <string.h>

skel_status skel_initial_state_seal(skel_inputs *in)
{
    const size_t bytes = in->network->parameter_count * sizeof(float);
    skel_checksum *sum = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_checksum_begin(&sum));
    skel_checksum_add(sum, bytes, in->initial);
    if (in->redrawn != NULL) {
        skel_checksum_add(sum, bytes, in->redrawn);
    }
    skel_checksum_add(sum, in->network->buffer_count * sizeof(float), in->first_buffers);
    skel_checksum_end(&sum, in->initial_xxh3_128);
done:
    return status;
}

/* Where the initial state of this run comes from. */
static const char *source_of(const skel_inputs *in)
{
    const skel_job *job = in->job;

    if (job->prune.norm_warmup > 0) {
        return "this machine's mathematical library, LAPACK and instruction set";
    }
    if (job->model.weights[0] != '\0') {
        return job->model.weights;
    }
    return in->settings.init == SKEL_INIT_FILE ? job->model.file
                                               : "this machine's mathematical library and LAPACK";
}

skel_status skel_initial_state_check(const skel_inputs *in, skel_reader *reader)
{
    char sum[SKEL_CHECKSUM_TEXT];

    skel_reader_attribute(reader, "/state", "initial_xxh3_128", sizeof sum, sum);
    if (sum[0] != '\0' && strcmp(sum, in->initial_xxh3_128) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s was computed from another initial state: the XXH3-128 of the weights "
                         "before pruning was %s, by %s it is now %s; go on where the run began, or "
                         "give --restart to do it here from the beginning",
                         skel_reader_path(reader), sum, source_of(in), in->initial_xxh3_128);
    }
    return SKEL_OK;
}
