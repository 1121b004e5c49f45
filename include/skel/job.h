/** The job file: YAML in, one validated struct out; sweeps; the resolved job as text. */
#ifndef SKEL_JOB_H
#define SKEL_JOB_H

#include "skel/status.h"
#include "skel/version.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SKEL_JOB_TEXT = 64,   /**< bytes of a name */
    SKEL_JOB_PATH = 4096, /**< bytes of a path */
    SKEL_JOB_LIST = 16,   /**< entries of a list of numbers or names */
};

#define SKEL_JOB_ABSENT UINT64_MAX /**< an absent number of a key for which 0 is a number */

/** A moment of the training: behind so many epochs, or so many steps. Plain data. At most one of
 *  the numbers is not 0; both are 0 for the start. */
typedef struct skel_moment {
    uint64_t epochs;
    uint64_t steps;
} skel_moment;

/** One run's settings, all of them resolved. Plain data, no pointers: ranks copy it as bytes.
 *
 *  Enumerated values are texts that the table of keys allows. An absent value (`~`) is an empty
 *  text or 0 (SKEL_JOB_ABSENT where 0 is a number); `skel run --help-job` describes its meaning for
 *  each key. If the method has a default of its own for an absent value, the default is filled in.
 *  Keys that the method does not read are absent.
 */
typedef struct skel_job {
    char name[SKEL_JOB_TEXT];
    uint64_t seed;
    struct {
        char set[SKEL_JOB_TEXT]; /**< with `file`: the file's name without folders */
        char dir[SKEL_JOB_PATH];
        char file[SKEL_JOB_PATH];
        char cache[SKEL_JOB_TEXT];
        uint64_t side;
        uint64_t resize;
        bool unverified;
        uint64_t pad_to;
        char augment[SKEL_JOB_TEXT];
        uint64_t crop_padding;
        double crop_scale_low; /**< shares of the image's area */
        double crop_scale_high;
        double crop_ratio_low; /**< width / height */
        double crop_ratio_high;
        uint64_t cutout_size;
        double validation;
        uint64_t train_samples;
        uint64_t test_samples;
    } data;
    struct {
        char name[SKEL_JOB_TEXT]; /**< with `file`: the file's name without folders */
        char file[SKEL_JOB_PATH];
        uint64_t width;
        char init[SKEL_JOB_TEXT];
        char norm_init[SKEL_JOB_TEXT];
        char weights[SKEL_JOB_PATH];
    } model;
    struct {
        char method[SKEL_JOB_TEXT];
        double sparsity;
        uint64_t iterations;
        char schedule[SKEL_JOB_TEXT];
        uint64_t batches;
        uint64_t batch_size; /**< 0: ten images of each class (skel_settings) */
        char augment[SKEL_JOB_TEXT];
        char sampling[SKEL_JOB_TEXT];
        char loss[SKEL_JOB_TEXT];
        char scope[SKEL_JOB_TEXT];
        char unit[SKEL_JOB_TEXT];
        char check[SKEL_JOB_TEXT];
        uint64_t keep_layers; /**< entries of `keep_layer` */
        char keep_layer[SKEL_JOB_LIST][SKEL_JOB_TEXT];
        double per_layer_floor;
        double temperature;
        skel_moment rewind;
        uint64_t finetune_epochs; /**< SKEL_JOB_ABSENT if the method does not fine-tune */
        uint64_t finetune_steps;  /**< 0: epochs between two iterations, too; SKEL_JOB_ABSENT if the
                                       method does not fine-tune */
        double finetune_rate;
        uint64_t update_every; /**< steps, 0 for an epoch */
        double update_until;   /**< share of the training's steps */
        double drop_fraction;
        bool regrow_dropped;
        double drop_threshold;
        uint64_t momentum_steps;
        uint64_t lookahead_steps;
        double lookahead_rate;
        uint64_t draws;
        double weight_noise;
        uint64_t fisher_samples;
        double damping;
        char drop_by[SKEL_JOB_TEXT];
        char magnitude_of[SKEL_JOB_TEXT];
        double flops_weight;
        uint64_t energy_order;
        uint64_t norm_warmup; /**< batches */
        double strength;
        double strength_growth;
        double noise;
        double auxiliary_rate;
        double auxiliary_decay;
        double auxiliary_start;
        double refresh_decay;
        bool trace;
    } prune;
    struct {
        uint64_t epochs;
        uint64_t batch_size;
        double learning_rate;
        double momentum;
        bool nesterov;
        double weight_decay;
        double l1;
        char rate_schedule[SKEL_JOB_TEXT];
        uint64_t milestones; /**< entries of `milestone` */
        uint64_t milestone[SKEL_JOB_LIST];
        double gamma;
        uint64_t warmup_epochs;
        double label_smoothing;
        uint64_t test_every; /**< epochs; 0: only after the last */
    } train;
    struct {
        char engine[SKEL_JOB_TEXT];
        uint64_t microbatch;
        uint64_t threads;
        char batchnorm[SKEL_JOB_TEXT];
        char reduction[SKEL_JOB_TEXT];
    } compute;
    struct {
        uint64_t every_iterations;
        uint64_t every_epochs;
        double every_seconds;
        double spacing;
    } checkpoint;
} skel_job;

