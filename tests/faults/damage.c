/* Flips every byte of a file in turn, and cuts it at every length: damage FILE WORK STRIDE
 * [MODEL WIDTH]
 *
 * WORK is a file that this program makes, best in memory. STRIDE 1 tries every byte, N each N-th. A
 * flip is found if verification refuses the file. Otherwise the whole file has just been compared
 * with its manifest: the byte lies outside every object, and is counted and named. With MODEL and
 * WIDTH the file is read as weights of that network: it is refused, or gives the weights of the
 * whole file.
 */
#include "store/seal.h"

#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/weight_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RANGES = 40 };

/* What a weight file gives. */
typedef struct weights {
    float *parameters;
    float *buffers;
    uint8_t *mask;
    bool has_mask;
} weights;

static skel_comm *alone;
static skel_network *network; /* NULL: the file is verified */
static weights whole;
static weights taken;

static skel_status read_weights(const char *path, weights *out)
{
    memset(out->parameters, 0, network->parameter_count * sizeof *out->parameters);
    memset(out->buffers, 0, network->buffer_count * sizeof *out->buffers);
    memset(out->mask, 0, network->parameter_count);
    return skel_weight_file_read(alone, path, network, out->parameters, out->buffers, out->mask,
                                 &out->has_mask);
}

static skel_status make_weights(weights *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof *out->parameters, &out->parameters));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof *out->buffers, &out->buffers));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &out->mask));
done:
    return status;
}

static void free_weights(weights *out)
{
    SKEL_FREE(&out->parameters);
    SKEL_FREE(&out->buffers);
    SKEL_FREE(&out->mask);
}

/* Other weights are an error of this program's own kind, which is neither ok nor damaged. */
static skel_status compare_weights(const char *path)
{
    skel_status status = read_weights(path, &taken);

    if (status == SKEL_OK &&
        (taken.has_mask != whole.has_mask ||
         memcmp(taken.parameters, whole.parameters,
                network->parameter_count * sizeof *taken.parameters) != 0 ||
         memcmp(taken.buffers, whole.buffers, network->buffer_count * sizeof *taken.buffers) != 0 ||
         memcmp(taken.mask, whole.mask, network->parameter_count) != 0)) {
        status = SKEL_FAIL(SKEL_ERR_INTERNAL, "other weights are believed");
    }
    return status;
}

static skel_status verify(const char *path)
{
    skel_reader *reader = NULL;
    size_t datasets = 0;
    skel_status status = SKEL_OK;

    skel_error_clear();
    if (network != NULL) {
        return compare_weights(path);
    }
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_verify(reader, &datasets));
done:
    return skel_reader_close(&reader, status);
}

static void stop(const char *what)
{
    perror(what);
    exit(74);
}

static unsigned char *read_all(const char *path, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = NULL;
    struct stat facts;

    if (file < 0 || fstat(file, &facts) != 0) {
        stop(path);
    }
    *size = (size_t)facts.st_size;
    if (SKEL_ALLOC_RAW(*size, 1, &bytes) != SKEL_OK || read(file, bytes, *size) != (ssize_t)*size) {
        stop(path);
    }
    (void)close(file);
    return bytes;
}

static void put(int file, off_t at, unsigned char byte)
{
    if (pwrite(file, &byte, 1, at) != 1) {
        stop("write");
    }
}

/* Names the ranges of bytes that belong to nothing. */
static void tell_unfound(size_t at, size_t stride, size_t *first, size_t *last, size_t *ranges)
{
    if (*ranges > 0 && at == *last + stride) {
        *last = at;
        return;
    }
    if (*ranges > 0 && *ranges <= RANGES) {
        printf("  outside every object: bytes %zu to %zu\n", *first, *last);
    }
    ++*ranges;
    *first = at;
    *last = at;
}

