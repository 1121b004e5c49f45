/* A driver for reading alone. HDF5 calls its functions in the place of those of its own driver. */
#include "read_driver.h"

#include "global_heap.h"
#include "little_endian.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* An open file; HDF5 wants its own part to be the first one. */
typedef struct read_file {
    H5FD_t hdf5;
    int descriptor;
    haddr_t bytes; /* of the file */
    haddr_t end;   /* of the addresses that HDF5 uses */
} read_file;

/* What is found of a global heap. */
typedef enum heap_state { HEAP_SOUND, HEAP_DAMAGED, HEAP_NOT_READ } heap_state;

/* Reads `bytes` of a heap at a place in the file. */
static heap_state read_part(const read_file *file, haddr_t at, size_t bytes, uint8_t part[])
{
    ssize_t got = skel_input_read(file->descriptor, at, bytes, part);

    return got < 0 ? HEAP_NOT_READ : got == (ssize_t)bytes ? HEAP_SOUND : HEAP_DAMAGED;
}

/* Whether the objects of the global heap at an address fill it one behind the other. */
static heap_state judge_heap(const read_file *file, haddr_t address)
{
    uint8_t head[SKEL_GLOBAL_HEAP_HEAD];
    uint8_t object[SKEL_GLOBAL_HEAP_OBJECT];
    uint64_t size = 0;
    heap_state state = read_part(file, address, sizeof head, head);

    if (state != HEAP_SOUND) {
        return state;
    }
    size = skel_little_endian(head + 8, 8);
    if (size > file->bytes - address) {
        return HEAP_DAMAGED;
    }
    for (uint64_t at = sizeof head; at + sizeof object <= size;) {
        uint64_t step = 0;

        state = read_part(file, address + at, sizeof object, object);
        if (state != HEAP_SOUND) {
            return state;
        }
        step = skel_global_heap_next(object, size - at);
        if (step == 0) {
            return HEAP_DAMAGED;
        }
        at += step;
    }
    return HEAP_SOUND;
}

/* Tells HDF5 why the system could not read, in the words of HDF5's own driver: h5.c looks for them.
 */
static void tell_error(int error)
{
    (void)H5Epush2(H5E_DEFAULT, __FILE__, "tell_error", __LINE__, H5E_ERR_CLS, H5E_VFL,
                   H5E_READERROR, "read: errno = %d, error message = '%s'", error, strerror(error));
}

static H5FD_t *open_file(const char *path, unsigned flags, hid_t access, haddr_t most)
{
    read_file *file = NULL;
    size_t bytes = 0;

    (void)flags;
    (void)access;
    (void)most;
    if (SKEL_ALLOC(1, sizeof *file, &file) != SKEL_OK) {
        tell_error(ENOMEM);
        return NULL;
    }
    errno = 0;
    if (skel_input_open(path, &file->descriptor, &bytes) != SKEL_OK) {
        tell_error(errno);
        SKEL_FREE(&file);
        return NULL;
    }
    file->bytes = bytes;
    return &file->hdf5;
}

static herr_t close_file(H5FD_t *hdf5)
{
    read_file *file = (read_file *)(void *)hdf5;

    (void)close(file->descriptor);
    SKEL_FREE(&file);
    return 0;
}

/* Metadata are not accumulated: for an address near the largest one, HDF5 1.10 finds the end of the
 * block before its beginning, and copies bytes from before what it has accumulated. */
static herr_t tell_features(const H5FD_t *hdf5, unsigned long *flags)
{
    (void)hdf5;
    *flags =
        H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_POSIX_COMPAT_HANDLE | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t get_end(const H5FD_t *hdf5, H5FD_mem_t type)
{
    (void)type;
    return ((const read_file *)(const void *)hdf5)->end;
}

static herr_t set_end(H5FD_t *hdf5, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((read_file *)(void *)hdf5)->end = end;
    return 0;
}

static haddr_t get_bytes(const H5FD_t *hdf5, H5FD_mem_t type)
{
    (void)type;
    return ((const read_file *)(const void *)hdf5)->bytes;
}

/* The descriptor, for H5Fget_vfd_handle(). */
static herr_t get_handle(H5FD_t *hdf5, hid_t access, void **out)
{
    (void)access;
    *out = &((read_file *)(void *)hdf5)->descriptor;
    return 0;
}

/* Bytes behind the end of the file are 0, as HDF5's own driver gives them. */
static herr_t read_bytes(H5FD_t *hdf5, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t bytes, void *block)
{
    static const char heap[8] = "GCOL\1";
    const read_file *file = (const read_file *)(const void *)hdf5;
    ssize_t got = 0;
    heap_state state = HEAP_SOUND;

    (void)type;
    (void)transfer;
    if (address > INT64_MAX - bytes) { /* the system would say EINVAL, as if the disk had failed */
        (void)H5Epush2(H5E_DEFAULT, __FILE__, "read_bytes", __LINE__, H5E_ERR_CLS, H5E_VFL,
                       H5E_READERROR, "byte %llu lies behind the end of every file",
                       (unsigned long long)address);
        return -1;
    }
    got = skel_input_read(file->descriptor, address, bytes, block);
    if (got < 0) {
        tell_error(errno);
        return -1;
    }
    memset((char *)block + got, 0, bytes - (size_t)got);
    if (bytes >= sizeof heap && memcmp(block, heap, sizeof heap) == 0) {
        state = judge_heap(file, address);
    }
    if (state == HEAP_NOT_READ) {
        tell_error(errno);
        return -1;
    }
    if (state == HEAP_DAMAGED) {
        (void)H5Epush2(H5E_DEFAULT, __FILE__, "read_bytes", __LINE__, H5E_ERR_CLS, H5E_VFL,
                       H5E_READERROR, "the texts at byte %llu are damaged",
                       (unsigned long long)address);
        return -1;
    }
    return 0;
}

static herr_t refuse_write(H5FD_t *hdf5, H5FD_mem_t type, hid_t transfer, haddr_t address,
                           size_t bytes, const void *block)
{
    (void)hdf5;
    (void)type;
    (void)transfer;
    (void)address;
    (void)bytes;
    (void)block;
    return -1;
}

hid_t skel_read_driver_register(void)
{
    static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION /* since HDF5 1.14 */
        .version = H5FD_CLASS_VERSION,
        .value = H5_VFD_RESERVED, /* the first that the library leaves free */
#endif
        .name = "skel-read",
        .maxaddr = INT64_MAX,
        .fc_degree = H5F_CLOSE_STRONG,
        .open = open_file,
        .close = close_file,
        .query = tell_features,
        .get_eoa = get_end,
        .set_eoa = set_end,
        .get_eof = get_bytes,
        .get_handle = get_handle,
        .read = read_bytes,
        .write = refuse_write,
        .fl_map = H5FD_FLMAP_DICHOTOMY,
    };

    return H5FDregister(&driver);
}
