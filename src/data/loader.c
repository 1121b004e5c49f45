/* One thread, one request ahead. */
#include "skel/loader.h"

#include "skel/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE = 1024 };

/* What the thread is doing. */
typedef enum work_state {
    WORK_NONE,
    WORK_ASKED, /* the thread has not seen it yet */
    WORK_UNDER_WAY,
    WORK_DONE,
} work_state;

struct skel_loader {
    size_t floats;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ends;
    work_state state;
    skel_view view; /* of the request, as the next members */
    const skel_samples *samples;
    size_t count;
    uint32_t *index; /* [most] */
    uint32_t epoch;
    float *images;    /* [most][floats] */
    uint16_t *labels; /* [most] */
    skel_status status;
    char message[MESSAGE]; /* of the thread's error */
};

static void load(skel_loader *loader)
{
    loader->status = skel_view_fill(&loader->view, loader->samples, loader->count, loader->index,
                                    loader->epoch, loader->images, loader->labels);
    loader->message[0] = '\0';
    if (loader->status != SKEL_OK) {
        (void)snprintf(loader->message, sizeof loader->message, "%s", skel_error_message());
        skel_error_clear();
    }
}

/* The lock is open while images are loaded: nobody touches a request that is under way. */
static void *work(void *context)
{
    skel_loader *loader = context;

    (void)pthread_mutex_lock(&loader->lock);
    while (!loader->ends) {
        if (loader->state != WORK_ASKED) {
            (void)pthread_cond_wait(&loader->changed, &loader->lock);
            continue;
        }
        loader->state = WORK_UNDER_WAY;
        (void)pthread_mutex_unlock(&loader->lock);
        load(loader);
        (void)pthread_mutex_lock(&loader->lock);
        loader->state = WORK_DONE;
        (void)pthread_cond_broadcast(&loader->changed);
    }
    (void)pthread_mutex_unlock(&loader->lock);
    return NULL;
}

/* Signals are for the main thread. */
static skel_status start(skel_loader *loader)
{
    sigset_t all;
    sigset_t before;
    int error = 0;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    error = pthread_create(&loader->thread, NULL, work, loader);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    loader->has_thread = error == 0;
    return error == 0
               ? SKEL_OK
               : SKEL_FAIL(SKEL_ERR_INTERNAL, "a thread that loads images: %s", strerror(error));
}

size_t skel_loader_bytes(size_t most, size_t floats)
{
    return sizeof(skel_loader) +
           most * (sizeof(uint32_t) + sizeof(uint16_t) + floats * sizeof(float));
}

skel_status skel_loader_create(size_t most, size_t floats, skel_loader **out)
{
    skel_loader *loader = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *loader, &loader));
    (void)pthread_mutex_init(&loader->lock, NULL);
    (void)pthread_cond_init(&loader->changed, NULL);
    loader->floats = floats;
    SKEL_TRY(SKEL_ALLOC(most, sizeof *loader->index, &loader->index));
    SKEL_TRY(SKEL_ALLOC(most, sizeof *loader->labels, &loader->labels));
    SKEL_TRY(SKEL_ALLOC_RAW(most * floats, sizeof *loader->images, &loader->images));
    SKEL_TRY(start(loader));
    *out = loader;
    loader = NULL;
done:
    skel_loader_destroy(&loader);
    return status;
}

void skel_loader_destroy(skel_loader **loader)
{
    if (*loader == NULL) {
        return;
    }
    if ((*loader)->has_thread) {
        (void)pthread_mutex_lock(&(*loader)->lock);
        (*loader)->ends = true;
        (void)pthread_cond_broadcast(&(*loader)->changed);
        (void)pthread_mutex_unlock(&(*loader)->lock);
        (void)pthread_join((*loader)->thread, NULL);
    }
    (void)pthread_cond_destroy(&(*loader)->changed);
    (void)pthread_mutex_destroy(&(*loader)->lock);
    SKEL_FREE(&(*loader)->images);
    SKEL_FREE(&(*loader)->labels);
    SKEL_FREE(&(*loader)->index);
    SKEL_FREE(loader);
}

/* Waits until the thread touches no request. The lock is closed. */
static void wait_for_rest(skel_loader *loader)
{
    while (loader->state == WORK_ASKED || loader->state == WORK_UNDER_WAY) {
        (void)pthread_cond_wait(&loader->changed, &loader->lock);
    }
}

void skel_loader_ahead(skel_loader *loader, const skel_loader_request *request)
{
    (void)pthread_mutex_lock(&loader->lock);
    wait_for_rest(loader);
    loader->view = *request->view;
    loader->samples = request->samples;
    loader->count = request->count;
    memcpy(loader->index, request->index, request->count * sizeof *loader->index);
    loader->epoch = request->epoch;
    loader->state = WORK_ASKED;
    (void)pthread_cond_broadcast(&loader->changed);
    (void)pthread_mutex_unlock(&loader->lock);
}

static bool is_same_view(const skel_view *a, const skel_view *b)
{
    return a->info.mean == b->info.mean && a->side_h == b->side_h && a->side_w == b->side_w &&
           a->cover == b->cover && a->seed == b->seed &&
           memcmp(&a->augment, &b->augment, sizeof a->augment) == 0;
}

static bool is_asked_for(const skel_loader *loader, const skel_loader_request *request)
{
    return loader->state != WORK_NONE && loader->samples == request->samples &&
           loader->epoch == request->epoch && loader->count == request->count &&
           memcmp(loader->index, request->index, request->count * sizeof *loader->index) == 0 &&
           is_same_view(&loader->view, request->view);
}

skel_status skel_loader_take(skel_loader *loader, const skel_loader_request *request,
                             float images[], uint16_t labels[])
{
    bool found = false;
    skel_status status = SKEL_OK;

    (void)pthread_mutex_lock(&loader->lock);
    found = is_asked_for(loader, request);
    if (found) {
        wait_for_rest(loader);
        status = loader->status;
        loader->state = WORK_NONE;
    }
    (void)pthread_mutex_unlock(&loader->lock);
    if (!found) {
        return skel_view_fill(request->view, request->samples, request->count, request->index,
                              request->epoch, images, labels);
    }
    if (status != SKEL_OK) {
        return SKEL_FAIL(status, "%s", loader->message);
    }
    memcpy(images, loader->images, request->count * loader->floats * sizeof *images);
    memcpy(labels, loader->labels, request->count * sizeof *labels);
    return SKEL_OK;
}
