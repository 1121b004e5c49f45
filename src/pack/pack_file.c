/* The data set's file: judges what the blocks hold, and has all ranks write it. */
#include "pack_file.h"

#include "pack_index.h"

#include "skel/dataset.h"
#include "skel/file.h"
#include "skel/input.h"
#include "skel/log.h"
#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { NAMED = 100, RGB = 3 };

/* The bytes of a half, as a source of the file. */
typedef struct half_source {
    const char *folder;
    const skel_pack_half *half;
    size_t open; /* block whose file is open; SIZE_MAX: none */
    int descriptor;
} half_source;

static void close_source(half_source *source)
{
    if (source->descriptor >= 0) {
        (void)close(source->descriptor);
    }
    source->descriptor = -1;
    source->open = SIZE_MAX;
}

/* Opens the file of block `b` of the half, unless it is open. */
static skel_status open_block(half_source *source, size_t b)
{
    char path[SKEL_IMAGE_LIST_PATH];
    skel_status status = SKEL_OK;

    if (source->open == b) {
        return SKEL_OK;
    }
    close_source(source);
    SKEL_TRY(skel_image_block_path(source->folder, source->half->first + b, sizeof path, path));
    SKEL_TRY(skel_input_open(path, &source->descriptor, NULL));
    source->open = b;
done:
    return status;
}

/* The block that holds a byte of the half. */
static size_t find_block(const skel_pack_half *half, uint64_t offset)
{
    size_t low = 0;
    size_t high = half->blocks;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (half->begin[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static skel_status read_source(void *context, uint64_t offset, size_t bytes, void *out)
{
    half_source *source = context;
    const skel_pack_half *half = source->half;
    uint8_t *at = out;
    char path[SKEL_IMAGE_LIST_PATH];
    skel_status status = SKEL_OK;

    while (bytes > 0) {
        size_t b = find_block(half, offset);
        uint64_t left = half->begin[b + 1] - offset;
        size_t part = left < bytes ? (size_t)left : bytes;

        SKEL_TRY(open_block(source, b));
        SKEL_TRY(skel_image_block_path(source->folder, half->first + b, sizeof path, path));
        SKEL_TRY(skel_input_read_whole(source->descriptor, path,
                                       half->in_file[b] + (offset - half->begin[b]), part, at));
        at += part;
        offset += part;
        bytes -= part;
    }
done:
    return status;
}

/* Root only: names the damaged images. */
static void name_damaged(const skel_image_list *list, const skel_pack_index *index)
{
    char shown[SKEL_IMAGE_LIST_SHOWN];

    for (size_t i = 0; i < index->damaged_count && i < NAMED; i++) {
        const skel_image_item *item = &list->item[index->damaged[i]];

        skel_image_list_show(list->text + item->path, shown);
        if (item->record != SKEL_IMAGE_LIST_NO_RECORD) {
            SKEL_WARN("%s, record %d: %s", shown, item->record, index->messages.text[i]);
        } else {
            SKEL_WARN("%s: %s", shown, index->messages.text[i]);
        }
    }
    if (index->damaged_count > NAMED) {
        SKEL_WARN("and %zu more", index->damaged_count - NAMED);
    }
}

static skel_status judge_sizes(const skel_pack_options *options, const skel_image_list *list,
                               const skel_pack_index *index)
{
    char shown[2][SKEL_IMAGE_LIST_SHOWN];

    if (index->sizes < 2 || options->keep_size || options->keep_bytes) {
        return SKEL_OK;
    }
    for (size_t i = 0; i < 2; i++) {
        skel_image_list_show(list->text + list->item[index->example[i]].path, shown[i]);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "the images have several sizes: %s is %zu x %zu pixels, %s is %zu x %zu; "
                     "--size N makes all N x N, --keep-size packs them as they are",
                     shown[0], index->size[0][0], index->size[0][1], shown[1], index->size[1][0],
                     index->size[1][1]);
}

/* Whether the images can become a data set. */
static skel_status judge(const skel_pack_options *options, const skel_image_list *list,
                         const skel_pack_index *index)
{
    if (index->damaged_count > 0 && !options->skip) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%zu of %zu images cannot be packed, see above; replace them, or leave "
                         "them out with --skip-damaged",
                         index->damaged_count, list->count);
    }
    for (size_t h = SKEL_DATA_LAYOUT_TRAIN; h <= SKEL_DATA_LAYOUT_TEST; h++) {
        if (index->half[h].count == 0) {
            return SKEL_FAIL(SKEL_ERR_DATA, "no image is left for the half %s",
                             skel_data_layout_half_word((skel_data_layout_half)h));
        }
    }
    return judge_sizes(options, list, index);
}

/* Root only: what the user should know of the images. */
static void tell(const skel_pack_options *options, const skel_pack_index *index)
{
    const skel_block_head *sums = &index->sums;

    if (sums->turns > 0 && !options->turn) {
        SKEL_INFO("images with an EXIF orientation, which is not obeyed, as in torchvision (--turn "
                  "obeys it): %llu",
                  (unsigned long long)sums->turns);
    }
    if (sums->with_alpha > 0) {
        SKEL_INFO("images with transparency, which is ignored: %llu",
                  (unsigned long long)sums->with_alpha);
    }
    if (sums->converted > 0 && options->keep_bytes) {
        SKEL_INFO("PNG images that became JPEG, of quality 95: %llu",
                  (unsigned long long)sums->converted);
    }
}

static void fill_report(const skel_pack_options *options, const skel_image_list *list,
                        const skel_pack_index *index, skel_pack_report *report)
{
    const skel_block_head *sums = &index->sums;

    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        report->images[h] = index->half[h].count;
    }
    report->classes = list->classes;
    report->channels = options->channels;
    report->height = index->sizes == 1 ? index->size[0][0] : 0;
    report->width = index->sizes == 1 ? index->size[0][1] : 0;
    report->damaged = index->damaged_count;
    for (size_t c = 0; c < options->channels; c++) {
        double mean = (double)sums->sum[c] / (double)sums->pixels;
        double square = (double)sums->square[c] / (double)sums->pixels;

        report->mean[c] = mean / 255.0;
        report->deviation[c] = sqrt(fmax(square - mean * mean, 0.0)) / 255.0;
    }
}

