/** A web and a package registry on this machine: stand-ins for curl and npm, first on the PATH. */
#ifndef SKEL_TESTS_PLACES_H
#define SKEL_TESTS_PLACES_H

#include "fixture.h"
#include "suite.h"

/** What a test of fetching works with. */
typedef struct skel_places {
    char fake[SKEL_PATH];     /**< the stand-ins' folder; `limit` and `hold` there steer them */
    char served[SKEL_PATH];   /**< what they serve */
    char dir[SKEL_PATH];      /**< where the data set goes; empty */
    skel_catalog_entry entry; /**< the fixture, with its checksums */
    char sums[SKEL_DATASET_FILES][SKEL_CHECKSUM_TEXT];
} skel_places;

/** Makes the folders and puts the stand-ins on the PATH. */
void skel_places_set_up(const skel_catalog_entry *fixture, skel_places *places);

/** Removes the folders. */
void skel_places_tear_down(const skel_places *places);

/** Replaces a stand-in, or adds a script beside them. */
void skel_places_script(const skel_places *places, const char *name, const char *text);

/** The stand-in for curl, as a script. */
extern const char skel_places_curl[];

/** What the stand-ins were asked for: a line "NAME LENGTH-THERE" for each call. Static storage. */
const char *skel_places_calls(const skel_places *places);

/** Whether a folder has a file of that name. */
bool skel_places_exists(const char *folder, const char *name);

/** Asserts that the data set is complete and verified, and that nothing else is left. */
void skel_places_check_complete(const skel_places *places);

/** Asserts that a fetch failed with a status and a message that has both texts. */
void skel_places_check_failure(skel_status got, skel_status expected, const char *first,
                               const char *second);

#endif
