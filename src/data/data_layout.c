/* Names of the datasets of a data set in one HDF5 file. */
#include "skel/data_layout.h"

#include "skel/status.h"

#include <stdio.h>
#include <string.h>

const char *skel_data_layout_half_word(skel_data_layout_half half)
{
    static const char *const words[SKEL_DATA_LAYOUT_HALVES] = {"train", "test", "validation"};

    SKEL_ASSERT(half < SKEL_DATA_LAYOUT_HALVES);
    return words[half];
}

void skel_data_layout_path(skel_data_layout_half half, skel_data_layout_part part,
                           char out[SKEL_DATA_LAYOUT_PATH])
{
    static const char *const words[] = {"images",  "labels",  "bytes",
                                        "offsets", "heights", "widths"};

    SKEL_ASSERT(part < sizeof words / sizeof words[0]);
    (void)snprintf(out, SKEL_DATA_LAYOUT_PATH, "/%s/%s", skel_data_layout_half_word(half),
                   words[part]);
}

const char *skel_data_layout_format_word(skel_data_layout_format format)
{
    static const char *const words[SKEL_DATA_LAYOUT_FORMATS] = {"jpeg", "pixels"};

    SKEL_ASSERT(format < SKEL_DATA_LAYOUT_FORMATS);
    return words[format];
}

bool skel_data_layout_find_format(const char *word, skel_data_layout_format *out)
{
    for (size_t f = 0; f < SKEL_DATA_LAYOUT_FORMATS; f++) {
        if (strcmp(word, skel_data_layout_format_word((skel_data_layout_format)f)) == 0) {
            *out = (skel_data_layout_format)f;
            return true;
        }
    }
    return false;
}
