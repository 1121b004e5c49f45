/* Ranges of images cut into microbatches, and loading them. */
#include "worker_impl.h"

#include "skel/random.h"

#include <string.h>

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

/* Images of standard normal pixels, each from a stream of its own. */
static void draw_images(uint64_t seed, size_t first, size_t count, size_t pixels, float images[])
{
    for (size_t n = 0; n < count; n++) {
        skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_NOISE, 0, (uint32_t)(first + n));

        for (size_t i = 0; i < pixels; i++) {
            images[n * pixels + i] = (float)skel_stream_normal(&stream);
        }
    }
}

/* What the loader is to have ready: the microbatch that this rank computes next. */
static void load_ahead(const skel_worker_range *range, size_t microbatch)
{
    const skel_batches *batches = range->batches;
    const skel_comm *comm = range->worker->comm;
    size_t mine = 0;
    size_t mine_count = 0;
    size_t first = 0;
    size_t count = 0;

    skel_microbatches_of(skel_worker_range_microbatches(range), skel_comm_rank(comm),
                         skel_comm_size(comm), &mine, &mine_count);
    if (microbatch + 1 < mine + mine_count) {
        images_of(range, microbatch + 1, &first, &count);
    } else {
        skel_worker_range next = *range;

        next.first_image += range->images; /* of the next batch, if it is as large */
        if (next.first_image >= batches->count) {
            return;
        }
        if (next.images > batches->count - next.first_image) {
            next.images = batches->count - next.first_image;
        }
        skel_microbatches_of(skel_worker_range_microbatches(&next), skel_comm_rank(comm),
                             skel_comm_size(comm), &mine, &mine_count);
        if (mine_count == 0) {
            return;
        }
        images_of(&next, mine, &first, &count);
    }
    skel_loader_ahead(range->worker->loader,
                      &(skel_loader_request){batches->view, batches->samples, count,
                                             batches->index + first, batches->epoch});
}

skel_status skel_worker_range_load(const skel_worker_range *range, size_t microbatch, size_t slot,
                                   skel_batch *out)
{
    skel_worker *worker = range->worker;
    const skel_batches *batches = range->batches;
    const skel_tensor *input = &worker->network->tensor[0];
    size_t most = worker->options.engine.microbatch;
    size_t floats = input->channels * input->height * input->width;
    float *images = worker->images + slot * most * floats;
    uint16_t *labels = worker->labels + slot * most;
    size_t first = 0;
    size_t count = 0;
    skel_status status = SKEL_OK;

    images_of(range, microbatch, &first, &count);
    *out = (skel_batch){.count = count, .images = images, .labels = labels};
    if (batches->noise != 0) {
        draw_images(batches->noise, first, count, floats, images);
        memset(labels, 0, count * sizeof *labels);
        return SKEL_OK;
    }
    if (worker->loader == NULL || !skel_view_is_slow(batches->view, batches->samples)) {
        return skel_view_fill(batches->view, batches->samples, count, batches->index + first,
                              batches->epoch, images, labels);
    }
    SKEL_TRY(skel_loader_take(worker->loader,
                              &(skel_loader_request){batches->view, batches->samples, count,
                                                     batches->index + first, batches->epoch},
                              images, labels));
    load_ahead(range, microbatch);
done:
    return status;
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
