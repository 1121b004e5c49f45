/* Networks by what they depend on. */
#include "skel/networks.h"

#include "skel/memory.h"

#include <string.h>

typedef struct built_network {
    char set[SKEL_JOB_TEXT];
    skel_tensor image; /* of a data file, whose name says nothing */
    size_t classes;
    char name[SKEL_JOB_TEXT];
    char file[SKEL_JOB_PATH];
    uint64_t pad_to;
    uint64_t width;
    skel_network *network; /* owned */
} built_network;

struct skel_networks {
    size_t count;
    built_network *built; /* [count] */
};

skel_status skel_networks_create(skel_networks **out)
{
    return SKEL_ALLOC(1, sizeof **out, out);
}

void skel_networks_destroy(skel_networks **networks)
{
    if (*networks == NULL) {
        return;
    }
    for (size_t i = 0; i < (*networks)->count; i++) {
        skel_network_destroy(&(*networks)->built[i].network);
    }
    SKEL_FREE(&(*networks)->built);
    SKEL_FREE(networks);
}

static bool is_of(const built_network *built, const skel_job *job, const skel_settings *settings)
{
    const skel_dataset_info *data = &settings->data;

    return built->image.channels == data->channels && built->image.height == data->height &&
           built->image.width == data->width && built->classes == data->classes &&
           built->pad_to == job->data.pad_to && built->width == job->model.width &&
           strcmp(built->set, job->data.set) == 0 && strcmp(built->name, job->model.name) == 0 &&
           strcmp(built->file, job->model.file) == 0;
}

static skel_status add(skel_networks *networks, const skel_job *job, const skel_settings *settings)
{
    built_network *built = NULL;
    skel_status status = SKEL_GROW(networks->count + 1, sizeof *networks->built, &networks->built);

    SKEL_TRY(status);
    built = &networks->built[networks->count];
    *built = (built_network){
        .image = {settings->data.channels, settings->data.height, settings->data.width},
        .classes = settings->data.classes,
        .pad_to = job->data.pad_to,
        .width = job->model.width,
    };
    memcpy(built->set, job->data.set, sizeof built->set);
    memcpy(built->name, job->model.name, sizeof built->name);
    memcpy(built->file, job->model.file, sizeof built->file);
    SKEL_TRY(skel_settings_build(job, settings, &built->network));
    networks->count++;
done:
    return status;
}

skel_status skel_networks_of(skel_networks *networks, const skel_job *job,
                             const skel_settings *settings, const skel_network **out)
{
    size_t i = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    while (i < networks->count && !is_of(&networks->built[i], job, settings)) {
        i++;
    }
    if (i == networks->count) {
        SKEL_TRY(add(networks, job, settings));
    }
    SKEL_TRY(skel_settings_check(job, settings, networks->built[i].network));
    *out = networks->built[i].network;
done:
    return status;
}
