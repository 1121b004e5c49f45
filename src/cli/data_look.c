/* skel data FILE: checks every value of a data file, prints its shape and statistics. */
#include "data_look.h"

#include "skel/dataset_verify.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN = 4 /* most channels whose statistics are printed */ };

bool skel_data_look_is(const char *word)
{
    bool has_form = strchr(word, '/') != NULL || skel_text_ends_in(word, ".h5") ||
                    skel_text_ends_in(word, ".hdf5");
    struct stat facts;

    if (stat(word, &facts) != 0) {
        return has_form;
    }
    return S_ISREG(facts.st_mode) || (has_form && !S_ISDIR(facts.st_mode));
}

static void print_numbers(const char *name, size_t count, const float values[])
{
    (void)printf("  %-24s", name);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        (void)printf(" %.6g", (double)values[i]);
    }
    (void)printf("%s\n", count > SHOWN ? " ..." : "");
}

/* Images of other libraries have their channels last. */
static void warn_of_order(const skel_dataset_info *info)
{
    if (!info->packed && info->width <= 4 && info->channels > 4 && info->height > 4) {
        SKEL_WARN("%s: the images have %zu channels of %zux%zu pixels; if they are "
                  "[images][height][width][channels], write images.transpose(0, 3, 1, 2)",
                  info->name, info->channels, info->height, info->width);
    }
}

/* `statistics` says whose they are. */
static void print(const char *path, const skel_dataset_info *info, const char *statistics)
{
    char bytes[SKEL_TEXT_BYTES];

    skel_text_bytes((double)info->stored, bytes);
    (void)printf("%s\n", path);
    (void)printf("  %-24s %zu training, %zu test, %zu validation, %s\n", "images", info->train,
                 info->test, info->validation, bytes);
    if (info->packed) {
        (void)printf("  %-24s packed, of many sizes, %zu channel%s\n", "kind", info->channels,
                     info->channels == 1 ? "" : "s");
    } else {
        (void)printf("  %-24s %s, %zu x %zu x %zu (channels, height, width)\n", "kind",
                     info->reals ? "float32" : "uint8", info->channels, info->height, info->width);
    }
    (void)printf("  %-24s %zu\n", "classes", info->classes);
    print_numbers("mean", info->channels, info->mean);
    print_numbers("deviation", info->channels, info->deviation);
    (void)printf("  %-24s %s\n", "statistics", statistics);
}

skel_status skel_data_look_run(const char *path, bool store)
{
    skel_dataset_info info;
    float *statistics = NULL;
    bool has_statistics = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dataset_verify(path, &info, &has_statistics, &statistics));
    warn_of_order(&info);
    print(path, &info, has_statistics ? "the file's" : "computed from the training images");
    if (store && !has_statistics) {
        SKEL_TRY(skel_dataset_store(path, &info));
        (void)printf("%s: mean and deviation written\n", path);
    }
done:
    SKEL_FREE(&statistics);
    return status;
}
