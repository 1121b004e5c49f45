/* Streams for writing. */
#include "skel/writer.h"

#include "skel/memory.h"

#include <errno.h>
#include <string.h>

skel_status skel_writer_open(const char *folder, const char *name, skel_writer *out)
{
    size_t room = (folder != NULL ? strlen(folder) + 1 : 0) + strlen(name) + 1;
    skel_status status = SKEL_OK;

    *out = (skel_writer){0};
    SKEL_TRY(SKEL_ALLOC(room, 1, &out->path));
    (void)snprintf(out->path, room, "%s%s%s", folder != NULL ? folder : "",
                   folder != NULL ? "/" : "", name);
    out->file = fopen(out->path, "wbe");
    if (out->file == NULL) {
        status = SKEL_FAIL(skel_status_of_errno(errno), "%s: open: %s", out->path, strerror(errno));
        SKEL_FREE(&out->path);
    }
done:
    return status;
}

skel_status skel_writer_close(skel_writer *writer, skel_status status)
{
    if (writer->file != NULL) {
        int error = ferror(writer->file) == 0 ? 0 : errno != 0 ? errno : EIO;

        if (fclose(writer->file) != 0) { /* says why; after an error, errno may be another call's */
            error = errno;
        }
        if (error != 0 && status == SKEL_OK) {
            status = SKEL_FAIL(skel_status_of_errno(error), "%s: write: %s", writer->path,
                               strerror(error));
        }
    }
    SKEL_FREE(&writer->path);
    *writer = (skel_writer){0};
    return status;
}
