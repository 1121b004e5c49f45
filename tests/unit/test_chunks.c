/* Datasets that HDF5 reads from pieces: chunks with all filters that skel reads, by all of HDF5's
 * lists, and with lists or bytes that are not for their dataset; elements that lead elsewhere. */
#include "file_bytes.h"
#include "scratch.h"
#include "suite.h"

#include "skel/checksum.h"
#include "skel/memory.h"
#include "skel/reader.h"

#include <hdf5.h>
#include <string.h>
#include <zlib.h>

enum { ROWS = 7, COLUMNS = 50, HIGH = 2, WIDE = 20, CHUNK = HIGH * WIDE };

/* A file of one dataset "/x" whose elements have their number as value. */
typedef struct how {
    bool late;   /* HDF5's later formats */
    int filter;  /* 0: none, 1: deflate, 2: shuffle and deflate, 3: also a checksum, 4: a checksum,
                    5: another filter, 6: deflate before shuffle */
    int growing; /* dimensions without a limit */
    bool one;    /* a single chunk */
    bool whole;  /* chunks at the end have no filters */
    bool unwritten; /* no chunk is written */
} how;

static hid_t creation_of(const how *as)
{
    const hsize_t chunk[] = {as->one ? ROWS : HIGH, as->one ? COLUMNS : WIDE};
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);

    ck_assert(H5Pset_chunk(creation, 2, chunk) >= 0);
    ck_assert(!as->whole || H5Pset_chunk_opts(creation, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) >= 0);
    ck_assert(as->filter != 6 || H5Pset_deflate(creation, 6) >= 0);
    ck_assert((as->filter != 2 && as->filter != 3 && as->filter != 6) ||
              H5Pset_shuffle(creation) >= 0);
    ck_assert(as->filter < 1 || as->filter > 3 || H5Pset_deflate(creation, 6) >= 0);
    ck_assert((as->filter != 3 && as->filter != 4) || H5Pset_fletcher32(creation) >= 0);
    ck_assert(as->filter != 5 || H5Pset_scaleoffset(creation, H5Z_SO_INT, 0) >= 0);
    return creation;
}