static skel_status write_numbers(skel_file *file, skel_data_layout_half half,
                                 skel_data_layout_part part, size_t count, const int64_t values[])
{
    char path[SKEL_DATA_LAYOUT_PATH];
    skel_file_dataset spec = {
        .path = path, .element = SKEL_INT64, .dims = 1, .shape = {count}, .data = values};

    skel_data_layout_path(half, part, path);
    return skel_file_write(file, &spec);
}

/* Images of one size as one array, others one after the other. */
static skel_status write_half(skel_file *file, const skel_pack_options *options,
                              const skel_pack_index *index, const char *folder,
                              skel_data_layout_half h)
{
    const skel_pack_half *half = &index->half[h];
    bool is_plain = !options->keep_bytes && index->sizes == 1;
    char path[SKEL_DATA_LAYOUT_PATH];
    half_source source = {.folder = folder, .half = half, .open = SIZE_MAX, .descriptor = -1};
    skel_file_dataset spec = {.path = path, .element = SKEL_UINT8, .dims = 1};
    skel_status status = SKEL_OK;

    skel_data_layout_path(h, is_plain ? SKEL_DATA_LAYOUT_IMAGES : SKEL_DATA_LAYOUT_BYTES, path);
    spec.shape[0] = (size_t)half->offset[half->count];
    if (is_plain) {
        spec = (skel_file_dataset){
            .path = path,
            .element = SKEL_UINT8,
            .dims = 4,
            .shape = {half->count, options->channels, index->size[0][0], index->size[0][1]}};
    }
    SKEL_TRY(skel_file_write_from(file, &spec, read_source, &source));
    SKEL_TRY(write_numbers(file, h, SKEL_DATA_LAYOUT_LABELS, half->count, half->label));
    if (!is_plain) {
        SKEL_TRY(skel_file_set_text(file, path, SKEL_DATA_LAYOUT_ATTRIBUTE_FORMAT,
                                    skel_data_layout_format_word(options->keep_bytes
                                                                     ? SKEL_DATA_LAYOUT_JPEG
                                                                     : SKEL_DATA_LAYOUT_PIXELS)));
        SKEL_TRY(write_numbers(file, h, SKEL_DATA_LAYOUT_OFFSETS, half->count + 1, half->offset));
        SKEL_TRY(write_numbers(file, h, SKEL_DATA_LAYOUT_HEIGHTS, half->count, half->height));
        SKEL_TRY(write_numbers(file, h, SKEL_DATA_LAYOUT_WIDTHS, half->count, half->width));
    }
done:
    close_source(&source);
    return status;
}

