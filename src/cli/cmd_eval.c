/* skel eval: accuracy and speed of a finished run. */
#include "command.h"

#include "skel/bench_inference.h"
#include "skel/evaluation.h"
#include "skel/leg.h"
#include "skel/output.h"
#include "skel/overwrite.h"
#include "skel/process.h"
#include "skel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char details[] =
    "  skel eval runs/quickstart/force-s0.99-seed0-HEX.h5\n\n"
    "Tests the network of a run file, and compares the result with the run's own test. Engine,\n"
    "batch, threads and images are the run's where no option changes them; then accuracy and\n"
    "loss are those of the run file, to the last bit on the same kind of processor. --data\n"
    "SET takes the test images of another data set with images of the same shape and as many\n"
    "classes, normalised as the run's own; --data DIR takes the run's set from that folder.\n\n"
    "Then it times forward passes of random images: the sparse engine (kept weights alone), the\n"
    "dense engine, and PyTorch with the same weights if /usr/bin/python3 can import PyTorch and\n"
    "h5py. They take turns, and only one works at a time.\n\n"
    "The FILE of --predictions appears when it is whole. It may be a pipe, or /dev/stdout: then "
    "the\n"
    "predictions are printed first.\n\n"
    "eval does not start MPI.\n";

static const skel_option options[] = {
    {"data", 0, "SET|DIR", "images of another data set, or folder of the run's (the run's)"},
    {"engine", 0, "ENGINE", "engine of the test and of the timing (the run's)"},
    {"batch", 0, "N", "images of a forward pass (the run's)"},
    {"threads", 0, "N", "threads of skel and of PyTorch (the run's)"},
    {"repeat", 0, "N", "rounds of the timing, 0 for none (5)"},
    {"peer", 0, "none|SCRIPT", "program to compare with (the installed analysis/peer_torch.py)"},
    {"predictions", 0, "FILE", "write each image's label and predicted class, one line an image"},
    {"tsv", 0, NULL, "the test as tab-separated columns with all digits; no timing"},
    {NULL, 0, NULL, NULL},
};

/* What the options ask for. */
typedef struct eval_wishes {
    skel_trained_how how;
    size_t repeat;
    const char *data;
    const char *predictions;
    const char *peer;
    bool tsv;
} eval_wishes;

static skel_status read_wishes(const skel_arguments *arguments, eval_wishes *out)
{
    static const char *const engines[] = {"auto", "dense", "sparse", "reference"};
    uint64_t batch = 0;
    uint64_t threads = 0;
    uint64_t repeat = 5;
    size_t engine = 0;
    skel_status status = SKEL_OK;

    *out = (eval_wishes){.data = skel_arguments_get(arguments, "data"),
                         .predictions = skel_arguments_get(arguments, "predictions"),
                         .peer = skel_arguments_get(arguments, "peer"),
                         .tsv = skel_arguments_has(arguments, "tsv")};
    SKEL_TRY(skel_arguments_choice(arguments, "engine", 4, engines, &engine));
    SKEL_TRY(skel_arguments_number(arguments, "batch", 1, 65536, &batch));
    SKEL_TRY(skel_arguments_number(arguments, "threads", 1, SKEL_PROCESS_THREADS, &threads));
    SKEL_TRY(skel_arguments_number(arguments, "repeat", 0, BENCH_REPEATS, &repeat));
    out->how.engine = skel_arguments_has(arguments, "engine") ? engines[engine] : NULL;
    out->how.batch = batch;
    out->how.threads = (int)threads;
    out->repeat = repeat;
done:
    return status;
}

static bool is_set(const char *name)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A path without its folders. */
static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The data set of --data: a word is a data set, a file is a data file, else it is a folder.
 * `own`: whether it is meant to be the run's. */
static skel_status choose_data(const char *word, const skel_job *job, skel_dataset_source *out,
                               bool *own)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);
    const char *nearest = NULL;
    struct stat facts;

    *out = skel_settings_source(job);
    *own = true;
    if (word == NULL) {
        return SKEL_OK;
    }
    if (is_set(word)) {
        *own = job->data.file[0] == '\0' && strcmp(word, job->data.set) == 0;
        out->dir = *own ? out->dir : NULL;
        out->set = word;
        out->file = NULL;
        return SKEL_OK;
    }
    if (stat(word, &facts) == 0 && S_ISREG(facts.st_mode)) {
        *out = (skel_dataset_source){.file = word, .side = out->side, .cache = out->cache};
        *own = strcmp(base_of(word), base_of(job->data.file)) == 0;
        return SKEL_OK;
    }
    if (strchr(word, '/') != NULL || stat(word, &facts) == 0) {
        out->dir = word;
        return job->data.file[0] == '\0'
                   ? SKEL_OK
                   : SKEL_FAIL(SKEL_ERR_USAGE,
                               "skel eval: --data %s: not a file; the run's images are in the file "
                               "%s, name that file where it is now",
                               word, base_of(job->data.file));
    }
    nearest = skel_text_nearest(word, count, names);
    return SKEL_FAIL(SKEL_ERR_USAGE, "skel eval: --data %s: neither a data set nor a folder%s%s%s",
                     word, nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "?" : "");
}

