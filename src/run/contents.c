/* A run is named by the contents of its files before it starts. Files can change until they are
 * read: then the run would be another one under this name. */
#include "contents.h"

#include "skel/onnx.h"
#include "skel/weight_file.h"

#include <string.h>

static skel_status compare(const char *what, const char *which, const char *found,
                           const char *expected)
{
    if (strcmp(found, expected) == 0) {
        return SKEL_OK;
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s %s was changed after this command had named the run by its content: the "
                     "XXH3-128 of all of it is now %s, it was %s; give the command again when "
                     "nobody writes to these files: other content is another run",
                     what, which, found, expected);
}

skel_status skel_contents_check_data(const skel_inputs *in)
{
    const skel_contents *contents = in->assignment->contents;
    char found[SKEL_CHECKSUM_TEXT];

    if (contents == NULL) {
        return SKEL_OK;
    }
    skel_dataset_content(in->dataset, found);
    return compare("the data set", in->dataset->info->name, found, contents->data);
}

skel_status skel_contents_check_network(const skel_inputs *in)
{
    const skel_contents *contents = in->assignment->contents;
    const char *path = in->job->model.file;
    char found[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    if (contents == NULL || path[0] == '\0') {
        return SKEL_OK;
    }
    if (skel_comm_is_root(in->comm)) {
        status = skel_onnx_checksum(path, found);
        if (status == SKEL_OK) {
            status = compare("the network", path, found, contents->network);
        }
    }
    return skel_comm_agree(in->comm, status);
}

skel_status skel_contents_check_weights(const skel_inputs *in)
{
    const skel_contents *contents = in->assignment->contents;
    const char *path = in->job->model.weights;
    char found[SKEL_CHECKSUM_TEXT];
    skel_status status = SKEL_OK;

    if (contents != NULL && skel_comm_is_root(in->comm)) {
        status = skel_weight_file_checksum(path, found);
        if (status == SKEL_OK) {
            status = compare("the weight file", path, found, contents->weights);
        }
    }
    return skel_comm_agree(in->comm, status);
}