/** A job file with its overrides and its sweep. Opaque. */
typedef struct skel_job_file skel_job_file;

/** Reads and checks a job file.
 *
 *  Local.
 *  @param path       file, or "-" for standard input
 *  @param overrides  [count] texts KEY=VALUE, the value in YAML's syntax. They replace values of
 *                    the file, and later ones replace earlier ones. An override of a swept key ends
 *                    its sweep, or replaces its axis if the value is a list. sweep.KEY=[...] adds
 *                    an axis, sweep.KEY=none (or ~) removes one, sweep=none removes all. Where they
 *                    choose the methods, keys of the file that none of these reads are named in a
 *                    note and left out
 *  @param out        *owned*: skel_job_file_close() it
 *  Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY; SKEL_ERR_CONFIG with "file:line:column: ..." (or "argument
 *          2 ...:") for bad syntax; an unknown key (the message suggests the nearest) or a repeated
 *          one; a wrong type; a value out of range; values of one run that contradict each other; a
 *          key that no method of the job reads; a swept key that one of its methods does not read;
 *          a job without a name whose file's name is not fit for a folder. skel_sound_check()
 *          checks whether values fit the data set and the network.
 */
SKEL_CHECKED skel_status skel_job_file_open(const char *path, size_t count,
                                            const char *const overrides[], skel_job_file **out);

/** Frees the file; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_job_file_close(skel_job_file **file);

/** Number of runs: the product of the sweep's axes, 1 without a sweep.
 *
 *  Local.
 */
size_t skel_job_file_runs(const skel_job_file *file);

/** Number of the sweep's axes.
 *
 *  Local.
 */
size_t skel_job_file_axes(const skel_job_file *file);

/** The key of an axis of the sweep, as a dotted path.
 *
 *  Local. Static storage.
 *  @param number  0 to axes - 1, in the order in which they were given
 */
const char *skel_job_file_axis(const skel_job_file *file, size_t number);

/** One run's settings. The last axis of the sweep changes fastest.
 *
 *  Local. All bytes of `*out` are defined: equal settings are equal bytes.
 *  @param index  0 to runs - 1
 */
void skel_job_file_run(const skel_job_file *file, size_t index, skel_job *out);

/** Puts the place of a key's value in the file before the last error's message, and after it the
 *  number of the run: for checks of a run that need more than the job.
 *
 *  Local. "j.yaml:3:8: MESSAGE (run 2 of the sweep, from 0)".
 *  @param index  the run whose check failed
 *  @param key    dotted path of the key whose value is wrong
 *  @param status  of the failed check
 *  Errors: `status`, always.
 */
