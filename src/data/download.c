/* Downloads by curl. An interrupted one is resumed; one that receives no more bytes is ended. */
#include "source.h"

#include "skel/folder.h"
#include "skel/log.h"

#include "child.h"
#include "data_folder.h"

#include <stdio.h>
#include <string.h>

enum {
    ATTEMPTS = 20,      /* each must bring something, else it is the last */
    CURL_HTTP = 22,     /* also: nothing is left of the range that was asked for */
    CURL_NO_RANGE = 33, /* the server cannot resume */
};

static skel_status curl(const skel_fetch_work *work, const char *url, const char *path,
                        size_t bytes, int *exit_status)
{
    const char *const argv[] = {
        "curl",
        "--fail",
        "--location",
        "--silent",
        "--show-error",
        "--connect-timeout",
        "10",
        "--speed-limit",
        "1024",
        "--speed-time",
        "60",
        "--continue-at",
        "-",
        "--output",
        path,
        "--",
        url,
        NULL,
    };
    size_t there = skel_data_folder_bytes(path);
    char label[96];
    const char *name = strrchr(url, '/') + 1;
    const skel_child child = {
        .argv = argv,
        .messages = work->messages,
        .watched = path,
        .label = label,
        .expected = bytes > there ? bytes - there : 0,
    };

    (void)snprintf(label, sizeof label, "%s %.60s", there > 0 ? "resuming" : "fetching", name);
    return skel_child_run(&child, exit_status);
}

skel_status skel_download(const skel_fetch_work *work, const char *url, const char *path,
                          size_t bytes)
{
    char reason[512];
    int code = 0;

    SKEL_INFO("fetching %s", url);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        size_t before = skel_data_folder_bytes(path);
        skel_status status = curl(work, url, path, bytes, &code);

        if (status != SKEL_OK || code == 0) {
            return status;
        }
        if (before > 0 && (code == CURL_HTTP || code == CURL_NO_RANGE)) {
            skel_folder_remove(path); /* cannot go on from there */
        } else if (skel_data_folder_bytes(path) <= before) {
            break;
        } else {
            SKEL_DEBUG("the download broke off (curl: %d), resuming", code);
        }
    }
    skel_child_reason(work->messages, sizeof reason, reason);
    return SKEL_FAIL(SKEL_ERR_IO, "%s", reason[0] != '\0' ? reason : "curl failed");
}