/* Attributes of the whole file. Nothing in them depends on ranks or time. */
static skel_status describe(skel_file *file, const skel_pack_report *report)
{
    char libraries[SKEL_LIBRARIES];
    skel_status status = SKEL_OK;

    skel_dataset_libraries(libraries);
    SKEL_TRY(skel_file_set_text(file, "/", "schema_name", SKEL_DATA_LAYOUT_SCHEMA));
    SKEL_TRY(skel_file_set_integer(file, "/", "schema_version", SKEL_DATA_LAYOUT_VERSION));
    SKEL_TRY(skel_file_set_text(file, "/", "software", "skel"));
    SKEL_TRY(skel_file_set_text(file, "/", "software_version", skel_version()));
    SKEL_TRY(skel_file_set_text(file, "/", "libraries", libraries));
    SKEL_TRY(skel_file_set_integer(file, "/", SKEL_DATA_LAYOUT_ATTRIBUTE_CLASSES,
                                   (int64_t)report->classes));
    SKEL_TRY(skel_file_set_integer(file, "/", SKEL_DATA_LAYOUT_ATTRIBUTE_CHANNELS,
                                   (int64_t)report->channels));
    SKEL_TRY(skel_file_set_doubles(file, "/", SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN, report->channels,
                                   report->mean));
    SKEL_TRY(skel_file_set_doubles(file, "/", SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION,
                                   report->channels, report->deviation));
done:
    return status;
}

/* The texts at some places of the list's text. */
static skel_status write_texts(skel_file *file, const skel_comm *comm, const char *path,
                               const skel_image_list *list, size_t count, const size_t at[])
{
    const char **text = NULL;
    skel_status status = SKEL_ALLOC(count, sizeof *text, &text);

    SKEL_TRY(skel_comm_agree(comm, status));
    for (size_t i = 0; i < count; i++) {
        text[i] = list->text + at[i];
    }
    SKEL_TRY(skel_file_write_texts(file, path, count, text, NULL));
done:
    SKEL_FREE(&text);
    return status;
}

/* The paths of the images that were left out. */
static skel_status write_skipped(skel_file *file, const skel_comm *comm,
                                 const skel_image_list *list, const skel_pack_index *index)
{
    size_t *at = NULL;
    skel_status status = SKEL_ALLOC(index->damaged_count, sizeof *at, &at);

    SKEL_TRY(skel_comm_agree(comm, status));
    for (size_t i = 0; i < index->damaged_count; i++) {
        at[i] = list->item[index->damaged[i]].path;
    }
    SKEL_TRY(write_texts(file, comm, SKEL_DATA_LAYOUT_SKIPPED, list, index->damaged_count, at));
done:
    SKEL_FREE(&at);
    return status;
}

static skel_status write_all(const skel_comm *comm, const skel_pack_options *options,
                             const skel_image_list *list, const skel_pack_index *index,
                             const char *folder, const skel_pack_report *report)
{
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(comm, options->out, &file));
    SKEL_TRY(describe(file, report));
    SKEL_TRY(write_texts(file, comm, SKEL_DATA_LAYOUT_NAMES, list, list->classes, list->name));
    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        if (index->half[h].count > 0) {
            SKEL_TRY(write_half(file, options, index, folder, (skel_data_layout_half)h));
        }
    }
    if (index->damaged_count > 0) {
        SKEL_TRY(write_skipped(file, comm, list, index));
    }
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}

skel_status skel_pack_file_write(const skel_comm *comm, const skel_pack_options *options,
                                 const skel_image_list *list, const char *folder,
                                 skel_pack_report *report)
{
    skel_pack_index index = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, skel_pack_index_read(list, folder, &index)));
    if (skel_comm_is_root(comm)) {
        name_damaged(list, &index);
    }
    SKEL_TRY(skel_comm_agree(comm, judge(options, list, &index)));
    fill_report(options, list, &index, report);
    if (skel_comm_is_root(comm)) {
        tell(options, &index);
    }
    SKEL_TRY(write_all(comm, options, list, &index, folder, report));
done:
    skel_pack_index_clear(&index);
    return status;
}