static hid_t create(const char *path, const how *as, hid_t *dataset)
{
    const hsize_t extent[] = {ROWS, COLUMNS};
    const hsize_t most[] = {as->growing > 1 ? H5S_UNLIMITED : ROWS,
                            as->growing > 0 ? H5S_UNLIMITED : COLUMNS};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = creation_of(as);
    hid_t space = H5Screate_simple(2, extent, most);
    hid_t file = -1;

    ck_assert(!as->late || H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    *dataset = H5Dcreate2(file, "x", H5T_STD_I32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ck_assert(file >= 0 && *dataset >= 0 && H5Sclose(space) >= 0 && H5Pclose(creation) >= 0 &&
              H5Pclose(access) >= 0);
    return file;
}

static const char *write_file(const how *as)
{
    const char *path = skel_scratch_file("chunks", ".h5");
    int values[ROWS * COLUMNS];
    hid_t dataset = -1;
    hid_t file = create(path, as, &dataset);

    for (int i = 0; i < ROWS * COLUMNS; i++) {
        values[i] = i;
    }
    ck_assert(as->unwritten ||
              H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    ck_assert(H5Dclose(dataset) >= 0 && H5Fclose(file) >= 0);
    return path;
}

/* Reads "/x"; checks its values if that is possible, and the words of the error if not. */
static void read_file(const char *path, int step, const char *words)
{
    skel_reader *reader = NULL;
    double *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    ck_assert_ok(skel_reader_open(path, &reader));
    status = skel_reader_doubles(reader, "/x", &count, &values);
    if (words == NULL) {
        ck_assert_msg(status == SKEL_OK, "%s", skel_error_message());
        ck_assert_uint_eq(count, (size_t)ROWS * COLUMNS);
        for (size_t i = 0; i < count; i++) {
            ck_assert(values[i] == (double)step * (double)i);
        }
    } else {
        ck_assert_int_eq(status, SKEL_ERR_DATA);
        ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
    }
    SKEL_FREE(&values);
    ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
}

/* Every filter in every kind of list: an old tree; of the later formats a single chunk, a fixed and
 * an extensible array, and a tree. */
START_TEST(chunks_are_read)
{
    for (int filter = 0; filter <= 4; filter++) {
        for (int list = 0; list < 5; list++) {
            const how as = {.late = list > 0,
                            .filter = filter,
                            .one = list == 1,
                            .growing = list > 2 ? list - 2 : 0,
                            .whole = list == 2};

            read_file(write_file(&as), 1, NULL);
        }
    }
}
END_TEST

START_TEST(chunks_that_were_never_written_are_zeros)
{
    const how old = {.filter = 3, .unwritten = true};
    const how late = {.filter = 3, .unwritten = true, .late = true};

    read_file(write_file(&old), 0, NULL);
    read_file(write_file(&late), 0, NULL);
}
END_TEST

START_TEST(other_filters_are_refused_with_words)
{
    const how other = {.filter = 5};
    const how order = {.filter = 6};

    read_file(write_file(&other), 1, "a chunk of /x has a filter that skel does not read");
    read_file(write_file(&order), 1, "a chunk of /x has its filters in an order that");
}
END_TEST

/* HDF5 would take entries of another kind, or the array's last ones from behind it. */
START_TEST(lists_of_chunks_for_another_dataset_are_refused)
{
    static const struct {
        const char *signature;
        int growing; /* dimensions */
        size_t at;   /* in the list's header */
        unsigned char byte;
    } changes[] = {{"FAHD", 0, 5, 1},  {"FAHD", 0, 6, 4}, {"FAHD", 0, 8, 11},
                   {"FAHD", 0, 8, 13}, {"EAHD", 1, 5, 1}, {"EAHD", 1, 6, 4},
                   {"BTHD", 2, 5, 11}, {"BTHD", 2, 5, 5}, {"BTHD", 2, 10, 23}};

    for (size_t n = 0; n < sizeof changes / sizeof *changes; n++) {
        const how as = {.late = true, .growing = changes[n].growing};
        const char *path = write_file(&as);
        unsigned char *file = NULL;
        size_t bytes = skel_file_bytes_read(path, &file);
        int tried = 0;

        for (size_t i = 0; i + 28 <= bytes; i++) {
            if (memcmp(file + i, changes[n].signature, 4) == 0) {
                ck_assert_uint_ne(file[i + changes[n].at], changes[n].byte);
                file[i + changes[n].at] = changes[n].byte;
                tried++;
            }
        }
        ck_assert_int_eq(tried, 1);
        skel_file_bytes_write(path, bytes, file);
        SKEL_FREE(&file);
        read_file(path, 1, "is not for its dataset");
    }
}
END_TEST

/* A list has as many entries as the limits of the shape ask for. */
START_TEST(a_shape_beyond_its_limits_is_refused)
{
    const how as = {.filter = 0};
    const uint64_t shape[] = {ROWS, COLUMNS, ROWS, COLUMNS};

    for (size_t dim = 0; dim < 2; dim++) {
        const char *path = write_file(&as);
        unsigned char *file = NULL;
        skel_reader *reader = NULL;
        size_t bytes = skel_file_bytes_read(path, &file);
        int tried = 0;

        for (size_t i = 0; i + sizeof shape <= bytes; i++) {
            if (memcmp(file + i, shape, sizeof shape) == 0) {
                file[i + 8 * (2 + dim)]--;
                tried++;
            }
        }
        ck_assert_int_eq(tried, 1);
        skel_file_bytes_write(path, bytes, file);
        SKEL_FREE(&file);
        ck_assert_int_eq(skel_reader_open(path, &reader), SKEL_ERR_DATA);
        ck_assert_msg(strstr(skel_error_message(), "a shape") != NULL, "%s", skel_error_message());
    }
}
END_TEST

/* Writes some bytes as they are as the second chunk. */
static const char *write_raw(const how *as, size_t bytes, const void *raw)
{
    const char *path = write_file(as);
    const hsize_t offset[] = {0, WIDE};
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, "x", H5P_DEFAULT);

    ck_assert(file >= 0 && dataset >= 0);
    ck_assert(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, bytes, raw) >= 0);
    ck_assert(H5Dclose(dataset) >= 0 && H5Fclose(file) >= 0);
    return path;
}

/* HDF5 would take the other elements from behind what the chunk has. */
START_TEST(chunks_of_other_bytes_are_refused)
{
    const how plain = {.filter = 0, .unwritten = true};
    const how packed = {.filter = 1, .unwritten = true};
    const how summed = {.filter = 4, .unwritten = true};
    const int values[CHUNK + 1] = {0};
    unsigned char stream[256];

    for (size_t few = 1; few <= CHUNK + 1; few += few < CHUNK - 1 ? CHUNK - 2 : 2) {
        uLongf length = sizeof stream;

        ck_assert_int_eq(compress(stream, &length, (const void *)values, few * sizeof *values),
                         Z_OK);
        read_file(write_raw(&plain, few * sizeof *values, values), 1, "is not for its dataset");
        read_file(write_raw(&packed, length, stream), 1, "it has not the bytes of its elements");
        length -= 5; /* it does not end */
        read_file(write_raw(&packed, length, stream), 1, "it has not the bytes of its elements");
    }
    read_file(write_raw(&packed, 3, "abc"), 1, "it has not the bytes of its elements");
    read_file(write_raw(&summed, 3, "abc"), 1, "it has not the bytes of its elements");
}
END_TEST

/* HDF5 would follow pointers that nobody has looked at. */
START_TEST(elements_that_lead_elsewhere_are_refused)
{
    const hsize_t extent = 3;
    hid_t text = H5Tcopy(H5T_C_S1);
    hid_t list = H5Tvlen_create(H5T_NATIVE_INT);
    hid_t record = H5Tcreate(H5T_COMPOUND, 16);
    hid_t types[] = {list, record, H5Tarray_create2(list, 1, &extent)};

    ck_assert(H5Tset_size(text, H5T_VARIABLE) >= 0);
    ck_assert(H5Tinsert(record, "number", 0, H5T_NATIVE_INT) >= 0 &&
              H5Tinsert(record, "name", 8, text) >= 0);
    for (size_t n = 0; n < sizeof types / sizeof *types; n++) {
        const char *path = skel_scratch_file("elsewhere", ".h5");
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        hid_t space = H5Screate_simple(1, &extent, NULL);
        hid_t dataset =
            H5Dcreate2(file, "x", types[n], space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        skel_reader *reader = NULL;
        char sum[SKEL_CHECKSUM_TEXT];

        ck_assert(H5Dclose(dataset) >= 0 && H5Sclose(space) >= 0 && H5Fclose(file) >= 0);
        ck_assert_ok(skel_reader_open(path, &reader));
        ck_assert_int_eq(skel_reader_checksum(reader, "/x", sum), SKEL_ERR_DATA);
        ck_assert_msg(strstr(skel_error_message(), "parts of variable length") != NULL, "%s",
                      skel_error_message());
        ck_assert_ok(skel_reader_close(&reader, SKEL_OK));
        ck_assert(H5Tclose(types[n]) >= 0);
    }
    ck_assert(H5Tclose(text) >= 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, skel_scratch_make, skel_scratch_remove);
    tcase_add_test(tcase, chunks_are_read);
    tcase_add_test(tcase, chunks_that_were_never_written_are_zeros);
    tcase_add_test(tcase, other_filters_are_refused_with_words);
    tcase_add_test(tcase, lists_of_chunks_for_another_dataset_are_refused);
    tcase_add_test(tcase, a_shape_beyond_its_limits_is_refused);
    tcase_add_test(tcase, chunks_of_other_bytes_are_refused);
    tcase_add_test(tcase, elements_that_lead_elsewhere_are_refused);
}

int main(void)
{
    return skel_suite_run("chunks", fill);
}
