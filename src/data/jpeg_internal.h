/** The inside of a decoder and writer of JPEG files. */
#ifndef SKEL_DATA_JPEG_INTERNAL_H
#define SKEL_DATA_JPEG_INTERNAL_H

#include "skel/jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

struct skel_jpeg {
    struct jpeg_decompress_struct in;
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
    bool no_memory;
    bool has_in; /* which of the two structures are there */
    bool has_out;
    struct jpeg_destination_mgr sink; /* of a file that is written */
    size_t room;
    size_t written_bytes;
    unsigned char *written; /* [room] */
    skel_picture picture;   /* of skel_jpeg_window() */
    skel_resizer *resizer;
};

/** Runs a step that calls libjpeg, whose errors jump out of it.
 *
 *  Local. The only place that setjmp() returns to.
 *  @return false after an error; `jpeg->message` then says which
 */
bool skel_jpeg_attempt(skel_jpeg *jpeg, void (*step)(skel_jpeg *jpeg, void *context),
                       void *context);

#endif