static size_t own_right(const skel_trained *trained)
{
    return (size_t)llround(trained->test_accuracy * (double)trained->settings.test_samples);
}

static void print_network(const skel_trained *trained)
{
    size_t prunable = trained->network->prunable_count;

    (void)printf("%s of width %zu, %s on %s, method %s: %zu of %zu weights kept (%.4g %%)\n",
                 trained->network->name, trained->network->width,
                 skel_leg_epochs_left(&trained->job, &trained->settings, 0, 0) > 0
                     ? "trained"
                     : "pruned but not trained",
                 trained->settings.data.name, trained->settings.method->name, trained->kept,
                 prunable, 100 * (double)trained->kept / (double)prunable);
}

static double accuracy_of(const skel_evaluation *found)
{
    return (double)found->correct / (double)found->images;
}

/* Whether some files of the run's data set have another content now. */
static bool has_other_content(const skel_trained *trained, const skel_dataset *dataset)
{
    bool other = dataset->files != trained->data_files;

    for (size_t i = 0; !other && i < dataset->files; i++) {
        other = strcmp(dataset->file[i].checksum, trained->data_sum[i]) != 0;
    }
    return other;
}

/* Names what this test and the run's do not have in common. */
static void list_differences(const skel_trained *trained, const skel_evaluation *found,
                             const skel_dataset *dataset, char out[], size_t room)
{
    const skel_trained_how own = skel_trained_resolve(trained, &(skel_trained_how){.engine = NULL});
    const struct {
        bool differs;
        const char *name;
    } list[] = {
        {has_other_content(trained, dataset), "content of the data set"},
        {strcmp(found->engine, own.engine) != 0, "engine"},
        {found->batch != own.batch, "batch"},
        {found->threads != own.threads, "threads"},
    };

    out[0] = '\0';
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        size_t used = strlen(out);

        if (list[i].differs) {
            (void)snprintf(out + used, room - used, "%s%s", used > 0 ? ", " : "", list[i].name);
        }
    }
}

/* "here 3 more answers are right, and the loss is larger by 1.5e-08" */
static void print_change(size_t here, size_t there, double loss)
{
    size_t answers = here > there ? here - there : there - here;

    if (answers == 0) {
        (void)printf("here as many answers are right");
    } else {
        (void)printf("here %zu %s %s right", answers, here > there ? "more" : "fewer",
                     answers == 1 ? "answer is" : "answers are");
    }
    if (loss == 0) {
        (void)printf(", and the loss is the same");
    } else {
        (void)printf(", and the loss is %s by %.2g", loss > 0 ? "larger" : "smaller", fabs(loss));
    }
}

static void print_comparison(const skel_trained *trained, const skel_evaluation *found,
                             const skel_dataset *dataset, bool own_images)
{
    char differences[128];
    size_t own = own_right(trained);

    if (!trained->tested) {
        (void)printf("the run has no test of its own\n");
        return;
    }
    (void)printf("the run's own test: %zu of %zu right, accuracy %.4f %%, loss %.6f: ", own,
                 trained->settings.test_samples, 100 * trained->test_accuracy, trained->test_loss);
    list_differences(trained, found, dataset, differences, sizeof differences);
    if (!own_images) {
        (void)printf("on other images\n");
    } else if (found->correct == own && found->loss == trained->test_loss) {
        (void)printf("the same, to the last bit of the loss\n");
    } else {
        print_change(found->correct, own, found->loss - trained->test_loss);
        (void)printf("; the two tests differ in %s\n",
                     differences[0] != '\0' ? differences : "the processor or the release");
    }
}

