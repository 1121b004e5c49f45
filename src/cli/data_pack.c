/* skel data pack: a folder of images becomes one HDF5 file. */
#include "data_pack.h"

#include "skel/log.h"
#include "skel/pack.h"
#include "skel/stop.h"
#include "skel/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { LARGEST = 65500 };

/* Reads "64" or "48x64". */
static skel_status read_size(const skel_arguments *arguments, size_t *height, size_t *width)
{
    const char *text = skel_arguments_get(arguments, "size");
    char *end = NULL;
    unsigned long first = 0;
    unsigned long second = 0;

    *height = 0;
    *width = 0;
    if (text == NULL) {
        return SKEL_OK;
    }
    first = strtoul(text, &end, 10);
    second = first;
    if (*end == 'x' && end[1] >= '0' && end[1] <= '9') {
        second = strtoul(end + 1, &end, 10);
    }
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || first < 1 || second < 1 ||
        first > LARGEST || second > LARGEST) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel data: --size %s: expected N, or HEIGHTxWIDTH, from 1 to %d", text,
                         LARGEST);
    }
    *height = first;
    *width = second;
    return SKEL_OK;
}

static skel_status read_options(const skel_arguments *arguments, skel_pack_options *out)
{
    static const char *const channels[] = {"1", "3"};
    size_t choice = 1;
    skel_status status = SKEL_OK;

    *out = (skel_pack_options){0};
    if (arguments->count != 2 || !skel_arguments_has(arguments, "out")) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel data pack: a folder and --out FILE are expected: "
                                         "skel data pack DIR --out FILE.h5");
    }
    out->dir = arguments->word[1];
    out->out = skel_arguments_get(arguments, "out");
    out->validation = skel_arguments_get(arguments, "validation");
    SKEL_TRY(skel_arguments_real(arguments, "test-share", 0.9, &out->test_share));
    SKEL_TRY(read_size(arguments, &out->height, &out->width));
    SKEL_TRY(skel_arguments_choice(arguments, "channels", 2, channels, &choice));
    out->channels = choice == 0 ? 1 : 3;
    out->keep_size = skel_arguments_has(arguments, "keep-size");
    out->keep_bytes = skel_arguments_has(arguments, "keep-bytes");
    out->turn = skel_arguments_has(arguments, "turn");
    out->skip = skel_arguments_has(arguments, "skip-damaged");
done:
    return status;
}

static void print_numbers(const char *word, size_t count, const double values[])
{
    printf(", %s", word);
    for (size_t i = 0; i < count; i++) {
        printf(" %.4f", values[i]);
    }
}

static void print_report(const skel_pack_options *options, const skel_pack_report *report)
{
    char bytes[SKEL_TEXT_BYTES];

    skel_text_bytes((double)report->bytes, bytes);
    printf("%s: %zu training and %zu test images", options->out,
           report->images[SKEL_DATA_LAYOUT_TRAIN], report->images[SKEL_DATA_LAYOUT_TEST]);
    if (report->images[SKEL_DATA_LAYOUT_VALIDATION] > 0) {
        printf(", %zu to validate", report->images[SKEL_DATA_LAYOUT_VALIDATION]);
    }
    if (report->height != 0) {
        printf(", %zu x %zu x %zu", report->channels, report->height, report->width);
    } else {
        printf(", %zu x several sizes", report->channels);
    }
    printf(", %zu classes, %s\n", report->classes, bytes);
    printf("training images");
    print_numbers("mean", report->channels, report->mean);
    print_numbers("deviation", report->channels, report->deviation);
    printf("\n");
    if (report->damaged > 0) {
        printf("left out: %zu damaged image%s, named in %s\n", report->damaged,
               report->damaged == 1 ? "" : "s", SKEL_DATA_LAYOUT_SKIPPED);
    }
}

skel_status skel_data_pack_run(const skel_arguments *arguments)
{
    int argc = arguments->argc;
    char **argv = arguments->argv;
    skel_comm *comm = NULL;
    skel_pack_options options;
    skel_pack_report report;
    skel_status status = read_options(arguments, &options);

    if (status != SKEL_OK) {
        return status;
    }
    SKEL_TRY(skel_comm_start(&argc, &argv, &comm));
    skel_log_configure(SKEL_LOG_INFO, skel_comm_is_root(comm));
    skel_stop_listen(skel_comm_rank(comm));
    SKEL_TRY(skel_pack_make(comm, &options, &report));
    if (skel_comm_is_root(comm)) {
        print_report(&options, &report);
    }
done:
    return skel_command_leave(&comm, status);
}
