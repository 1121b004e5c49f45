/* What HDF5 does differently while it is fuzzed: it finds every checksum of its metadata right, and
 * gives back each block that it frees, so that the sanitizers see blocks that are used later. */

#include <hdf5.h>
#include <stdlib.h>

enum { CHECKSUM = 4 }; /* bytes */

static size_t calls;

__attribute__((visibility("default"))) uint32_t H5_checksum_metadata(const void *block,
                                                                     size_t bytes, uint32_t first);

/* HDF5's own function of this name: its library calls the one of the program. The checksum that is
 * stored lies behind the bytes; of a heap's block, whose checksum HDF5 sets to 0 before, corpus.py
 * has set it to 0. */
__attribute__((no_sanitize("address"))) uint32_t H5_checksum_metadata(const void *block,
                                                                      size_t bytes, uint32_t first)
{
    const volatile uint8_t *at = block;
    uint32_t stored = 0;

    (void)first;
    calls++;
    if (bytes >= CHECKSUM && at[0] == 'F' && at[1] == 'H' && at[2] == 'D' && at[3] == 'B') {
        return 0;
    }
    for (size_t i = 0; i < CHECKSUM; i++) {
        stored |= (uint32_t)at[bytes + i] << 8 * i;
    }
    return stored;
}

/* A file of the latest format has checksums: that HDF5 asks for them here shows that it does so
 * later. */
__attribute__((constructor)) static void prepare(void)
{
    hid_t access = -1;
    hid_t file = -1;

    if (H5set_free_list_limits(0, 0, 0, 0, 0, 0) < 0) {
        abort();
    }
    access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pset_fapl_core(access, 4096, false);
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    file = H5Fcreate("none", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (file < 0 || H5Fclose(file) < 0 || calls == 0) {
        abort();
    }
    (void)H5Pclose(access);
}
