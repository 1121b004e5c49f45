/* Jobs from a few lines of text. */
#include "job_text.h"

#include "job/file_read.h"

#include <stdio.h>
#include <string.h>

skel_status skel_job_text_read(unsigned epochs, const char *rest, skel_job *out)
{
    char text[1024];
    skel_job_file *file = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(text, sizeof text,
                   "data: {set: mnist}\nmodel: {name: lenet-5}\ntrain: {epochs: %u}\n%s", epochs,
                   rest);
    status = skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file);
    if (status == SKEL_OK) {
        skel_job_file_run(file, 0, out);
    }
    skel_job_file_close(&file);
    return status;
}
