/* A job file that has been read: the runs that it describes. */
#include "file.h"

#include "own.h"
#include "skel/memory.h"

#include <string.h>

void skel_job_file_close(skel_job_file **file)
{
    if (*file == NULL) {
        return;
    }
    for (size_t i = 0; i < (*file)->trees; i++) {
        skel_tree_clear(&(*file)->tree[i]);
    }
    SKEL_FREE(&(*file)->tree);
    SKEL_FREE(file);
}

size_t skel_job_file_runs(const skel_job_file *file)
{
    return file->runs;
}

size_t skel_job_file_axes(const skel_job_file *file)
{
    return file->sweep.axes;
}

const char *skel_job_file_axis(const skel_job_file *file, size_t number)
{
    SKEL_ASSERT(number < file->sweep.axes);
    return file->sweep.axis[number].key->path;
}

void skel_job_file_run(const skel_job_file *file, size_t index, skel_job *out)
{
    SKEL_ASSERT(index < file->runs);
    memcpy(out, &file->base, sizeof *out);
    skel_axes_apply(&file->sweep, index, out);
    skel_own_resolve(out);
}