static void print_test(const skel_trained *trained, const skel_evaluation *found,
                       const skel_dataset *dataset, bool own_images)
{
    print_network(trained);
    (void)printf("test on %s: %zu of %zu right, accuracy %.4f %%, loss %.6f "
                 "(engine %s, batch %zu, %d thread%s)\n",
                 dataset->info->name, found->correct, found->images, 100 * accuracy_of(found),
                 found->loss, found->engine, found->batch, found->threads,
                 found->threads == 1 ? "" : "s");
    print_comparison(trained, found, dataset, own_images);
    (void)fflush(stdout);
}

static void print_tsv(const skel_trained *trained, const skel_evaluation *found, const char *path,
                      const char *set)
{
    (void)printf("file\tdata\tengine\tbatch\tthreads\timages\tcorrect\taccuracy\tloss\t"
                 "run_accuracy\trun_loss\n");
    (void)printf("%s\t%s\t%s\t%zu\t%d\t%zu\t%zu\t%.17g\t%.17g", path, set, found->engine,
                 found->batch, found->threads, found->images, found->correct, accuracy_of(found),
                 found->loss);
    if (trained->tested) {
        (void)printf("\t%.17g\t%.17g\n", trained->test_accuracy, trained->test_loss);
    } else {
        (void)printf("\tnan\tnan\n");
    }
}

static skel_status write_predictions(const char *path, const skel_evaluation *found,
                                     const uint16_t labels[])
{
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_output_open_text(path, &output));
    for (size_t i = 0; i < found->images; i++) {
        char line[32];
        int length = snprintf(line, sizeof line, "%u\t%u\n", labels[i], found->answered[i]);

        skel_output_write(output, (size_t)length, line);
    }
    SKEL_TRY(skel_output_publish(&output));
done:
    skel_output_discard(&output);
    return status;
}

/* Before the test: the file must not be one of those that are read. */
static skel_status check_predictions(const char *path, const char *run, const char *peer,
                                     const skel_dataset_source *source)
{
    const char *const inputs[] = {run, peer};
    skel_status status = SKEL_OK;

    if (path == NULL) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_output_look_text(path));
    SKEL_TRY(skel_overwrite_check(path, SKEL_OVERWRITE_NONE, 2, inputs));
    if (skel_dataset_has(source, path)) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "%s is a file of the data set: name another file", path);
    }
done:
    return status;
}

/* The test: opens the images, evaluates, prints. */
static skel_status test(const skel_comm *self, const skel_trained *trained, const char *path,
                        const eval_wishes *wishes)
{
    skel_dataset_source source;
    skel_dataset_info data;
    bool own = false;
    skel_dataset *dataset = NULL;
    skel_evaluation_images images;
    skel_evaluation found = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(choose_data(wishes->data, &trained->job, &source, &own));
    SKEL_TRY(check_predictions(wishes->predictions, path, wishes->peer, &source));
    SKEL_TRY(skel_dataset_describe(&source, &data));
    SKEL_TRY(skel_evaluation_images_choose(trained, &data, own, &images));
    SKEL_TRY(skel_dataset_open(self, &source, &dataset));
    SKEL_TRY(skel_evaluation_make(trained, &wishes->how, &images, &dataset->test, &found));
    if (wishes->predictions != NULL) {
        SKEL_TRY(write_predictions(wishes->predictions, &found, dataset->test.labels));
    }
    if (wishes->tsv) {
        print_tsv(trained, &found, path, data.name);
    } else {
        print_test(trained, &found, dataset, images.own);
    }
done:
    skel_evaluation_free(&found);
    skel_dataset_close(&dataset);
    return status;
}

static skel_status measure(const skel_comm *self, const skel_trained *trained,
                           const skel_arguments *arguments, const eval_wishes *wishes)
{
    skel_bench bench = {.comm = self, .repeat = wishes->repeat};
    skel_trained_how how = skel_trained_resolve(trained, &wishes->how);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_shared_create(self, 64, &bench.turn));
    SKEL_TRY(skel_bench_inference(&bench, trained, &how, arguments->word[0], wishes->peer));
done:
    skel_shared_destroy(&bench.turn);
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    const char *path = arguments->word[0];
    skel_trained *trained = NULL;
    skel_comm *self = NULL;
    eval_wishes wishes;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_wishes(arguments, &wishes));
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_trained_open(path, &trained));
    SKEL_TRY(test(self, trained, path, &wishes));
    if (wishes.repeat > 0 && !wishes.tsv) {
        SKEL_TRY(measure(self, trained, arguments, &wishes));
    }
done:
    skel_trained_close(&trained);
    skel_comm_destroy(&self);
    return status;
}

SKEL_COMMAND(eval, "RUN.h5 [options]", "test a finished run, and time it beside PyTorch", 1, 1);
