/** The network of an ONNX model, for skel inspect. */
#ifndef SKEL_CLI_INSPECT_NETWORK_H
#define SKEL_CLI_INSPECT_NETWORK_H

#include "skel/status.h"

/** Whether a path is an ONNX model's, by its ending ".onnx".
 *
 *  Local.
 */
bool skel_inspect_network_is(const char *path);

/** Prints a model's origin, its operations with shapes, parameters and multiply-adds, and notes.
 *
 *  Local.
 *  @param tsv  only the operations, columns separated by tabs
 *  Errors: as skel_onnx_read().
 */
SKEL_CHECKED skel_status skel_inspect_network(const char *path, bool tsv);

#endif
