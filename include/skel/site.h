/** The site file: what a cluster wants of every job, written once by its user or administrator. */
#ifndef SKEL_SITE_H
#define SKEL_SITE_H

#include "skel/status.h"

#include <stddef.h>

enum {
    SKEL_SITE_WORD = 128,  /**< bytes of a name */
    SKEL_SITE_PATH = 4096, /**< bytes of a path */
    SKEL_SITE_LIST = 16,   /**< entries of a list */
};

/** A cluster's defaults. Plain data. An absent value is an empty text. */
typedef struct skel_site {
    char file[SKEL_SITE_PATH]; /**< the file that was read; "" if there is none */
    char partition[SKEL_SITE_WORD];
    char account[SKEL_SITE_WORD];
    char qos[SKEL_SITE_WORD];
    char launcher[SKEL_SITE_WORD]; /**< "srun" or "mpirun" */
    char mpi[SKEL_SITE_WORD];      /**< value of srun's --mpi */
    char scratch[SKEL_SITE_PATH];  /**< folder that all nodes see; variables are replaced */
    char scripts[SKEL_SITE_PATH];  /**< folder with the batch scripts; "": skel's own */
    size_t modules;
    char module[SKEL_SITE_LIST][SKEL_SITE_WORD]; /**< environment modules to load */
    size_t options;
    char option[SKEL_SITE_LIST][SKEL_SITE_WORD]; /**< further options of sbatch */
} skel_site;

/** Reads the file that SKEL_SITE names, else $XDG_CONFIG_HOME/skel/site.yaml (without the variable:
 *  ~/.config/skel/site.yaml) if there is one, else takes the defaults.
 *
 *  Local.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_CONFIG with "file:line:column: ..." for bad syntax, an unknown key
 *          (with the nearest one), a wrong value, a variable that is not set; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_site_read(skel_site *out);

/** Reads the text of a site file.
 *
 *  Local. `out->file` stays as it is.
 *  @param label  names the text in messages
 *  Errors: as skel_site_read().
 */
SKEL_CHECKED skel_status skel_site_parse(const char *label, size_t bytes, const char text[],
                                         skel_site *out);

#endif
