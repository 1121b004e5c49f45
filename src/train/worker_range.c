/* Ranges of images cut into microbatches, and loading them. */
#include "worker_impl.h"

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static void images_of(const skel_worker_range *range, size_t microbatch, size_t *first,
                      size_t *count)
{
    size_t most = range->worker->options.engine.microbatch;
    size_t batch_size = range->batches->batch_size;
    size_t per_batch = divide_up(batch_size, most);
    size_t batch_begin = microbatch / per_batch * batch_size;
    size_t batch_end = batch_begin + batch_size;
    size_t begin = batch_begin + microbatch % per_batch * most;
    size_t end = begin + most;

    batch_end = batch_end < range->images ? batch_end : range->images;
    end = end < batch_end ? end : batch_end;
    *first = range->first_image + begin;
    *count = end - begin;
}

size_t skel_worker_range_microbatches(const skel_worker_range *range)
{
    size_t most = range->worker->options.engine.microbatch;
    size_t batch_size = range->batches->batch_size;

    return range->images / batch_size * divide_up(batch_size, most) +
           divide_up(range->images % batch_size, most);
}

skel_batch skel_worker_range_load(const skel_worker_range *range, size_t microbatch, size_t slot)
{
    skel_worker *worker = range->worker;
    const skel_batches *batches = range->batches;
    const skel_tensor *input = &worker->network->tensor[0];
    size_t offset = slot * worker->options.engine.microbatch;
    float *images = worker->images + offset * input->channels * input->height * input->width;
    uint16_t *labels = worker->labels + offset;
    size_t first = 0;
    size_t count = 0;

    images_of(range, microbatch, &first, &count);
    skel_view_fill(batches->view, batches->samples, count, batches->index + first, batches->epoch,
                   images, labels);
    return (skel_batch){.count = count, .images = images, .labels = labels};
}

void skel_worker_range_show(const skel_worker_range *range, size_t microbatch)
{
    const skel_comm *comm = range->worker->comm;
    size_t first = 0;
    size_t count = 0;

    skel_microbatches_of(skel_worker_range_microbatches(range), skel_comm_rank(comm),
                         skel_comm_size(comm), &first, &count);
    if (microbatch >= first && microbatch < first + count) {
        skel_progress_peek(range->batches->progress,
                           range->first_image + range->images * (microbatch + 1 - first) / count);
    }
}
