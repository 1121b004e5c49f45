/* Memory of a compiled network. */
#include "sparse.h"

#include "skel/memory.h"

#include <string.h>

skel_status skel_sparse_take(skel_sparse *sparse, size_t count, size_t size, void *out)
{
    skel_status status = SKEL_OK;

    sparse->bytes += count * size;
    skel_free(out);
    SKEL_TRY(sparse->dry ? SKEL_OK : skel_alloc_raw(count, size, out));
    if (!sparse->dry) {
        skel_memory_use_huge_pages(*(void **)out); /* a tile has as many pages as channels, else */
        memset(*(void **)out, 0, count * size);
    }
done:
    return status;
}
