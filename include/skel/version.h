/** Version of the program. A layer that owns libraries names them: skel_NOUN_libraries(). */
#ifndef SKEL_VERSION_H
#define SKEL_VERSION_H

enum { SKEL_LIBRARIES = 96 }; /**< bytes for the names of one layer's libraries */

/** The release: "0.1.0".
 *
 *  Local. Static storage.
 */
const char *skel_version(void);

/** The git revision that was built, with "-dirty" if files were changed; "unknown" without git.
 *
 *  Local. Static storage.
 */
const char *skel_revision(void);

/** The day of the git revision, "2026-11-25"; "" without git.
 *
 *  Local. Static storage.
 */
const char *skel_version_date(void);

/** Names the libraries of this layer: "xxHash 0.8.1".
 *
 *  Local.
 */
void skel_version_libraries(char out[SKEL_LIBRARIES]);

#endif
