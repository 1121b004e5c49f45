/** The text of a manifest, which FORMAT.md describes. */
#ifndef SKEL_STORE_MANIFEST_TEXT_H
#define SKEL_STORE_MANIFEST_TEXT_H

#include "manifest.h"

/** The text of a manifest.
 *
 *  Local. `*text` is *owned*: SKEL_FREE() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_manifest_print(const skel_manifest *manifest, size_t *bytes,
                                             char **text);

/** Reads the text of a manifest.
 *
 *  Local.
 *  @param label  what to call the file in messages
 *  @param out    *owned*: skel_manifest_free() it; empty after an error
 *  Errors: SKEL_ERR_DATA naming the line; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_manifest_parse(const char *label, size_t bytes, const char *text,
                                             skel_manifest *out);

#endif
