/** Probes: spectra of a finished run's skeleton, beside those of other masks with as many weights.
 */
#ifndef SKEL_PROBE_H
#define SKEL_PROBE_H

#include "skel/experiment.h"
#include "skel/ntk.h"
#include "skel/reader.h"
#include "skel/spectrum.h"

/** What a spectrum is of. */
typedef enum skel_probe_kind {
    SKEL_PROBE_NTK,          /**< eigenvalues of the neural tangent kernel */
    SKEL_PROBE_JACOBIAN,     /**< singular values of the Jacobian of the logits by the image */
    SKEL_PROBE_GAUSS_NEWTON, /**< eigenvalues, not 0, of the Gauss-Newton matrix */
    SKEL_PROBE_LAYERS,       /**< singular values of each layer's weights times the mask */
    SKEL_PROBE_MASK,         /**< singular values of each layer's mask as a bipartite graph */
    SKEL_PROBE_KINDS,
} skel_probe_kind;

/** Which mask a spectrum is of. */
typedef enum skel_probe_control {
    SKEL_PROBE_RUN,     /**< the run's mask */
    SKEL_PROBE_SHUFFLE, /**< as many weights in each layer, shuffled within it */
    SKEL_PROBE_RANDOM,  /**< as many weights in all, anywhere */
    SKEL_PROBE_DENSE,   /**< all weights; only as a control of SKEL_PROBE_LAYERS */
    SKEL_PROBE_CONTROLS,
} skel_probe_control;

/** What is probed. Plain data. */
typedef struct skel_probe_options {
    bool kind[SKEL_PROBE_KINDS];
    bool control[SKEL_PROBE_CONTROLS]; /**< SKEL_PROBE_RUN is always done */
    bool trained;   /**< at /weights and /buffers, instead of at /initial with batch norm's
                         statistics over the images */
    bool sum;       /**< NTK of the sum of the logits: one row an image */
    size_t samples; /**< images of the training part, chosen by `seed` */
    uint64_t seed;  /**< of images and controls */
    size_t memory;  /**< bytes of gradients on a rank */
    const char *kind_of_engine;
    int threads;
} skel_probe_options;

/** One spectrum. */
typedef struct skel_probe_result {
    skel_probe_kind kind;
    skel_probe_control control;
    char layer[SKEL_NAME]; /**< its parameter; "" for spectra of the whole network */
    size_t kept;           /**< weights of the mask, or of the layer's part */
    skel_spectrum spectrum;
} skel_probe_result;

/** All spectra of one run. Plain data; skel_probe_clear() frees it. */
typedef struct skel_probe {
    size_t count;
    skel_probe_result *result; /**< [count], owned */
    double bytes;              /**< that gradients and matrices take on a rank, at most */
    size_t passes;             /**< how often all gradients were computed, at most */
    int grid_rows;
    int grid_columns;
    char run_date[32]; /**< of the run's file; "": not known, and the file of spectra is replaced */
    char *earlier;     /**< command lines of earlier probes whose spectra skel_probe_keep() has
                            added, a line each; NULL or "": none; owned */
} skel_probe;

/** Word for a kind, in options and files: "ntk", "jacobian", "gauss-newton", "layers", "mask".
 *
 *  Local. Static storage.
 */
const char *skel_probe_kind_word(skel_probe_kind kind);

/** Word for a control: "run", "shuffle", "random", "dense".
 *
 *  Local. Static storage.
 */
const char *skel_probe_control_word(skel_probe_control control);

/** Computes the spectra of a run's file.
 *
 *  Collective. Eigenvalues on any number of ranks are the same but for rounding.
 *  @param assignment  its path names the file that is read
 *  @param out         out, the same on every rank; skel_probe_clear() it, also after an error
 *  Errors: SKEL_ERR_DATA for a file without weights or a fitting mask; SKEL_ERR_CONFIG for more
 *          samples than training images, and for a mask without weights; SKEL_ERR_MEMORY if
 *          gradients and matrices of a node's ranks do not fit in its memory, before any is made;
 *          else as skel_ntk_matrix(); agreed on.
 */
SKEL_CHECKED skel_status skel_probe_make(const skel_assignment *assignment,
                                         const skel_probe_options *options, skel_probe *out);

/** Reads all spectra of a file.
 *
 *  Local.
 *  @param out  out, without the conditions of the probe; skel_probe_clear() it, also after an error
 *  Errors: SKEL_ERR_DATA for damaged ones; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_probe_read(skel_reader *reader, skel_probe *out);

/** Adds the spectra that an earlier probe has left and this one has not computed, if they are of
 *  the same file of the run, weights, outputs, images and seed.
 *
 *  Collective. Says on the root what is kept, or replaced.
 *  @param path   of the earlier file, which may be missing; a damaged one is warned of, no error
 *  @param probe  in and out, the same on every rank
 *  Errors: as skel_reader_open() for the run's file; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_probe_keep(const skel_assignment *assignment,
                                         const skel_probe_options *options, const char *path,
                                         skel_probe *probe);

/** Writes the spectra to a file of their own, which replaces an earlier one of that name.
 *
 *  Collective. A finished run's file is never changed, so its spectra are beside it.
 *  @param path  of the new file: that of the run with ".spectra" behind it
 *  Errors: as skel_file_publish(); agreed on.
 */
SKEL_CHECKED skel_status skel_probe_record(const skel_assignment *assignment,
                                           const skel_probe_options *options,
                                           const skel_probe *probe, const char *path);

/** Frees the spectra.
 *
 *  Local.
 */
void skel_probe_clear(skel_probe *probe);

#endif
