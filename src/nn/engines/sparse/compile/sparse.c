/* Memory of a compiled network. */
#include "sparse.h"

#include "skel/memory.h"

skel_status skel_sparse_take(skel_sparse *sparse, size_t count, size_t size, void *out)
{
    sparse->bytes += count * size;
    skel_free(out);
    return sparse->dry ? SKEL_OK : skel_alloc(count, size, out);
}
