/** Which skel this is. Every layer that owns libraries names their versions itself. */
#ifndef SKEL_VERSION_H
#define SKEL_VERSION_H

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

#endif
