/* Memory of a compiled network. */
#include "sparse.h"

#include "skel/memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* A tile of all channels lies in as many pages as there are channels, or in few large ones. */
static void advise(void *block, size_t bytes)
{
    const uintptr_t page = (uintptr_t)1 << 21;
    uintptr_t first = ((uintptr_t)block + page - 1) / page * page;
    uintptr_t last = ((uintptr_t)block + bytes) / page * page;

    if (last > first) {
        /* a wish: without large pages the program is only slower */
        (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
    }
}

skel_status skel_sparse_take(skel_sparse *sparse, size_t count, size_t size, void *out)
{
    skel_status status = SKEL_OK;

    sparse->bytes += count * size;
    skel_free(out);
    SKEL_TRY(sparse->dry ? SKEL_OK : skel_alloc_raw(count, size, out));
    if (!sparse->dry) {
        advise(*(void **)out, count * size);
        memset(*(void **)out, 0, count * size);
    }
done:
    return status;
}
