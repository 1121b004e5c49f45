/* Memory that HDF5 writes to: a driver for HDF5's virtual file layer. */
#include "image.h"

#include "disk.h"

#include "skel/memory.h"

#include <string.h>

enum { PAGE = 4096 };

/* A piece of the file that HDF5 has written to, at a multiple of PAGE. */
typedef struct image_page {
    uint64_t number;
    unsigned char byte[PAGE];
    bool written[PAGE]; /* of each byte: the others may belong to a large dataset */
} image_page;

struct skel_image {
    size_t count;
    image_page **page; /* [count], by number */
    uint64_t end;      /* bytes that HDF5 has given places to */
    uint64_t reached;  /* end of the last byte written */
    hid_t driver;      /* HDF5's number of the driver below; -1 before the memory is attached */
    bool short_of_memory;
};

/* An open file as HDF5 knows it. */
typedef struct image_file {
    H5FD_t hdf5; /* first: HDF5 takes a pointer to it for one to the whole */
    skel_image *image;
} image_file;

/* The driver's part of HDF5's access settings. */
typedef struct image_setting {
    skel_image *image;
} image_setting;

static skel_image *image_of(const H5FD_t *file)
{
    return ((const image_file *)(const void *)file)->image;
}

/* The position of the first page that has this number or a higher one. */
static size_t find(const skel_image *image, uint64_t number)
{
    size_t low = 0;
    size_t high = image->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (image->page[middle]->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The page of this number, which is made if there is none; NULL without memory. */
static image_page *take(skel_image *image, uint64_t number)
{
    size_t at = find(image, number);
    image_page *made = NULL;

    if (at < image->count && image->page[at]->number == number) {
        return image->page[at];
    }
    if (SKEL_ALLOC(1, sizeof *made, &made) != SKEL_OK) {
        return NULL;
    }
    if (SKEL_GROW(image->count + 1, sizeof(image_page *), &image->page) != SKEL_OK) {
        SKEL_FREE(&made);
        return NULL;
    }
    memmove(image->page + at + 1, image->page + at, (image->count - at) * sizeof(image_page *));
    made->number = number;
    image->page[at] = made;
    image->count++;
    return made;
}

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    const image_setting *setting = H5Pget_driver_info(access);
    image_file *file = NULL;

    (void)name;
    (void)flags;
    (void)most;
    if (setting == NULL || SKEL_ALLOC(1, sizeof *file, &file) != SKEL_OK) {
        return NULL;
    }
    file->image = setting->image;
    return &file->hdf5;
}

static herr_t driver_close(H5FD_t *hdf5)
{
    image_file *file = (image_file *)(void *)hdf5;

    SKEL_FREE(&file);
    return 0;
}

static herr_t driver_query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t driver_get_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return image_of(file)->end;
}

static herr_t driver_set_end(H5FD_t *file, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    image_of(file)->end = end;
    return 0;
}

static haddr_t driver_get_reached(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return image_of(file)->reached;
}

/* Bytes of [start, start + bytes) that lie in the page of `start`. */
static size_t piece_of(uint64_t start, size_t bytes)
{
    size_t room = PAGE - (size_t)(start % PAGE);

    return bytes < room ? bytes : room;
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t start,
                          size_t bytes, void *buffer)
{
    const skel_image *image = image_of(file);
    char *to = buffer;

    (void)type;
    (void)transfer;
    while (bytes > 0) {
        size_t piece = piece_of(start, bytes);
        size_t at = find(image, start / PAGE);

        if (at < image->count && image->page[at]->number == start / PAGE) {
            memcpy(to, image->page[at]->byte + start % PAGE, piece);
        } else {
            memset(to, 0, piece);
        }
        to += piece;
        start += piece;
        bytes -= piece;
    }
    return 0;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t start,
                           size_t bytes, const void *buffer)
{
    skel_image *image = image_of(file);
    const char *from = buffer;

    (void)type;
    (void)transfer;
    while (bytes > 0) {
        size_t piece = piece_of(start, bytes);
        image_page *page = take(image, start / PAGE);

        if (page == NULL) {
            image->short_of_memory = true;
            return 0;
        }
        memcpy(page->byte + start % PAGE, from, piece);
        memset(page->written + start % PAGE, true, piece);
        from += piece;
        start += piece;
        bytes -= piece;
    }
    image->reached = start > image->reached ? start : image->reached;
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 14, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)0x5ce1,
#endif
    .name = "skel_image",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(image_setting),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_end,
    .set_eoa = driver_set_end,
    .get_eof = driver_get_reached,
    .read = driver_read,
    .write = driver_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

skel_status skel_image_create(skel_image **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        (*out)->driver = -1;
    }
    return status;
}

void skel_image_destroy(skel_image **image)
{
    if (*image == NULL) {
        return;
    }
    for (size_t i = 0; i < (*image)->count; i++) {
        SKEL_FREE(&(*image)->page[i]);
    }
    SKEL_FREE(&(*image)->page);
    if ((*image)->driver >= 0) {
        (void)H5FDunregister((*image)->driver);
    }
    SKEL_FREE(image);
}

herr_t skel_image_attach(skel_image *image, hid_t access)
{
    const image_setting setting = {image};

    /* Until the file was closed: HDF5 1.10 calls the driver's close after it has let go of it. */
    image->driver = H5FDregister(&driver);
    return image->driver < 0 ? -1 : H5Pset_driver(access, image->driver, &setting);
}

uint64_t skel_image_bytes(const skel_image *image)
{
    return image->end;
}

skel_status skel_image_check(const skel_image *image)
{
    if (image->short_of_memory) {
        return SKEL_FAIL(SKEL_ERR_MEMORY,
                         "cannot allocate memory for the description of a file (%zu pages so far)",
                         image->count);
    }
    return SKEL_OK;
}

/* Writes the runs of written bytes of a page. */
static skel_status write_page(const image_page *page, int descriptor, const char *name)
{
    size_t at = 0;

    while (at < PAGE) {
        size_t begin = at;

        while (at < PAGE && page->written[at] == page->written[begin]) {
            at++;
        }
        if (page->written[begin]) {
            skel_status status = skel_disk_write(descriptor, name, page->number * PAGE + begin,
                                                 at - begin, page->byte + begin);

            if (status != SKEL_OK) {
                return status;
            }
        }
    }
    return SKEL_OK;
}

skel_status skel_image_write(const skel_image *image, int descriptor, const char *name)
{
    skel_status status = skel_image_check(image);

    for (size_t i = 0; i < image->count && status == SKEL_OK; i++) {
        status = write_page(image->page[i], descriptor, name);
    }
    return status;
}
