/** The table of keys. Reading, printing, checking and help of jobs are driven by it. */
#ifndef SKEL_JOB_KEY_H
#define SKEL_JOB_KEY_H

#include "skel/job.h"
#include "skel/method.h"
#include "tree.h"

enum {
    SKEL_KEY_TEXT = 512,  /**< bytes that a description or a suggestion needs */
    SKEL_KEY_COUNT = 92,  /**< keys in the table */
    SKEL_KEY_SECTIONS = 7 /**< sections, the nameless one of the top level included */
};

typedef enum skel_key_type {
    SKEL_KEY_NAME,    /**< char[SKEL_JOB_TEXT], fit for a folder's name */
    SKEL_KEY_WORD,    /**< char[SKEL_JOB_TEXT], a name of a list that a room above the job has */
    SKEL_KEY_PATH,    /**< char[SKEL_JOB_PATH] */
    SKEL_KEY_ENUM,    /**< char[SKEL_JOB_TEXT], one of `choices` */
    SKEL_KEY_INTEGER, /**< uint64_t from `low` to `high` */
    SKEL_KEY_REAL,    /**< double from `low` to `high`, finite */
    SKEL_KEY_BOOL,    /**< bool */
    SKEL_KEY_MOMENT,  /**< skel_moment, its numbers up to `high` */
    SKEL_KEY_LIST,    /**< uint64_t count, directly followed by uint64_t[SKEL_JOB_LIST] */
    SKEL_KEY_NAMES, /**< uint64_t count, directly followed by char[SKEL_JOB_LIST][SKEL_JOB_TEXT] */
} skel_key_type;

/** The part that a key has in a run's result, and so in the run's identity. */
typedef enum skel_key_effect {
    SKEL_EFFECT_NOT_SAID, /**< no row of the table has it */
    SKEL_EFFECT_NONE,     /**< none: where files lie, how often the state is saved */
    SKEL_EFFECT_BITS,     /**< at most the last bits: provenance, not identity */
    SKEL_EFFECT_CONTENT,  /**< none by itself: it leads to files whose content is in the identity */
    SKEL_EFFECT_RESULT,   /**< the value is in the identity */
} skel_key_effect;

/** One key. Static, immutable. */
typedef struct skel_key {
    const char *path; /**< "prune.sparsity" */
    skel_key_type type;
    bool nullable;       /**< ~ is allowed, and is stored as "", 0 or an empty list */
    bool counts_zero;    /**< nullable integer: 0 is a number, ~ is stored as SKEL_JOB_ABSENT */
    bool required;       /**< has no default */
    const char *instead; /**< required: another key that stands for this one; NULL: none */
    bool above_low;      /**< `low` itself is not allowed */
    bool below_high;     /**< `high` itself is not allowed */
    double low;          /**< numbers; integers up to 2^53 are exact */
    double high;         /**< numbers */
    const char *const *choices; /**< SKEL_KEY_ENUM; ends with NULL; NULL: `names` has them */
    const char *const *(*names)(size_t *count);    /**< SKEL_KEY_ENUM without `choices` */
    bool (*read_by)(const skel_method *method);    /**< the methods that read the key; NULL: all */
    skel_key_effect effect;                        /**< on the result of the methods that read it */
    bool (*counts_for)(const skel_method *method); /**< the methods, of those that read it, whose
                                                        result it can change; NULL: all */
    const char *noun;                              /**< SKEL_KEY_WORD: "the name of a network" */
    const char *fallback; /**< the default in YAML's syntax; NULL if required */
    const char *unsaid;   /**< the value that a run's identity leaves out, because the default of
                               all methods was this one; NULL: the default */
    size_t offset;        /**< of the member of skel_job */
    size_t size;          /**< of the member of skel_job, in bytes */
    const char *help;     /**< a sentence or two for people */
} skel_key;

/** One section of the job file. Static, immutable. */
typedef struct skel_section {
    const char *name; /**< "prune"; "" for the top level */
    const char *title;
} skel_section;

/** All keys, in the order in which they are printed; a section's stand together. */
extern const skel_key skel_keys[SKEL_KEY_COUNT];

/** All sections, in the same order. */
extern const skel_section skel_sections[SKEL_KEY_SECTIONS];

/** The key of a section, NULL if there is none.
 *
 *  Local.
 *  @param section  "" for a key of the top level
 *  @param name     its last word, "sparsity"
 */
const skel_key *skel_key_find(const char *section, const char *name);

/** The key of a dotted path, NULL if there is none.
 *
 *  Local.
 */
const skel_key *skel_key_find_path(const char *path);

/** The values of a key of type SKEL_KEY_ENUM.
 *
 *  Local. Static storage.
 */
const char *const *skel_key_choices(const skel_key *key, size_t *count);

/** Whether the key belongs to the section; `*name` is then its last word.
 *
 *  Local. `name` may be NULL.
 */
bool skel_key_is_in(const skel_key *key, const char *section, const char **name);

/** Describes the values that a key allows: "an integer from 1 to 10000", "one of step, cosine".
 *
 *  Local.
 */
void skel_key_describe(const skel_key *key, char out[SKEL_KEY_TEXT]);

/** Writes help for an unknown key: "; did you mean prune.sparsity?", or a list of the known words.
 *
 *  Local.
 *  @param section  where the word was found; "" for the top level, NULL for a dotted path
 */
void skel_key_suggest(const char *section, const char *word, char out[SKEL_KEY_TEXT]);

/** Whether a text is fit for the name of a job's folder.
 *
 *  Local. Letters, digits and . _ + = , @ -, the first a letter or digit, at most 63.
 */
bool skel_key_name_is_safe(const char *name);

#endif
