/* How a dataset is divided into chunks. */
#include "chunk_grid.h"

#include "h5.h"

bool skel_chunk_grid_read(hid_t dataset, size_t width, skel_chunk_grid *out)
{
    hid_t space = H5Dget_space(dataset);
    hid_t creation = H5Dget_create_plist(dataset);
    bool ok = space >= 0 && creation >= 0;

    out->dims = ok ? H5Sget_simple_extent_dims(space, out->extent, out->most) : -1;
    ok = out->dims > 0 && H5Pget_chunk(creation, out->dims, out->chunk) == out->dims;
    out->bytes = width;
    for (int i = 0; i < out->dims && ok; i++) {
        ok = out->chunk[i] > 0 &&
             !__builtin_mul_overflow(out->bytes, (size_t)out->chunk[i], &out->bytes);
    }
    skel_h5_close(space);
    skel_h5_close(creation);
    return ok;
}

uint64_t skel_chunk_grid_count(const skel_chunk_grid *grid, const hsize_t extent[])
{
    uint64_t count = 1;

    for (int i = 0; i < grid->dims; i++) {
        uint64_t along = extent[i] / grid->chunk[i] + (extent[i] % grid->chunk[i] != 0);

        if (__builtin_mul_overflow(count, along, &count)) {
            return UINT64_MAX;
        }
    }
    return count;
}

bool skel_chunk_grid_is_partial(const skel_chunk_grid *grid, const hsize_t offset[])
{
    for (int i = 0; i < grid->dims; i++) {
        if (grid->extent[i] - offset[i] < grid->chunk[i]) {
            return true;
        }
    }
    return false;
}

bool skel_chunk_grid_step(const skel_chunk_grid *grid, hsize_t offset[])
{
    for (int i = grid->dims - 1; i >= 0; i--) {
        if (grid->extent[i] - offset[i] > grid->chunk[i]) {
            offset[i] += grid->chunk[i];
            return true;
        }
        offset[i] = 0;
    }
    return false;
}
