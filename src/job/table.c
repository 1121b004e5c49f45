/* The table of keys: what a job file may say. `skel run --help-job` prints it. */
#include "key.h"

#include "skel/process.h"
#include "skel/traits.h"

/* clang-format off */
#define FIELD(member)                                                                              \
    .offset = offsetof(skel_job, member), .size = sizeof(((const skel_job *)0)->member)
#define CHOICES(...) .choices = (const char *const[]){__VA_ARGS__, NULL}
#define RANGE(from, to) .low = (from), .high = (to)
#define LIST(count) .offset = offsetof(skel_job, count), .size = LIST_SIZE
#define LIST_SIZE (sizeof(uint64_t) * (1 + SKEL_JOB_LIST))
/* clang-format on */

#define NAMES(count) .offset = offsetof(skel_job, count), .size = NAMES_SIZE
#define NAMES_SIZE (sizeof(uint64_t) + (size_t)SKEL_JOB_LIST * SKEL_JOB_TEXT)
/* A list's entries directly follow their number. */
_Static_assert(offsetof(skel_job, train.milestone) ==
                   offsetof(skel_job, train.milestones) + sizeof(uint64_t),
               "milestone follows milestones");
_Static_assert(offsetof(skel_job, prune.keep_layer) ==
                   offsetof(skel_job, prune.keep_layers) + sizeof(uint64_t),
               "keep_layer follows keep_layers");

/* Every integer up to this is exact as a double, in JSON and in other people's tools. */
#define LARGEST_INTEGER 9007199254740992.0

const skel_section skel_sections[SKEL_KEY_SECTIONS] = {
    {"", "the job as a whole"},
    {"data", "the data set"},
    {"model", "the network"},
    {"prune", "the pruning method and its settings"},
    {"train", "training of the kept weights by stochastic gradient descent"},
    {"compute", "engine, threads and how the work is divided"},
    {"checkpoint", "how often the state of a run is saved"},
};

const skel_key skel_keys[SKEL_KEY_COUNT] = {
    {.path = "name",
     .type = SKEL_KEY_NAME,
     .effect = SKEL_EFFECT_NONE,
     .nullable = true,
     .fallback = "~",
     FIELD(name),
     .help = "folder of the run files, below the output folder; ~: the name of the job file "
             "without its ending, which must then be as above"},
    {.path = "seed",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, LARGEST_INTEGER),
     .fallback = "0",
     FIELD(seed),
     .help = "seed of all random numbers of the run: initial weights, order of the samples, "
             "augmentation, random masks"},
#include "keys_data.h"
    {.path = "model.name",
     .type = SKEL_KEY_WORD,
     .effect = SKEL_EFFECT_RESULT,
     .required = true,
     .nullable = true,
     .instead = "model.file",
     .noun = "the name of a network",
     FIELD(model.name),
     .help = "the network; the data set decides its input and its number of classes; ~ with "
             "model.file"},
    {.path = "model.file",
     .type = SKEL_KEY_PATH,
     .effect = SKEL_EFFECT_CONTENT,
     .nullable = true,
     .fallback = "~",
     FIELD(model.file),
     .help = "ONNX model of your own network, in the place of model.name; `skel inspect` shows it"},
    {.path = "model.width",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     .nullable = true,
     RANGE(0, 4096),
     .fallback = "~",
     FIELD(model.width),
     .help = "channels of the first stage; all stages scale with it; ~ or 0: the network's own "
             "width"},
    {.path = "model.init",
     .type = SKEL_KEY_ENUM,
     .effect = SKEL_EFFECT_RESULT,
     CHOICES("kaiming-normal", "kaiming-normal-fan-out", "xavier-normal", "lecun-normal",
             "orthogonal", "file"),
     .fallback = "kaiming-normal",
     FIELD(model.init),
     .help = "distribution of the initial weights; kaiming-normal uses the fan-in and a gain of "
             "sqrt 2, and so does orthogonal; lecun-normal is cut off at two deviations and has "
             "variance 1 / fan-in; file: the weights of model.file, not drawn"},
    {.path = "model.norm-init",
     .type = SKEL_KEY_ENUM,
     .effect = SKEL_EFFECT_RESULT,
     CHOICES("ones", "uniform"),
     .fallback = "ones",
     FIELD(model.norm_init),
     .help = "initial scales of batch norm: all 1, or drawn uniformly from 0 to 1"},
    {.path = "model.weights",
     .type = SKEL_KEY_PATH,
     .effect = SKEL_EFFECT_CONTENT,
     .nullable = true,
     .fallback = "~",
     FIELD(model.weights),
     .help = "HDF5 file with a group /weights, the initial weights; ~ draws them by model.init"},
