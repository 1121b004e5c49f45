/** Loading images ahead: a thread reads, decodes and augments the next ones while the engine
 *  computes on the present ones.
 *
 *      skel_loader_take(loader, &now, images, labels);     // waits if they were asked for
 *      skel_loader_ahead(loader, &next);                    // returns at once
 *
 *  Which images were asked for ahead changes times, never values.
 */
#ifndef SKEL_LOADER_H
#define SKEL_LOADER_H

#include "skel/view.h"

/** A thread and room for the images of one request. Opaque. */
typedef struct skel_loader skel_loader;

/** What skel_view_fill() is to do. Borrowed. */
typedef struct skel_loader_request {
    const skel_view *view;
    const skel_samples *samples; /**< borrowed until the request was taken, or another one made */
    size_t count;
    const uint32_t *index; /**< [count] copied */
    uint32_t epoch;
} skel_loader_request;

/** Starts the thread.
 *
 *  Local. The thread makes neither MPI nor HDF5 calls.
 *  @param most    images of the largest request
 *  @param floats  of an image
 *  @param out     *owned*: skel_loader_destroy() it
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if no thread can be made.
 */
SKEL_CHECKED skel_status skel_loader_create(size_t most, size_t floats, skel_loader **out);

/** Bytes of memory that skel_loader_create() takes.
 *
 *  Local.
 */
size_t skel_loader_bytes(size_t most, size_t floats);

/** Ends the thread; accepts NULL and nulls the pointer.
 *
 *  Local. Waits until the request that is under way is done.
 */
void skel_loader_destroy(skel_loader **loader);

/** Asks for images that will be taken next. Another request that was not taken is forgotten.
 *
 *  Local.
 */
void skel_loader_ahead(skel_loader *loader, const skel_loader_request *request);

/** Takes images: those that were asked for, if they are the same, else they are loaded now.
 *
 *  Local.
 *  @param images  [count][floats] out
 *  @param labels  [count] out
 *  Errors: as skel_view_fill().
 */
SKEL_CHECKED skel_status skel_loader_take(skel_loader *loader, const skel_loader_request *request,
                                          float images[], uint16_t labels[]);

#endif