SKEL_CHECKED skel_status skel_job_file_blame(const skel_job_file *file, size_t index,
                                             const char *key, skel_status status);

/** The whole job as YAML, with all overrides and the sweep: a job file with the same runs.
 *
 *  Local. Keys that no run reads are left out. Paths stay relative to the working folder. `*out` is
 *  *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_job_file_print(const skel_job_file *file, char **out);

/** The resolved job as YAML, every key, readable by skel_job_parse() to an equal struct.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_job_print(const skel_job *job, char **out);

/** The settings that can change the result of the job's run, as text: a line "KEY: VALUE" for each
 *  key whose value is not the default.
 *
 *  Local. Keys that lead to files (`data.dir`, `model.weights`) are not among them: the content of
 *  the files decides. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_job_print_result(const skel_job *job, char **out);

/** As skel_job_print_result(), but with the keys that have their defaults.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_job_print_settings(const skel_job *job, char **out);

/** The value that a job gives to a key, as text: "0.9", "~", "[150, 250]".
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY.
 *  @param path  dotted path; one that is not a key is a broken invariant
 */
SKEL_CHECKED skel_status skel_job_print_value(const skel_job *job, const char *path, char **out);

/** Whether a key has the value that the job's method gives to it where a job leaves it out,
 *  computed from the job's other keys: 11 iterations of `imp` at sparsity 0.9.
 *
 *  Local. False for a key whose default is the same for all methods.
 */
bool skel_job_follows_method(const skel_job *job, const char *path);

/** Whether runs of both jobs have the same bits, if the files that the jobs name have the same
 *  contents: equal are all settings that can change the result, or its last bits.
 *
 *  Local.
 */
bool skel_job_same_bits(const skel_job *a, const skel_job *b);

/** A key, of those that change a result's last bits at most, whose values differ: the first one
 *  behind `after` in the table of keys.
 *
 *  Local. Static storage.
 *  @param after  NULL: from the first on
 *  @return       its dotted path; NULL if there is no further one
 */
const char *skel_job_other_bits(const skel_job *a, const skel_job *b, const char *after);

/** Reads the text of a resolved job, as stored in a run file, maybe by an earlier release.
 *
 *  Local. Keys that the job's method does not read are ignored.
 *  @param label  name of the text in messages
 *  Errors: as skel_job_file_open().
 */
SKEL_CHECKED skel_status skel_job_parse(const char *label, const char *text, skel_job *out);

/** The values of a key whose list the job does not know. Plain data. */
typedef struct skel_job_list {
    const char *key;                            /**< dotted path */
    const char *const *(*names)(size_t *count); /**< the list, in static storage */
} skel_job_list;

/** Writes the documentation of every key: type, range, default, meaning.
 *
 *  Local.
 *  @param list  [lists] values of keys that name things of other rooms
 */
void skel_job_help(FILE *stream, size_t lists, const skel_job_list list[]);

/** Writes the same as the body of a manual page, in roff: the sections DESCRIPTION and KEYS.
 *
 *  Local.
 *  @param list  [lists] as of skel_job_help()
 */
void skel_job_manual(FILE *stream, size_t lists, const skel_job_list list[]);

/** Writes what can stand on a command line where `word` was begun, KEY=VALUE or a part of it.
 *
 *  Local. One line each, "prune.method=TAB EXPLANATION" or "prune.method=force"; ":files" and
 *  ":folders" stand for the names of files and folders.
 *  @param list  [lists] as of skel_job_help()
 */
void skel_job_complete(FILE *stream, const char *word, size_t lists, const skel_job_list list[]);

/** Names the libraries of this layer: "libyaml 0.2.5".
 *
 *  Local. The versions in use, which may be newer than those of the build.
 */
void skel_job_libraries(char out[SKEL_LIBRARIES]);

#endif