#include "keys_prune.h"
/* behind them, since identities depend on the order: */
#include "keys_penalty.h"
    {.path = "train.epochs",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 100000),
     .fallback = "0",
     FIELD(train.epochs),
     .help = "passes over the training images; 0 only prunes"},
    {.path = "train.batch-size",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(1, 65536),
     .fallback = "128",
     FIELD(train.batch_size),
     .help = "images in each step"},
    {.path = "train.learning-rate",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1000),
     .above_low = true,
     .fallback = "0.1",
     FIELD(train.learning_rate),
     .help = "learning rate of the first step after the warm-up"},
    {.path = "train.momentum",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1),
     .below_high = true,
     .fallback = "0.9",
     FIELD(train.momentum),
     .help = "momentum of the optimiser: share of the last step that is added to the next one"},
    {.path = "train.nesterov",
     .type = SKEL_KEY_BOOL,
     .effect = SKEL_EFFECT_RESULT,
     .fallback = "false",
     FIELD(train.nesterov),
     .help = "true: Nesterov momentum, as in PyTorch's SGD"},
    {.path = "train.weight-decay",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1),
     .fallback = "5.0e-4",
     FIELD(train.weight_decay),
     .help = "factor of the parameter that is added to the gradient; for every parameter, biases "
             "and batch norm's included"},
    {.path = "train.l1",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1),
     .fallback = "0.0",
     FIELD(train.l1),
     .help = "factor of the sum of the magnitudes of the prunable weights that is added to the "
             "loss of each batch"},
    {.path = "train.rate-schedule",
     .type = SKEL_KEY_ENUM,
     .effect = SKEL_EFFECT_RESULT,
     CHOICES("step", "cosine", "constant"),
     .fallback = "step",
     FIELD(train.rate_schedule),
     .help = "step: times gamma at each milestone; cosine: to 0 over the epochs after the warm-up; "
             "constant: always the same"},
    {.path = "train.milestones",
     .type = SKEL_KEY_LIST,
     .effect = SKEL_EFFECT_RESULT,
     .nullable = true,
     RANGE(1, 100000),
     .fallback = "[]",
     LIST(train.milestones),
     .help = "epochs after which the step schedule lowers the learning rate, in ascending "
             "order, counted from the first epoch, the warm-up included; milestones after the last "
             "epoch have no effect"},
    {.path = "train.gamma",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1),
     .above_low = true,
     .fallback = "0.1",
     FIELD(train.gamma),
     .help = "factor by which the learning rate is multiplied at a milestone"},
    {.path = "train.warmup-epochs",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 100000),
     .fallback = "0",
     FIELD(train.warmup_epochs),
     .help = "number of first epochs over which the learning rate rises linearly from near 0"},
    {.path = "train.label-smoothing",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 1),
     .below_high = true,
     .fallback = "0.0",
     FIELD(train.label_smoothing),
     .help = "share of each label that is divided equally among all classes"},
    {.path = "train.test-every",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(0, 100000),
     .fallback = "1",
     FIELD(train.test_every),
     .help = "number of epochs from one test to the next; 0 tests only after the last epoch"},
    {.path = "compute.engine",
     .type = SKEL_KEY_WORD,
     .effect = SKEL_EFFECT_BITS,
     .noun = "the name of an engine, or auto",
     .fallback = "auto",
     FIELD(compute.engine),
     .help = "the engine that executes the network: dense (oneDNN), sparse (kept weights alone "
             "cost time) or reference (plain loops in double, slow, for comparison). auto takes "
             "sparse for a pruning iteration or a training whose mask leaves at most 22 % of the "
             "dense network's work (20 % on processors without AVX2), else dense; work is the "
             "share of the multiply-adds, weighted by their time. sparse trains at any work, and "
             "prunes as auto does. auto and sparse are dense for all that the sparse engine does "
             "not compute: second derivatives, terms of channels, masks whose number of weights "
             "changes"},
    {.path = "compute.microbatch",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_RESULT,
     RANGE(1, 65536),
     .fallback = "128",
     FIELD(compute.microbatch),
     .help = "number of images that one rank works on at a time; batch norm takes its statistics "
             "over them, so the results of a run depend on it, but not on the number of ranks"},
    {.path = "compute.threads",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_BITS,
     RANGE(1, SKEL_PROCESS_THREADS),
     .fallback = "1",
     FIELD(compute.threads),
     .help = "threads of each rank; the last bits of the results may depend on it"},
    {.path = "compute.batchnorm",
     .type = SKEL_KEY_ENUM,
     .effect = SKEL_EFFECT_RESULT,
     CHOICES("microbatch", "batch"),
     .fallback = "microbatch",
     FIELD(compute.batchnorm),
     .help =
         "images over which batch norm takes its statistics: each microbatch, or the whole batch "
         "of all ranks"},
    {.path = "compute.reduction",
     .type = SKEL_KEY_ENUM,
     .effect = SKEL_EFFECT_RESULT,
     CHOICES("exact", "float"),
     .fallback = "exact",
     FIELD(compute.reduction),
     .help = "sums over ranks; exact: in 64-bit fixed point, the same bits on any number of "
             "ranks; float: half as many bytes to send"},
    {.path = "checkpoint.every-iterations",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_NONE,
     RANGE(0, 1000000),
     .fallback = "10",
     FIELD(checkpoint.every_iterations),
     .help = "number of pruning iterations from one checkpoint to the next; 0 for none"},
    {.path = "checkpoint.every-epochs",
     .type = SKEL_KEY_INTEGER,
     .effect = SKEL_EFFECT_NONE,
     RANGE(0, 1000000),
     .fallback = "1",
     FIELD(checkpoint.every_epochs),
     .help = "number of training epochs from one checkpoint to the next; 0 for none"},
    {.path = "checkpoint.every-seconds",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_NONE,
     RANGE(0, 1e9),
     .fallback = "600.0",
     FIELD(checkpoint.every_seconds),
     .help = "seconds after which a checkpoint is written even if the other keys ask for none; 0 "
             "for never"},
    {.path = "checkpoint.spacing",
     .type = SKEL_KEY_REAL,
     .effect = SKEL_EFFECT_NONE,
     RANGE(0, 1e6),
     .fallback = "50.0",
     FIELD(checkpoint.spacing),
     .help = "least time between two checkpoints, as a multiple of the time that the latest one "
             "took: what the other keys ask for waits, so that checkpoints take at most 2 % of "
             "the time; 0: nothing waits"},
};
