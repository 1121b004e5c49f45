/* What a job says about its data set: where it is, how it is seen, how much of it is used. */
#include "settings_data.h"

#include <string.h>

skel_status skel_settings_augment(const char *key, const char *word, skel_augment *out)
{
    static const char *const words[] = {
        [SKEL_AUGMENT_NONE] = "none",
        [SKEL_AUGMENT_STANDARD] = "standard",
        [SKEL_AUGMENT_CROP_FLIP] = "crop-flip",
        [SKEL_AUGMENT_RANDOM_RESIZED_CROP] = "random-resized-crop",
        [SKEL_AUGMENT_CUTOUT] = "cutout",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0) {
            *out = (skel_augment)i;
            return SKEL_OK;
        }
    }
    return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: unknown value \"%s\"", key, word);
}

skel_dataset_source skel_settings_source(const skel_job *job)
{
    return (skel_dataset_source){
        .set = job->data.set,
        .dir = job->data.dir,
        .unverified = job->data.unverified,
        .file = job->data.file,
        .side = job->data.side,
        .cache = strcmp(job->data.cache, "memory") == 0 ? SKEL_CACHE_MEMORY
                 : strcmp(job->data.cache, "file") == 0 ? SKEL_CACHE_FILE
                                                        : SKEL_CACHE_AUTO,
    };
}

skel_status skel_settings_view(const skel_job *job, const skel_dataset_info *info,
                               skel_augment augment, skel_view *out)
{
    skel_status status = skel_view_make(info, job->data.pad_to, augment, job->seed, out);

    if (status == SKEL_OK) {
        out->augment = (skel_augmentation){
            .kind = augment,
            .padding = job->data.crop_padding,
            .scale = {job->data.crop_scale_low, job->data.crop_scale_high},
            .ratio = {job->data.crop_ratio_low, job->data.crop_ratio_high},
            .hole = job->data.cutout_size,
        };
        out->cover = job->data.resize > 0 ? job->data.resize : out->cover;
    }
    return status;
}

static skel_status samples_of(const char *key, uint64_t asked, size_t available, size_t *out)
{
    *out = asked == 0 ? available : asked;
    if (*out > available) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: %llu asked for, but the data set has %zu", key,
                         (unsigned long long)asked, available);
    }
    return SKEL_OK;
}

/* A fraction that is not 0 must come to an image, and must leave one. */
static skel_status validation_of(const skel_job *job, size_t train_samples, size_t *out)
{
    *out = skel_sampler_held_out(train_samples, job->data.validation);
    if (job->data.validation > 0 && *out == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "data.validation: %.10g of %zu training images is less than one image; "
                         "at least %.10g holds one out",
                         job->data.validation, train_samples, 1 / (double)train_samples);
    }
    if (*out >= train_samples) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "data.validation: %.10g of %zu training images leaves none to train on",
                         job->data.validation, train_samples);
    }
    return SKEL_OK;
}

/* Sizes of the view are of images that have many; a validation part of the file leaves none to
 * choose. */
static skel_status check_kind(const skel_job *job, const skel_dataset_info *data)
{
    if (!data->packed && (job->data.side > 0 || job->data.resize > 0)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s: the images of %s all have %zux%zu pixels, and are seen as they are; "
                         "leave this key out",
                         job->data.side > 0 ? "data.side" : "data.resize", data->name, data->height,
                         data->width);
    }
    if (data->validation > 0 && job->data.validation > 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "data.validation: %.10g, but %s has %zu validation images of its own; "
                         "leave this key out",
                         job->data.validation, data->name, data->validation);
    }
    return SKEL_OK;
}

skel_status skel_settings_samples(const skel_job *job, skel_settings *out)
{
    const skel_dataset_info *data = &out->data;
    skel_status status = SKEL_OK;

    SKEL_TRY(check_kind(job, data));
    SKEL_TRY(samples_of("data.train-samples", job->data.train_samples, data->train,
                        &out->train_samples));
    SKEL_TRY(validation_of(job, out->train_samples, &out->validation_samples));
    status =
        samples_of("data.test-samples", job->data.test_samples, data->test, &out->test_samples);
done:
    return status;
}