/* Returns how many flips have made verification say anything but ok or damaged. */
static size_t flip_all(const char *path, int file, size_t size, const unsigned char bytes[],
                       size_t stride)
{
    size_t tried = 0;
    size_t found = 0;
    size_t wrong = 0;
    size_t first = 0;
    size_t last = 0;
    size_t ranges = 0;

    for (size_t at = 0; at < size; at += stride) {
        skel_status status = SKEL_OK;

        put(file, (off_t)at, (unsigned char)~bytes[at]);
        status = verify(path);
        put(file, (off_t)at, bytes[at]);
        tried++;
        found += status == SKEL_ERR_DATA;
        if (status == SKEL_OK) {
            tell_unfound(at, stride, &first, &last, &ranges);
        } else if (status != SKEL_ERR_DATA) {
            printf("byte %zu: %s\n", at, skel_error_message());
            wrong++;
        }
    }
    if (ranges > 0) {
        printf("  outside every object: bytes %zu to %zu (%zu ranges in all)\n", first, last,
               ranges);
    }
    printf("%zu bytes flipped: %zu found, %zu outside every object\n", tried, found,
           tried - found - wrong);
    return wrong;
}

/* Whether as much was cut off as a seal has, which alone is no damage: it is the whole file
 * without. */
static bool is_seal_alone(const unsigned char bytes[], size_t size, size_t length)
{
    return length + SKEL_SEAL_BYTES == size && memcmp(bytes + length, "skel-seal", 9) == 0;
}

/* From the end to the start; returns how many lengths were not refused. */
static size_t cut_all(const char *path, int file, size_t size, const unsigned char bytes[],
                      size_t stride)
{
    size_t tried = 0;
    size_t wrong = 0;

    for (size_t length = size - 1; length > stride; length -= stride) {
        if (ftruncate(file, (off_t)length) != 0) {
            stop("truncate");
        }
        if (is_seal_alone(bytes, size, length)) {
            printf("cut to %zu bytes: %s without its seal\n", length,
                   verify(path) == SKEL_OK ? "whole" : "refused");
            continue;
        }
        tried++;
        if (verify(path) != SKEL_ERR_DATA) {
            printf("cut to %zu bytes: not refused\n", length);
            wrong++;
        }
    }
    printf("%zu lengths: %zu refused\n", tried, tried - wrong);
    return wrong;
}

static skel_status make_network(const char *model, size_t width)
{
    size_t pixels = strncmp(model, "lenet", 5) == 0 ? 28 : 32;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_create_self(&alone));
    SKEL_TRY(skel_model_create(model, width, (skel_tensor){1, pixels, pixels}, 10, &network));
    SKEL_TRY(make_weights(&whole));
    SKEL_TRY(make_weights(&taken));
done:
    return status;
}

int main(int argc, char **argv)
{
    size_t stride = argc == 4 || argc == 6 ? strtoull(argv[3], NULL, 10) : 0;
    unsigned char *bytes = NULL;
    size_t size = 0;
    size_t wrong = 0;
    int file = -1;

    if (stride == 0) {
        (void)fprintf(stderr, "usage: damage FILE WORK STRIDE [MODEL WIDTH]\n");
        return 64;
    }
    bytes = read_all(argv[1], &size);
    file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size) {
        stop(argv[2]);
    }
    if (argc == 6 && (make_network(argv[4], strtoull(argv[5], NULL, 10)) != SKEL_OK ||
                      read_weights(argv[2], &whole) != SKEL_OK)) {
        (void)fprintf(stderr, "%s\n", skel_error_message());
        return 1;
    }
    if (verify(argv[2]) != SKEL_OK) {
        printf("the whole file: %s\n", skel_error_message());
        wrong++;
    }
    printf("%s, %zu bytes\n", argv[1], size);
    wrong += flip_all(argv[2], file, size, bytes, stride);
    wrong += cut_all(argv[2], file, size, bytes, stride);
    (void)close(file);
    (void)unlink(argv[2]);
    free_weights(&whole);
    free_weights(&taken);
    skel_network_destroy(&network);
    skel_comm_destroy(&alone);
    SKEL_FREE(&bytes);
    return wrong == 0 ? 0 : 1;
}
