/** JSON documents: written value by value, and read by name.
 *
 *      SKEL_TRY(skel_json_create(&json));
 *      skel_json_add_text(json, "event", "start");
 *      skel_json_open(json, "swept");
 *      skel_json_add_number(json, "prune.sparsity", 0.9);
 *      skel_json_close(json);
 *      SKEL_TRY(skel_json_print(json, &text));
 *      skel_json_destroy(&json);
 *
 *  `text` is {"event":"start","swept":{"prune.sparsity":0.9}} now.
 */
#ifndef SKEL_JSON_H
#define SKEL_JSON_H

#include "skel/status.h"
#include "skel/version.h"

#include <stddef.h>
#include <stdint.h>

/** An object under construction, or one that was read. Opaque.
 *
 *  New values go into the innermost open object or list; `name` is NULL in a list. If memory runs
 *  out, the value is left out and skel_json_print() fails.
 */
typedef struct skel_json skel_json;

/** Makes an empty object.
 *
 *  Local. `*out` is *owned*: skel_json_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_json_create(skel_json **out);

/** Frees the document; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_json_destroy(skel_json **json);

/** Adds a text. Bytes that are not UTF-8 become "?".
 *
 *  Local.
 */
void skel_json_add_text(skel_json *json, const char *name, const char *text);

/** Adds a number; null if it is not finite.
 *
 *  Local. 17 digits at most, so that the same double is read again.
 */
void skel_json_add_number(skel_json *json, const char *name, double number);

/** Adds a whole number, all digits of it.
 *
 *  Local.
 */
void skel_json_add_count(skel_json *json, const char *name, uint64_t count);

/** Adds null.
 *
 *  Local.
 */
void skel_json_add_null(skel_json *json, const char *name);

/** Opens an object inside the innermost open one.
 *
 *  Local. At most 8 are open at a time.
 */
void skel_json_open(skel_json *json, const char *name);

/** Opens a list inside the innermost open object or list.
 *
 *  Local.
 */
void skel_json_open_list(skel_json *json, const char *name);

/** Closes the innermost open object or list.
 *
 *  Local.
 */
void skel_json_close(skel_json *json);

/** The document as one line, without a line break.
 *
 *  Local. `*out` is *owned*. Errors: SKEL_ERR_MEMORY, also for a value that was left out.
 */
SKEL_CHECKED skel_status skel_json_print(const skel_json *json, char **out);

/** Reads a text that is one JSON object.
 *
 *  Local. `*out` is *owned*: skel_json_destroy() it.
 *  @param label  names the text in messages
 *  @param bytes  of the text, which needs no zero behind it
 *  Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_json_parse(const char *label, size_t bytes, const char text[],
                                         skel_json **out);

/** A text of the outermost object; "" if there is no text of that name.
 *
 *  Local. Borrowed from the document.
 */
const char *skel_json_text(const skel_json *json, const char *name);

/** A number of the outermost object; NaN if there is no number of that name.
 *
 *  Local.
 */
double skel_json_number(const skel_json *json, const char *name);

/** Writes an object of the outermost object as "name=value, name=value"; "" if there is none.
 *
 *  Local. Objects inside it are left out. A list of pairs that is too long ends with "...".
 */
void skel_json_pairs(const skel_json *json, const char *name, size_t size, char out[]);

/** Names the library of this file: "cJSON 1.7.15".
 *
 *  Local. The version in use, which may be newer than that of the build.
 */
void skel_json_libraries(char out[SKEL_LIBRARIES]);

#endif
