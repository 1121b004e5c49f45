/* Tries one size after the other, because the network alone knows which sizes it accepts. */
#include "padding.h"

#include <stdio.h>

enum { LARGEST = 256, MESSAGE = 2048 };

size_t skel_padding_needed(const skel_job *job, skel_tensor input, size_t classes)
{
    size_t side = input.height > input.width ? input.height : input.width;
    char message[MESSAGE];
    size_t found = 0;

    (void)snprintf(message, sizeof message, "%s", skel_error_message());
    for (side += input.height == input.width ? 1 : 0; found == 0 && side <= LARGEST; side++) {
        skel_network *network = NULL;
        const skel_tensor square = {input.channels, side, side};

        if (skel_model_create(job->model.name, job->model.width, square, classes, &network) ==
            SKEL_OK) {
            found = side;
        }
        skel_network_destroy(&network);
    }
    skel_error_set(SKEL_ERR_CONFIG, "%s", message);
    return found;
}
