/* Names the libraries of all rooms. */
#include "skel/libraries.h"

#include "skel/comm.h"
#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/file.h"
#include "skel/grid.h"
#include "skel/isa.h"
#include "skel/job.h"
#include "skel/json.h"
#include "skel/onnx.h"
#include "skel/version.h"

#include <stdio.h>
#include <string.h>

void skel_libraries_text(char out[SKEL_LIBRARIES_TEXT])
{
    static void (*const layers[])(char[SKEL_LIBRARIES]) = {
        skel_comm_libraries, skel_file_libraries,    skel_engine_libraries,
        skel_job_libraries,  skel_dataset_libraries, skel_version_libraries,
        skel_json_libraries, skel_onnx_libraries,    skel_grid_libraries,
    };
    char layer[SKEL_LIBRARIES];
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        layers[i](layer);
        (void)snprintf(out + used, SKEL_LIBRARIES_TEXT - used, "%s%s",
                       i == 0 || layer[0] == '\0' ? "" : ", ", layer);
        used = strlen(out);
    }
}

void skel_kernels_text(char out[SKEL_KERNELS_TEXT])
{
    char onednn[SKEL_LIBRARIES];

    skel_engine_libraries(onednn);
    (void)snprintf(out, SKEL_KERNELS_TEXT, "%s and %s", skel_isa_name(skel_isa_best()), onednn);
}
